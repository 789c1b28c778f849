/** A number in a sentence, with three significant digits if not told otherwise. */
export function short(value: number, digits = 3): string {
  return Number(value.toPrecision(digits)).toString().replace("-", "−");
}
