/**
 * Anomaly detectors, nearest neighbours and the protocol by which detectors are compared.
 *
 * @module
 */
export * from "./cblof.ts";
export * from "./copod.ts";
export * from "./deep_svdd.ts";
export * from "./detector.ts";
export * from "./ecod.ts";
export * from "./fit.ts";
export * from "./hbos.ts";
export * from "./icl.ts";
export * from "./isolation_forest.ts";
export * from "./k_means.ts";
export * from "./knn.ts";
export * from "./lof.ts";
export * from "./mcd.ts";
export * from "./neighbours.ts";
export * from "./ocsvm.ts";
export * from "./pca.ts";
export * from "./planar_flow.ts";
export * from "./protocol.ts";
export * from "./vae.ts";
