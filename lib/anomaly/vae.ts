import { disposable, type ExecutorName, type HostTree } from "../compile/mod.ts";
import {
  adam,
  type BatchMaker,
  compilePredictor,
  type Dense,
  dense,
  dropout,
  hostTensor,
  initDense,
  relu,
  rowBatches,
  sigmoid,
  train as trainNetwork,
  type TrainProgress,
  weightedMean,
} from "../nn/mod.ts";
import { type Stream, stream } from "../random/mod.ts";
import { type Matrix, selectRows } from "../stats/mod.ts";
import { type Tensor, tf } from "../tensor/mod.ts";
import { checkScoredRows, checkTrainingRows, type Detector, LARGEST_FOR_NETWORKS } from "./detector.ts";

/** Options of {@link fitVae}; the defaults are the paper's. */
export interface VaeOptions {
  /** Seeds initial weights, validation split, shuffling, dropout and latent noise. */
  readonly seed: number;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Passes over the training rows. @default 100 */
  readonly epochs?: number;
  /** Rows of a training step. @default 32 */
  readonly batchSize?: number;
  /** Step size of the optimiser. @default 1e-3 */
  readonly learningRate?: number;
  /** Weight of the mean squared activation of the encoder's hidden layers. @default 0.1 */
  readonly activityPenalty?: number;
  /** Share of the (shuffled) rows that is set aside and not trained on. @default 0.1 */
  readonly validationShare?: number;
  /** Called as training goes on. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Aborts it: the promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Parameters of the variational autoencoder. */
export interface Vae {
  /** d-d-4d-2d-d, ReLU. */
  readonly encoder: readonly Dense[];
  /** From the encoder's output to the mean of the code. */
  readonly mean: Dense;
  /** From the encoder's output to the logarithm of the code's variance. */
  readonly logVariance: Dense;
  /** 2-2-d-2d-4d, ReLU. */
  readonly decoder: readonly Dense[];
  /** 4d-d, sigmoid. */
  readonly output: Dense;
}

interface VaeBatch {
  readonly x: Tensor;
  /** `[batch, 2]` standard normal. */
  readonly noise: Tensor;
  /** Masks of the last three encoder layers. */
  readonly encoder: readonly Tensor[];
  /** Masks of the last three decoder layers. */
  readonly decoder: readonly Tensor[];
}

const LATENT = 2;
const DROPOUT_RATE = 0.2;

/**
 * The VAE baseline: a variational autoencoder with two latent dimensions; the score is the Euclidean distance
 * of a row from its reconstruction (latent variable drawn from a named stream).
 *
 * Loss: mean of ‖x − x̂‖² + KL(q(z|x) ‖ N(0, I)) + 0.1 Σ ‖h‖² over the encoder's last three hidden layers h.
 * The output is a sigmoid although the data is standardised, as in the paper's setting.
 *
 * Livernoche et al. 2024, baseline "VAE": PyOD's Keras model with encoder 4d-2d-d, mirrored decoder, dropout
 * 0.2, Adam 1e-3, 100 epochs, batch 32, a tenth of the rows set aside. Keras adds its ε = 1e-7 before, this
 * Adam after, bias correction.
 *
 * @param train `[N, d]` standardised training rows, finite.
 * @throws {RangeError} If a value is not finite, or training diverges.
 */
export async function fitVae(train: Matrix, options: VaeOptions): Promise<Detector> {
  const { executor, epochs = 100, batchSize = 32, activityPenalty = 0.1, validationShare = 0.1 } = options;
  checkTrainingRows(train, "VAE", { largest: LARGEST_FOR_NETWORKS });
  const d = train.columns;
  const random = stream(options.seed, "diffusion_time", "VAE");
  const kept = Math.max(1, Math.floor(train.rows * (1 - validationShare)));
  const chosen = random.split("validation").permutation(train.rows).subarray(0, kept);
  const trained = await trainNetwork<Vae, VaeBatch>(
    ({ parameters, batch, weights }) => {
      const { output, mean, logVariance, activity } = autoencode(batch.x, { parameters, ...batch });
      const reconstruction = tf.sum(tf.square(tf.sub(batch.x, output)), 1);
      // KL = −½ Σ (1 + ln σ² − μ² − σ²)
      const divergence = tf.mul(
        tf.sum(tf.sub(tf.add(logVariance, 1), tf.add(tf.square(mean), tf.exp(logVariance))), 1),
        -0.5,
      );
      const penalty = tf.mul(activity, activityPenalty);
      return { loss: weightedMean(tf.add(tf.add(reconstruction, divergence), penalty), { weights }) };
    },
    {
      parameters: initVae(random.split("weights"), d),
      optimiser: adam({ epsilon: 1e-7 }),
      learningRate: options.learningRate ?? 1e-3,
      rows: kept,
      batchSize,
      epochs,
      batches: vaeBatches(train, { chosen, batchSize, random }),
      stream: random.split("shuffle"),
      executor,
      onProgress: options.onProgress,
      signal: options.signal,
    },
  );
  // The latent noise travels as two further columns.
  const predictor = await compilePredictor<Vae>((parameters, input) => {
    const [x, noise] = tf.split(input, [d, LATENT], 1);
    return autoencode(x, { parameters, noise }).output;
  }, { parameters: trained.parameters, columns: d + LATENT, executor });
  return {
    epochLosses: trained.epochLosses,
    async score(rows) {
      checkScoredRows(rows, { columns: d, what: "VAE", largest: LARGEST_FOR_NETWORKS });
      const input = new Float64Array(rows.rows * (d + LATENT));
      const noise = random.split("score").normal(new Float64Array(rows.rows * LATENT));
      for (let i = 0; i < rows.rows; i++) {
        input.set(rows.data.subarray(i * d, (i + 1) * d), i * (d + LATENT));
        input.set(noise.subarray(i * LATENT, (i + 1) * LATENT), i * (d + LATENT) + d);
      }
      const { data } = await predictor.predict({ data: input, rows: rows.rows, columns: d + LATENT });
      return Float64Array.from({ length: rows.rows }, (_, i) => {
        let sum = 0;
        for (let k = i * d; k < (i + 1) * d; k++) sum += (rows.data[k] - data[k]) ** 2;
        return Math.sqrt(sum);
      });
    },
    ...disposable(predictor.dispose),
  };
}

/**
 * Encoder, latent draw and decoder; dropout where masks are given. `activity` is Σ h² of the penalised
 * layers, `[batch]`.
 */
function autoencode(
  x: Tensor,
  { parameters, noise, encoder, decoder }: Partial<VaeBatch> & {
    readonly parameters: Vae;
    readonly noise: Tensor;
  },
): { output: Tensor; mean: Tensor; logVariance: Tensor; activity: Tensor } {
  const activities: Tensor[] = [];
  let h = relu(dense(x, parameters.encoder[0]));
  for (let i = 1; i < parameters.encoder.length; i++) {
    h = relu(dense(h, parameters.encoder[i]));
    activities.push(tf.sum(tf.square(h), 1));
    if (encoder) h = dropout(h, { keep: encoder[i - 1], rate: DROPOUT_RATE });
  }
  const mean = dense(h, parameters.mean), logVariance = dense(h, parameters.logVariance);
  const latent = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise));
  h = relu(dense(latent, parameters.decoder[0]));
  for (let i = 1; i < parameters.decoder.length; i++) {
    h = relu(dense(h, parameters.decoder[i]));
    if (decoder) h = dropout(h, { keep: decoder[i - 1], rate: DROPOUT_RATE });
  }
  return { output: sigmoid(dense(h, parameters.output)), mean, logVariance, activity: tf.addN(activities) };
}

