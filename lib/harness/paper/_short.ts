/**
 * A number for a sentence, with a true minus.
 *
 * @param digits significant digits; more, up to 6, where rounding would put the value on another side of a
 * mark
 * @param marks values by which it is judged
 */
export function short(value: number, digits = 3, marks: readonly number[] = []): string {
  const rounded = Number(value.toPrecision(digits));
  const moved = marks.some((mark) => Math.sign(rounded - mark) !== Math.sign(value - mark));
  if (moved && digits < 6) return short(value, digits + 1, marks);
  return rounded.toString().replace("-", "−");
}
