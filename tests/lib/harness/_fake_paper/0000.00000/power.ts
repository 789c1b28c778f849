/** x to the power n. */
export function toThePower(x: number, n: number): number {
  return x ** n;
}
