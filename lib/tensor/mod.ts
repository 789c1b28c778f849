/**
 * TensorFlow.js for this project: the `tf` namespace, gradients that differentiate twice, trees of tensors.
 *
 * The only folder that imports TensorFlow.js. Two of its functions stay unfit for nested gradients, as their
 * custom gradients keep something that is neither input nor output: `tf.losses.softmaxCrossEntropy` (second
 * derivative wrong; use `tf.logSoftmax`) and `tf.logSigmoid` (throws inside a larger function; use
 * `tf.softplus`). The gradient of `tf.norm` at 0 is NaN: use `euclideanNorm`, which has 0 there.
 *
 * Of its functions of images, `tf.image.transform` warps only the first image of a batch on the cpu (use
 * `gridSample` of `lib/nn`), and a number as padding is taken wrong where a filter is not square (write the
 * padding out, as `conv2d` of `lib/nn` does).
 *
 * @module
 */
import "./_convolution_gradients.ts";
import "./_gradients.ts";
import "./_pooling_gradients.ts";
import "./_resize_gradients.ts";
export { checkSegmentIds } from "./_kernels.ts";
export { differentiable, type DifferentiableOptions, onFreshTape, type Tensor, tf } from "./_tf.ts";
export * from "./grad.ts";
export * from "./host_tensor.ts";
export * from "./native_backend.ts";
export * from "./norm.ts";
export * from "./stop_gradient.ts";
export * from "./tree.ts";
