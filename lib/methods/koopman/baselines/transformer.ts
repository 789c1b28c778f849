import {
  type Affine,
  type Dense,
  dense,
  gelu,
  hostTensor,
  initAffine,
  initDense,
  layerNorm,
} from "../../../nn/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import { type LatentDynamics, overTime } from "../dynamics.ts";

/** Options of {@link transformerDynamics}. */
export interface TransformerOptions {
  /** Numbers of a latent state. */
  readonly latent: number;
  /** Must divide `latent`. */
  readonly heads: number;
  /** Number of blocks. */
  readonly blocks: number;
  /** Width of a block's MLP. */
  readonly hidden: number;
  /** Longest sequence of actions: positions are learned. */
  readonly maxSteps: number;
}

/** One block, norms first. */
export interface TransformerBlock {
  /** Normalisation before the attention. */
  readonly before: Affine;
  /** To queries, keys and values. */
  readonly attention: Dense;
  /** After the attention. */
  readonly project: Dense;
  /** Normalisation before the layers. */
  readonly between: Affine;
  /** The wide layer. */
  readonly up: Dense;
  /** Back to the latent width. */
  readonly down: Dense;
}

/** Parameters of {@link transformerDynamics}. */
export interface TransformerParameters {
  /** `[maxSteps + 1, latent]` */
  readonly positions: Tensor;
  /** Attention and layers, block by block. */
  readonly blocks: readonly TransformerBlock[];
  /** The last normalisation. */
  readonly after: Affine;
  /** To the latent state. */
  readonly output: Dense;
}

/**
 * A causal Transformer on the tokens x_t, e_t, …, e_{t+τ−1} with learned positions; what comes out at action
 * k is x̂_{t+k+1}. Blocks have their norm first (Radford et al. 2019). O(τ²).
 *
 * @throws {RangeError} If the heads do not divide the width, or a sequence is longer than `maxSteps`.
 */
export function transformerDynamics(
  { latent, heads, blocks, hidden, maxSteps }: TransformerOptions,
): LatentDynamics<TransformerParameters> {
  if (latent % heads !== 0) {
    throw new RangeError(
      `Cannot make the Transformer as latent must be a multiple of ${heads} heads: current value is ${latent}`,
    );
  }
  return {
    name: "Transformer",
    latent,
    actionLatent: latent,
    init(stream) {
      const layer = (name: string, inputs: number, outputs: number) =>
        initDense(stream.split(name), { inputs, outputs });
      const positions = stream.split("positions").normal(new Float32Array((maxSteps + 1) * latent), {
        std: 0.02,
      });
      return {
        positions: hostTensor(positions, [maxSteps + 1, latent]),
        blocks: Array.from({ length: blocks }, (_, i) => ({
          before: initAffine(latent),
          attention: layer(`attention ${i}`, latent, 3 * latent),
          project: layer(`project ${i}`, latent, latent),
          between: initAffine(latent),
          up: layer(`up ${i}`, latent, hidden),
          down: layer(`down ${i}`, hidden, latent),
        })),
        after: initAffine(latent),
        output: layer("output", latent, latent),
      };
    },
    rollout({ positions, blocks, after, output }, { start, actions }) {
      const tokens = actions.shape[0] + 1;
      if (tokens > maxSteps + 1) {
        throw new RangeError(
          `Cannot roll the Transformer out as the number of steps must be <= ${maxSteps}: current value is ${
            tokens - 1
          }`,
        );
      }
      const mask = causalMask(tokens);
      let h = tf.add(
        tf.concat([tf.expandDims(start, 0), actions], 0),
        tf.expandDims(tf.slice(positions, 0, tokens), 1),
      ) as Tensor;
      for (const block of blocks) {
        h = tf.add(h, attend(layerNorm(h, block.before), { ...block, heads, mask }));
        const inner = (flat: Tensor) =>
          dense(gelu(dense(layerNorm(flat, block.between), block.up)), block.down);
        h = tf.add(h, overTime(h, inner));
      }
      return overTime(tf.slice(h, 1), (flat) => dense(layerNorm(flat, after), output));
    },
  };
}

/** 0 on and below the diagonal, −10⁹ above. */
function causalMask(tokens: number): Tensor {
  const entries = Float32Array.from(
    { length: tokens * tokens },
    (_, i) => i % tokens > Math.floor(i / tokens) ? -1e9 : 0,
  );
  return tf.tensor2d(entries, [tokens, tokens]);
}

interface Attention {
  readonly attention: Dense;
  readonly project: Dense;
  readonly heads: number;
  readonly mask: Tensor;
}

/** Multi-head self-attention of `[tokens, batch, width]`. */
function attend(x: Tensor, { attention, project, heads, mask }: Attention): Tensor {
  const [tokens, batch, width] = x.shape;
  const size = width / heads;
  const all = overTime(x, (flat) => dense(flat, attention));
  const [q, k, v] = tf.split(all, 3, 2).map((part) =>
    tf.reshape(
      tf.transpose(tf.reshape(part, [tokens, batch, heads, size]), [1, 2, 0, 3]),
      [batch * heads, tokens, size],
    )
  );
  const scores = tf.add(
    tf.mul(tf.matMul(q as tf.Tensor3D, k as tf.Tensor3D, false, true), 1 / Math.sqrt(size)),
    mask,
  );
  const mixed = tf.matMul(tf.softmax(scores) as tf.Tensor3D, v as tf.Tensor3D);
  const back = tf.transpose(tf.reshape(mixed, [batch, heads, tokens, size]), [2, 0, 1, 3]);
  return overTime(tf.reshape(back, [tokens, batch, width]), (flat) => dense(flat, project));
}
