import type { Stream } from "../../random/mod.ts";

/**
 * How a dense layer starts:
 * - `torch`: weight and bias uniform in ±1/√inputs (PyTorch's default for `Linear`);
 * - `xavier`: weight uniform in ±√(6/(inputs + outputs)), bias 0 (Glorot & Bengio 2010; the default of Keras);
 * - `he`: weight normal with variance 2/inputs, bias 0 (He et al. 2015);
 * - `{ normal: σ }`: weight normal with standard deviation σ, bias 0.
 */
export type DenseInitialiser = "torch" | "xavier" | "he" | { readonly normal: number };

/** Fills a weight, then a bias; `fanIn` inputs go into an output, `fanOut` outputs depend on an input. */
export function draw(
  stream: Stream,
  { weight, bias, fanIn, fanOut, initialiser }: {
    weight: Float32Array;
    bias: Float32Array;
    fanIn: number;
    fanOut: number;
    initialiser: DenseInitialiser;
  },
): void {
  if (initialiser === "torch") {
    const bound = 1 / Math.sqrt(fanIn);
    stream.uniform(weight, { low: -bound, high: bound });
    stream.uniform(bias, { low: -bound, high: bound });
  } else if (initialiser === "xavier") {
    const bound = Math.sqrt(6 / (fanIn + fanOut));
    stream.uniform(weight, { low: -bound, high: bound });
  } else {
    stream.normal(weight, { std: initialiser === "he" ? Math.sqrt(2 / fanIn) : initialiser.normal });
  }
}
