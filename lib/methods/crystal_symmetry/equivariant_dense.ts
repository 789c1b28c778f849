import { type Tensor, tf } from "../../tensor/mod.ts";

/** Parameters of an equivariant linear map with channels. */
export interface EquivariantDense {
  /** `[colours, F, S]` a matrix per colour. */
  readonly weight: Tensor;
  /** `[S]`, the same at all places, which are one orbit. */
  readonly bias: Tensor;
}

/** Which places the map joins, and how it shares weights. */
export interface EquivariantDenseOptions extends EquivariantDense {
  /** `[J, I]` colour of each pair of an output and an input place, row by row. */
  readonly colours: ArrayLike<number>;
  /** I. */
  readonly inputs: number;
  /** J. */
  readonly outputs: number;
}

/**
 * The general linear map that commutes with a group acting on I input and J output places, y_j = Σ_i x_i
 * W_{colour(j, i)} + b.
 *
 * Kaba & Ravanbakhsh 2022, after Ravanbakhsh et al. 2017: one free matrix per orbit of pairs. This is the
 * dense form, at I J products of matrices per row.
 *
 * @param x `[rows, I, F]`.
 * @returns `[rows, J, S]`.
 */
export function equivariantDense(
  x: Tensor,
  { weight, bias, colours, inputs, outputs }: EquivariantDenseOptions,
): Tensor {
  const [rows, , channels] = x.shape, width = bias.shape[0];
  const index = tf.tensor1d(Array.from(colours), "int32");
  // [J, I, F, S] → [I, F, J, S]
  const spread = tf.transpose(
    tf.reshape(tf.gather(weight, index), [outputs, inputs, channels!, width]),
    [1, 2, 0, 3],
  );
  const y = tf.matMul(
    tf.reshape(x, [rows, inputs * channels!]) as tf.Tensor2D,
    tf.reshape(spread, [inputs * channels!, outputs * width]) as tf.Tensor2D,
  );
  return tf.add(tf.reshape(y, [rows, outputs, width]), bias);
}
