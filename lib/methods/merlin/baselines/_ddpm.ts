import type { Stream } from "../../../random/mod.ts";
import { hostTensor, type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";

/** Constants of step k of a denoising diffusion model (Ho et al. 2020), k = 1 … K. */
export interface DdpmStep {
  /** k */
  readonly index: number;
  /** √ᾱ_k: what is left of the signal. */
  readonly signal: number;
  /** √(1 − ᾱ_k): how much noise there is. */
  readonly noise: number;
  /** Weight of x_0 in the mean of q(x_{k−1} | x_k, x_0). */
  readonly fromClean: number;
  /** Weight of x_k in it. */
  readonly fromNoisy: number;
  /** Its standard deviation; 0 at k = 1. */
  readonly std: number;
}

/** The constants that follow from β_1 … β_K. */
export function ddpmSteps(betas: readonly number[]): readonly DdpmStep[] {
  let before = 1;
  return betas.map((beta, k) => {
    const alphaBar = before * (1 - beta);
    const step = {
      index: k + 1,
      signal: Math.sqrt(alphaBar),
      noise: Math.sqrt(1 - alphaBar),
      fromClean: Math.sqrt(before) * beta / (1 - alphaBar),
      fromNoisy: Math.sqrt(1 - beta) * (1 - before) / (1 - alphaBar),
      std: Math.sqrt(beta * (1 - before) / (1 - alphaBar)),
    };
    before = alphaBar;
    return step;
  });
}

/** β of a variance-preserving process from 0.1 to 10 in K steps: ᾱ_k = exp(−0.1 u − 4.95 u²), u = k/K. */
export function variancePreservingBetas(steps: number): number[] {
  return Array.from(
    { length: steps },
    (_, k) => 1 - Math.exp(-0.1 / steps - 0.5 * 9.9 * (2 * k + 1) / steps ** 2),
  );
}

/** β of the cosine schedule (Nichol & Dhariwal 2021): ᾱ_k ∝ cos²(π/2 (k/K + 0.008)/1.008), at most 0.999. */
export function cosineBetas(steps: number): number[] {
  const alphaBar = (k: number) => Math.cos(Math.PI / 2 * (k / steps + 0.008) / 1.008) ** 2;
  return Array.from({ length: steps }, (_, k) => Math.min(0.999, 1 - alphaBar(k + 1) / alphaBar(k)));
}

/** A step's constants, as numbers or as scalars of a program. */
export type StepConstants = { readonly [K in keyof Omit<DdpmStep, "index">]: number | Tensor };

/**
 * x_{k−1} from x_k: x̂_0 = clip((x_k − √(1 − ᾱ) ε̂)/√ᾱ, ±limit), then the mean of q(x_{k−1} | x_k, x̂_0) plus
 * std times normal numbers.
 */
export function ddpmReverse(
  noisy: Tensor,
  { predicted, drawn, step, limit }: {
    /** ε̂ */
    readonly predicted: Tensor;
    /** Standard normal. */
    readonly drawn: Tensor;
    readonly step: StepConstants;
    readonly limit: number;
  },
): Tensor {
  const clean = tf.clipByValue(
    tf.div(tf.sub(noisy, tf.mul(predicted, step.noise)), step.signal),
    -limit,
    limit,
  );
  const mean = tf.add(tf.mul(clean, step.fromClean), tf.mul(noisy, step.fromNoisy));
  return tf.add(mean, tf.mul(drawn, step.std));
}

/** How rows are made noisy; `[batch]` but for `drawn`. */
export interface Corruption {
  /** k */
  readonly index: Tensor;
  /** √ᾱ_k */
  readonly signal: Tensor;
  /** √(1 − ᾱ_k) */
  readonly noise: Tensor;
  /** ε, of the rows' shape. */
  readonly drawn: Tensor;
}

/** √ᾱ_k x + √(1 − ᾱ_k) ε, of the rows' shape. */
export function corrupted(rows: Tensor, { signal, noise, drawn }: Corruption): Tensor {
  return tf.add(
    tf.mul(rows, tf.reshape(signal, [-1, 1])),
    tf.mul(drawn, tf.reshape(noise, [-1, 1])),
  );
}

/** Room for the corruption of rows of a given width. */
export function emptyCorruption(batchSize: number, width: number): HostTree<Corruption> {
  const column = () => hostTensor(new Float32Array(batchSize));
  return {
    index: column(),
    signal: column(),
    noise: column(),
    drawn: hostTensor(new Float32Array(batchSize * width), [batchSize, width]),
  };
}

/** Draws a step, uniformly, and ε for each row. */
export function drawCorruption(
  { index, signal, noise, drawn }: HostTree<Corruption>,
  { steps, stream }: { readonly steps: readonly DdpmStep[]; readonly stream: Stream },
): void {
  for (let i = 0; i < index.data.length; i++) {
    const step = steps[stream.nextInteger(steps.length)];
    index.data[i] = step.index;
    signal.data[i] = step.signal;
    noise.data[i] = step.noise;
  }
  stream.normal(drawn.data as Float32Array);
}
