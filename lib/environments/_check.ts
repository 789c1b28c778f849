function checkLength(action: string, given: ArrayLike<number>, wanted: number): void {
  if (given.length === wanted) return;
  throw new RangeError(`Cannot ${action} as its length must be ${wanted}: current value is ${given.length}`);
}

function checkEach(
  action: string,
  given: ArrayLike<number>,
  { wanted, fits }: { readonly wanted: string; readonly fits: (value: number) => boolean },
): void {
  for (let i = 0; i < given.length; i++) {
    if (fits(given[i])) continue;
    throw new RangeError(
      `Cannot ${action} as its numbers must ${wanted}: current value ${i} is ${given[i]}`,
    );
  }
}

/** @throws {RangeError} If an array does not have the wanted length, or a number is not finite. */
export function checkNumbers(action: string, given: ArrayLike<number>, wanted: number): void {
  checkLength(action, given, wanted);
  checkEach(action, given, { wanted: "be finite", fits: Number.isFinite });
}

/**
 * As {@link checkNumbers} for an action, which is cut off at its bound: it may be infinite, but not NaN. That
 * would spread, or have MuJoCo start anew without a word.
 */
export function checkAction(action: string, given: ArrayLike<number>, wanted: number): void {
  checkLength(action, given, wanted);
  checkEach(action, given, { wanted: "not be NaN", fits: (value) => !Number.isNaN(value) });
}

/** A number within ±bound. */
export function clip(value: number, bound: number): number {
  return Math.min(Math.max(value, -bound), bound);
}
