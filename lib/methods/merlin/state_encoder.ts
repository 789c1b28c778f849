import { type ExecutorName, type HostTree } from "../../compile/mod.ts";
import { adam, compilePredictor, type Dense, dense, initDense, relu, train } from "../../nn/mod.ts";
import { type Stream, stream } from "../../random/mod.ts";
import { hostTensor, type Tensor, tf } from "../../tensor/mod.ts";
import type { GoalEpisodes } from "./episodes.ts";

/** Added where the released loss adds it. */
const EPSILON = 1e-6;

/**
 * The contrastive loss of successive states in the released code: with C_ij = z_i·z′_j of normalised rows,
 * −mean_i log(e^{C_ii/τ}/(max(Σ_j e^{C_ij/τ} − e^{1/τ}, 1e-6) + 1e-6)).
 *
 * What is subtracted is e^{1/τ}, not the term of the pair itself.
 *
 * @param first z `[batch, k]`; `second` z′ `[batch, k]`.
 */
export function infoNce(
  first: Tensor,
  { second, temperature = 0.5 }: { readonly second: Tensor; readonly temperature?: number },
): Tensor {
  const unit = (z: Tensor) => tf.div(z, tf.sqrt(tf.add(tf.sum(tf.square(z), 1, true), 1e-24)));
  const [a, b] = [unit(first), unit(second)];
  const products = tf.exp(tf.div(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true), temperature));
  const others = tf.maximum(tf.sub(tf.sum(products, 1), Math.exp(1 / temperature)), EPSILON);
  const own = tf.div(tf.sum(tf.mul(a, b), 1), temperature);
  return tf.mean(tf.sub(tf.log(tf.add(others, EPSILON)), own));
}

/** Options of {@link encodeStates}. */
export interface EncodeStatesOptions {
  /** Number of updates; 0: random features, without training. */
  readonly steps: number;
  /** Seeds all random numbers. */
  readonly seed: number;
  /** Pairs of states of an update. @default 256 */
  readonly batchSize?: number;
  /** Width of the three hidden layers. @default 512 */
  readonly width?: number;
  /** k. @default 16 */
  readonly size?: number;
  /** Step size of the optimiser. @default 3e-4 */
  readonly learningRate?: number;
  /** τ. @default 0.5 */
  readonly temperature?: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Called with the share of the work that is done, in [0, 1]. */
  readonly onProgress?: (fraction: number) => void;
}

/** Every recorded state as a point of a learned space. */
export interface EncodedStates {
  /** `[N T, k]`, row T·episode + time. */
  readonly points: Float32Array;
  /** k */
  readonly size: number;
  /** Mean loss of the last tenth of the updates; none without training. */
  readonly loss: number | null;
}

/**
 * Learns where states lie by {@link infoNce} on successive ones, and encodes all (Merlin-NP, released code
 * `representations.py`): n → 512 → 512 → 512 → 16 with ReLU; states are standardised by the mean and spread
 * of all.
 */
export async function encodeStates(
  episodes: GoalEpisodes,
  options: EncodeStatesOptions,
): Promise<EncodedStates> {
  const { steps, seed, batchSize = 256, width = 512, size = 16, learningRate = 3e-4 } = options;
  const { temperature, executor, onProgress } = options;
  const { observationSize: n, length } = episodes;
  const states = standardised(episodes.observations, n);
  const widths = [n, width, width, width, size];
  let layers: HostTree<readonly Dense[]> = widths.slice(1).map((outputs, i) =>
    initDense(stream(seed, "encoder", `layer ${i}`), { inputs: widths[i], outputs })
  ) as HostTree<readonly Dense[]>;
  const network = (layers: readonly Dense[], x: Tensor) =>
    layers.reduce((h, layer, i) => i === layers.length - 1 ? dense(h, layer) : relu(dense(h, layer)), x);
  let loss: number | null = null;
  if (steps > 0) {
    const draws = stream(seed, "pairs"), every = steps % 10 === 0 ? steps / 10 : steps;
    const pair = () => hostTensor(new Float32Array(batchSize * n), [batchSize, n]);
    const trained = await train<readonly Dense[], { readonly first: Tensor; readonly second: Tensor }>(
      ({ parameters, batch: { first, second } }) => ({
        loss: infoNce(network(parameters, first), { second: network(parameters, second), temperature }),
      }),
      {
        parameters: layers,
        optimiser: adam(),
        learningRate,
        rows: every * batchSize,
        batchSize,
        epochs: steps / every,
        batches: {
          example: { first: pair(), second: pair() },
          fill({ first, second }) {
            for (let row = 0; row < batchSize; row++) {
              const at = drawSuccessive(draws, episodes.episodes, length) * n;
              first.data.set(states.subarray(at, at + n), row * n);
              second.data.set(states.subarray(at + n, at + 2 * n), row * n);
            }
          },
        },
        stream: stream(seed, "order"),
        executor,
        onProgress: ({ fraction }) => onProgress?.(fraction),
      },
    );
    layers = trained.parameters;
    loss = trained.epochLosses.at(-1)!;
  }
  const predictor = await compilePredictor(network, {
    parameters: layers,
    columns: n,
    batchSize: 1000,
    executor,
  });
  try {
    const rows = { data: Float64Array.from(states), rows: states.length / n, columns: n };
    return { points: (await predictor.predict(rows)).data, size, loss };
  } finally {
    await predictor.dispose();
  }
}

/** A row that has a successor in its episode. */
function drawSuccessive(draws: Stream, episodes: number, length: number): number {
  return draws.nextInteger(episodes) * length + draws.nextInteger(length - 1);
}

function standardised(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const mean = new Float64Array(columns), square = new Float64Array(columns);
  values.forEach((x, i) => mean[i % columns] += x / rows);
  values.forEach((x, i) => square[i % columns] += (x - mean[i % columns]) ** 2 / rows);
  return values.map((x, i) => (x - mean[i % columns]) / (Math.sqrt(square[i % columns]) + EPSILON));
}
