/** Windows over images, as TensorFlow.js takes them. */

/** One number for both axes of an image, or [height, width]. */
export type Pair = number | readonly [height: number, width: number];

type TwoNumbers = [number, number];

/** Both numbers of a pair. */
export const pairOf = (pair: Pair): TwoNumbers => typeof pair === "number" ? [pair, pair] : [...pair];

/** So many zeros on each side. (A plain number TensorFlow.js takes wrong if a window is not square.) */
export const zeros = (count: number): [TwoNumbers, TwoNumbers, TwoNumbers, TwoNumbers] => [
  [0, 0],
  [count, count],
  [count, count],
  [0, 0],
];
