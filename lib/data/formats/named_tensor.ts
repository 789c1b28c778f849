/** A tensor of a file of weights. */
export interface NamedTensor {
  /** Its sizes, the slowest axis first. */
  readonly shape: readonly number[];
  /** Row-major. Floats of at most 32 bits are float32; float64 and integers are float64. */
  readonly data: Float32Array | Float64Array;
}

/** The tensors of a file of weights by name, in the file's order. */
export type NamedTensors = ReadonlyMap<string, NamedTensor>;

/** The number of elements of a shape. */
export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

/** Whether a shape consists of whole numbers, with a product that is one, too. */
export function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0) &&
    Number.isSafeInteger(elements(shape));
}

/** A tensor's name for an error message. */
export const shownName = (name: string): string => JSON.stringify(name.slice(0, 80));

/**
 * Reverses what PyTorch and TensorFlow have the other way round: the filters of a convolution `[out, in,
 * height, width]` become `[height, width, in, out]`, the weight of a linear layer `[out, in]` becomes `[in,
 * out]`; vectors stay.
 *
 * @throws {TypeError} If the tensor has another rank than 1, 2 or 4.
 *
 * @example
 * ```ts
 * import { fromTorchLayout } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const weight = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
 * const { shape, data } = fromTorchLayout(weight);
 * assert.deepEqual([shape, [...data]], [[3, 2], [1, 4, 2, 5, 3, 6]]);
 * ```
 */
export function fromTorchLayout({ shape, data }: NamedTensor): NamedTensor {
  if (shape.length === 1) return { shape, data };
  if (shape.length !== 2 && shape.length !== 4) {
    throw new TypeError(
      `Cannot change the layout of weights as their rank must be 1, 2 or 4: current value is ${shape.length}`,
    );
  }
  const [outputs, inputs, height = 1, width = 1] = shape;
  const area = height * width;
  const turned = new (data.constructor as Float32ArrayConstructor)(data.length);
  for (let o = 0, at = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let p = 0; p < area; p++) turned[(p * inputs + i) * outputs + o] = data[at++];
    }
  }
  return { shape: shape.length === 2 ? [inputs, outputs] : [height, width, inputs, outputs], data: turned };
}
