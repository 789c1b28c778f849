/**
 * Data sets: the catalogue, finding, downloading, verifying, parsing and generating.
 *
 * @module
 */
export * from "./types.ts";
export { dataSets, findDataSet } from "./catalogue.ts";
export { downloadDataSet, type DownloadOptions, type DownloadProgress } from "./download.ts";
export { loadDataSet, type LookOptions, resolveDataSet, sha256 } from "./load.ts";
export * from "./roots.ts";
export * from "./formats/mod.ts";
export * from "./galaxy_catalogue.ts";
export * from "./generators/mod.ts";
export * from "./sets/mod.ts";
