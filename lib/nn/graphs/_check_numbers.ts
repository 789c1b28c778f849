/** Squares of larger numbers, and sums of them, overflow in float32. */
const LARGEST = 1e15;

/** Numbers of graphs, a part of which belongs to each sample. */
type Fields<K extends string> = { readonly samples: number } & { readonly [key in K]: ArrayLike<number> };

/**
 * Looks at all numbers before they meet a network, where the first that anyone sees is a loss of NaN.
 *
 * @throws {RangeError} If one is not finite, or too large; the message names the sample.
 */
export function checkNumbers<K extends string>(
  data: Fields<K>,
  { name, fields }: { readonly name: string; readonly fields: readonly K[] },
): void {
  for (const field of fields) {
    const values: ArrayLike<number> = data[field], perSample = values.length / data.samples;
    for (let i = 0; i < values.length; i++) {
      if (Math.abs(values[i]) <= LARGEST) continue;
      const wanted = Number.isFinite(values[i]) ? `at most ${LARGEST} in size` : "finite";
      throw new RangeError(
        `Cannot use ${name} samples as their ${field} must be ${wanted}: current value ${
          i % perSample
        } of sample ${Math.floor(i / perSample)} is ${values[i]}`,
      );
    }
  }
}
