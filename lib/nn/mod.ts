/**
 * Layers, initialisers, losses, optimisers and the training loop, as pure functions on trees of tensors.
 *
 * Tensors that these functions make, intermediate ones included, belong to the caller's scope: `compile` and
 * `train` free them, elsewhere call them within `tf.tidy`.
 *
 * @module
 */
export * from "./jet/mod.ts";
export * from "./layers/mod.ts";
export * from "./train/mod.ts";
