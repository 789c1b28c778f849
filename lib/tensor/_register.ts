/** Registers gradients of kernels. */
import { tf } from "./_tf.ts";

/** A kernel's attributes. */
export type Attributes = Readonly<Record<string, unknown>>;

/** The gradients of a kernel's inputs, by name (lists: by index). */
export type InputGradients = Record<string, () => tf.Tensor>;

/** Which tensors a gradient needs: names of inputs, or "all", and a flag per output. */
interface Saved {
  readonly inputs: readonly string[] | "all";
  readonly outputs?: readonly boolean[];
}

/**
 * Replaces a kernel's gradient.
 *
 * @param f Gets the gradient of the output (of each output, as a list, if there are several), the saved
 *   inputs and then outputs, and the kernel's attributes. It must be made of TensorFlow.js operations that
 *   have gradients.
 */
export function register<Dy extends tf.Tensor | tf.Tensor[] = tf.Tensor>(
  kernelName: string,
  saved: readonly string[] | Saved,
  f: (dy: Dy, saved: tf.Tensor[], attributes: Attributes) => InputGradients,
): void {
  const { inputs, outputs = [] } = "inputs" in saved ? saved : { inputs: saved };
  if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    ...(inputs === "all" ? { saveAllInputs: true } : { inputsToSave: [...inputs] }),
    outputsToSave: [...outputs],
    gradFunc: (dy, saved, attributes) => f(dy as Dy, saved, attributes as Attributes),
  });
}

/** A gradient of 0. */
export const zerosFor = (x: tf.Tensor): tf.Tensor => tf.fill(x.shape, 0, "float32");

/** Sums a gradient over the axes along which its operand was broadcast. */
export function reduceTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), shape);
}
