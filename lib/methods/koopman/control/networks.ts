import { type Affine, type Dense, dense, hostTensor, initAffine, layerNorm } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type HostTree, type Tensor, tf } from "../../../tensor/mod.ts";

/** Layers of TD-MPC's networks, the last one linear, ELU between them. */
export type EluLayers = readonly Dense[];

/** TD-MPC's Q: a layer, normalised, tanh, a layer, ELU, and one that gives the value. */
export interface ValueNetwork {
  /** Of the first layer's outputs. */
  readonly norm: Affine;
  /** Three layers. */
  readonly layers: EluLayers;
}

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014): normal numbers,
 * orthogonalised by Gram and Schmidt's method, which with positive diagonal is uniform in Haar's measure.
 *
 * @returns `[rows, columns]`
 */
export function orthogonalMatrix(
  stream: Stream,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Float32Array {
  const few = Math.min(rows, columns), many = Math.max(rows, columns);
  const vectors = Array.from({ length: few }, () => stream.normal(new Float64Array(many)));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  vectors.forEach((vector, i) => {
    // Twice, as once leaves rounding errors.
    for (let pass = 0; pass < 2; pass++) {
      for (const before of vectors.slice(0, i)) {
        const along = dot(before, vector);
        vector.forEach((_, k) => vector[k] -= along * before[k]);
      }
    }
    const norm = Math.sqrt(dot(vector, vector));
    vector.forEach((_, k) => vector[k] /= norm);
  });
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns), column = at % columns;
    return rows <= columns ? vectors[row][column] : vectors[column][row];
  });
}

/** Options of {@link initEluLayers}. */
export interface InitEluLayersOptions {
  /** Numbers in, of the hidden layers, and out. */
  readonly widths: readonly number[];
  /** Starts the last layer at 0. @default false */
  readonly zeroLast?: boolean;
}

/** Orthogonal weights and no biases, as TD-MPC starts its networks. */
export function initEluLayers(
  stream: Stream,
  { widths, zeroLast = false }: InitEluLayersOptions,
): HostTree<EluLayers> {
  return widths.slice(1).map((columns, i) => {
    const rows = widths[i];
    const zero = zeroLast && i === widths.length - 2;
    const weight = zero
      ? new Float32Array(rows * columns)
      : orthogonalMatrix(stream.split(`layer ${i}`), { rows, columns });
    return {
      weight: hostTensor(weight, [rows, columns]),
      bias: hostTensor(new Float32Array(columns), [columns]),
    };
  });
}

/** Applies layers to rows, `[batch, …]`. */
export function eluLayers(layers: EluLayers, x: Tensor): Tensor {
  return layers.reduce(
    (h, layer, i) => i === layers.length - 1 ? dense(h, layer) : tf.elu(dense(h, layer)),
    x,
  );
}

/** Draws a {@link ValueNetwork}; it is 0 everywhere at the start. */
export function initValueNetwork(
  stream: Stream,
  { inputs, width }: { readonly inputs: number; readonly width: number },
): HostTree<ValueNetwork> {
  return {
    norm: initAffine(width),
    layers: initEluLayers(stream, { widths: [inputs, width, width, 1], zeroLast: true }),
  };
}

/** Q of rows, `[batch]`. */
export function valueOf({ norm, layers: [first, ...rest] }: ValueNetwork, x: Tensor): Tensor {
  const h = tf.tanh(layerNorm(dense(x, first), norm));
  return tf.reshape(eluLayers(rest, h), [-1]);
}
