/**
 * Gradients of resizing images, which TensorFlow.js 4.22 has wrong where `halfPixelCenters` is set or an
 * image is not square, and which it cannot differentiate again.
 *
 * Resizing is linear and works on each axis for itself: y = R x with a matrix R `[new length, old length]`
 * that holds at most two numbers in a row. Its gradient is Rᵀ dy.
 */
import { type Attributes, register } from "./_register.ts";
import { tf } from "./_tf.ts";

/** Where an element of the result comes from: the index of a source and its share. */
type Source = readonly [index: number, share: number];

/** How a row of the result is made of the rows of an image. */
type Interpolation = (place: number, options: { length: number; alignCorners: boolean }) => readonly Source[];

const linear: Interpolation = (place, { length }) => {
  const low = Math.max(0, Math.floor(place));
  const high = Math.min(length - 1, Math.ceil(place));
  const share = place - low;
  return [[low, 1 - share], [high, share]];
};

const nearest: Interpolation = (place, { length, alignCorners }) => {
  const index = alignCorners ? Math.floor(place + 0.5) : Math.floor(place);
  return [[Math.max(0, Math.min(length - 1, index)), 1]];
};

/** Rᵀ `[1, length, resized]` for one axis. `shift` is what half-pixel centres are moved back by. */
function transposedMatrix(
  { length, resized, interpolate, shift }: {
    length: number;
    resized: number;
    interpolate: Interpolation;
    shift: number;
  },
  { alignCorners, halfPixelCenters }: Attributes,
): tf.Tensor {
  const aligned = alignCorners === true && resized > 1;
  const ratio = aligned ? (length - 1) / (resized - 1) : length / resized;
  const matrix = new Float32Array(length * resized);
  for (let i = 0; i < resized; i++) {
    const place = halfPixelCenters === true ? ratio * (i + 0.5) - shift : ratio * i;
    const options = { length, alignCorners: alignCorners === true };
    for (const [index, share] of interpolate(place, options)) matrix[index * resized + i] += share;
  }
  return tf.tensor3d(matrix, [1, length, resized]);
}

function registerResize(kernel: string, interpolation: { interpolate: Interpolation; shift: number }): void {
  register(kernel, ["images"], (dy, [images], attributes) => ({
    images: () => {
      const [batch, height, width, channels] = images.shape as [number, number, number, number];
      const [, rows, columns] = dy.shape as [number, number, number, number];
      const down = transposedMatrix({ length: height, resized: rows, ...interpolation }, attributes);
      const across = transposedMatrix({ length: width, resized: columns, ...interpolation }, attributes);
      const tall = tf.matMul(down, tf.reshape(dy, [batch, rows, columns * channels]));
      const wide = tf.matMul(across, tf.reshape(tall, [batch * height, columns, channels]));
      return tf.reshape(wide, images.shape);
    },
  }));
}

registerResize("ResizeBilinear", { interpolate: linear, shift: 0.5 });
registerResize("ResizeNearestNeighbor", { interpolate: nearest, shift: 0 });
