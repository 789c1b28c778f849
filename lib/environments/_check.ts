/** @throws {RangeError} If an array does not have the wanted length. */
export function checkLength(action: string, given: ArrayLike<number>, wanted: number): void {
  if (given.length === wanted) return;
  throw new RangeError(`Cannot ${action} as its length must be ${wanted}: current value is ${given.length}`);
}

/** A number within ±bound. */
export function clip(value: number, bound: number): number {
  return Math.min(Math.max(value, -bound), bound);
}