function initVae(random: Stream, d: number): HostTree<Vae> {
  const layer = (name: string, inputs: number, outputs: number) =>
    initDense(random.split(name), { inputs, outputs, initialiser: "xavier" });
  const chain = (name: string, widths: readonly number[]) =>
    widths.slice(1).map((outputs, i) => layer(`${name}-${i}`, widths[i], outputs));
  return {
    encoder: chain("encoder", [d, d, 4 * d, 2 * d, d]),
    mean: layer("mean", d, LATENT),
    logVariance: layer("log-variance", d, LATENT),
    decoder: chain("decoder", [LATENT, LATENT, d, 2 * d, 4 * d]),
    output: layer("output", 4 * d, d),
  };
}

function vaeBatches(
  data: Matrix,
  options: { readonly chosen: Int32Array; readonly batchSize: number; readonly random: Stream },
): BatchMaker<VaeBatch> {
  const { chosen, batchSize, random } = options;
  const d = data.columns;
  const all = rowBatches({ x: hostTensor(selectRows(data, chosen)) }).ofSize(batchSize);
  const latent = random.split("latent"), dropouts = random.split("dropout");
  const mask = (width: number) => hostTensor(new Uint8Array(batchSize * width), [batchSize, width]);
  return {
    example: {
      ...all.example,
      noise: hostTensor(new Float32Array(batchSize * LATENT), [batchSize, LATENT]),
      encoder: [4 * d, 2 * d, d].map(mask),
      decoder: [d, 2 * d, 4 * d].map(mask),
    },
    streams: [latent, dropouts],
    fill(batch, rows) {
      all.fill({ x: batch.x }, rows);
      latent.normal(batch.noise.data as Float32Array);
      for (const { data } of [...batch.encoder, ...batch.decoder]) {
        dropouts.bernoulli(data as Uint8Array, { probability: 1 - DROPOUT_RATE });
      }
    },
  };
}
