/** Readers of file formats. */
export * from "./bunzip.ts";
export * from "./cif.ts";
export * from "./csv.ts";
export * from "./extended_xyz.ts";
export * from "./galaxy_csv.ts";
export * from "./gunzip.ts";
export * from "./images.ts";
export { fromTorchLayout, type NamedTensor, type NamedTensors } from "./named_tensor.ts";
export { type NpyArray, type NpyData, readNpy, toMatrix } from "./npy.ts";
export * from "./npz.ts";
export * from "./poscar.ts";
export * from "./records.ts";
export * from "./safetensors.ts";
export * from "./tar.ts";
export * from "./torch_weights.ts";
export * from "./write_extended_xyz.ts";
export * from "./xyz.ts";
