/**
 * Layers, initialisers, losses, optimisers and the training loop, as pure functions on trees of tensors.
 *
 * Tensors that these functions make, intermediate ones included, belong to the caller's scope: `compile` and `train` free
 * them, elsewhere call them within `tf.tidy`.
 */
export * from "./activations.ts";
export * from "./convolution.ts";
export * from "./convolution_initialisers.ts";
export * from "./grid_sample.ts";
export * from "./initialisers.ts";
export * from "./jet.ts";
export * from "./layers.ts";
export * from "./losses.ts";
export * from "./optimisers.ts";
export * from "./pooling.ts";
export * from "./predict.ts";
export * from "./run_steps.ts";
export * from "./schedules.ts";
export * from "./train.ts";
