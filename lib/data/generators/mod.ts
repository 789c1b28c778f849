/** Data made from equations. */
export type { ComplexMesh } from "./_fft3.ts";
export * from "./anomaly_data.ts";
export * from "./augment.ts";
export * from "./decorated_lattices.ts";
export * from "./density_field.ts";
export * from "./galaxies.ts";
export * from "./linear_map.ts";
export * from "./linear_regression.ts";
export * from "./molecule_labels.ts";
export * from "./nbody.ts";
export * from "./part_shapes.ts";
export * from "./torus.ts";
