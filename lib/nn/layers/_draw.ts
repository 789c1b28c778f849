import type { Stream } from "../../random/mod.ts";
import type { DenseInitialiser } from "./initialisers.ts";

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
