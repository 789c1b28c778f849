import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { type Dense, dense, initDense } from "../mod.ts";
import { type DropoutSite, initChain, type NormalisedDense, pointwise, type Sequence } from "./network.ts";

/** A classifier's last layers: normalised hidden layers, then logits. */
export interface Head {
  /** Hidden layers, in their order. */
  readonly hidden: readonly NormalisedDense[];
  /** To one logit per class. */
  readonly output: Dense;
}

/** How hidden layers are activated and dropped. */
export interface HeadOptions {
  /** Hidden layers' activation. */
  readonly activation: (x: Tensor) => Tensor;
  /** Rate of each hidden layer's dropout, 0 for none: before the activation, as PointNet has it, or after. */
  readonly rates: readonly number[];
  readonly dropBefore?: boolean;
}

/** Draws a head from `widths[0]` inputs to `classes`. */
export function initHead(stream: Stream, widths: readonly number[], classes: number): HostTree<Head> {
  return {
    hidden: initChain(stream, widths),
    output: initDense(stream.split("output"), { inputs: widths[widths.length - 1], outputs: classes }),
  };
}

/** Sites of a head's dropouts. */
export function headSites(batch: number, widths: readonly number[], rates: readonly number[]): DropoutSite[] {
  return rates.flatMap((rate, i) => rate > 0 ? [{ shape: [batch, widths[i + 1]], rate }] : []);
}

/** `[batch, features]` → logits. */
export function applyHead(x: Tensor, head: Head, sequence: Sequence, options: HeadOptions): Tensor {
  const { activation, rates, dropBefore = false } = options;
  const hidden = head.hidden.reduce((h, { linear, affine }, i) => {
    let y = dense(h, linear);
    if (dropBefore && rates[i] > 0) y = sequence.drop(y, rates[i]);
    y = activation(sequence.norm(y, affine));
    return !dropBefore && rates[i] > 0 ? sequence.drop(y, rates[i]) : y;
  }, x);
  return dense(hidden, head.output);
}

/** Normalised 1 × 1 layers with ReLU; the last one without it if `linearEnd`. */
export function applyChain(
  x: Tensor,
  chain: readonly NormalisedDense[],
  sequence: Sequence,
  { linearEnd = false }: { readonly linearEnd?: boolean } = {},
): Tensor {
  return chain.reduce((h, { linear, affine }, i) => {
    const y = sequence.norm(pointwise(h, linear), affine);
    return linearEnd && i === chain.length - 1 ? y : tf.relu(y);
  }, x);
}
