/** Layers, activations and initialisers, as pure functions on trees of tensors. */
export * from "./activations.ts";
export * from "./cifar_resnet.ts";
export * from "./circulant.ts";
export * from "./convolution.ts";
export * from "./convolution_initialisers.ts";
export * from "./grid_sample.ts";
export * from "./initialisers.ts";
export * from "./layers.ts";
export * from "./pooling.ts";
export { hostTensor, type HostTensorOf } from "../../tensor/mod.ts";
