/**
 * Diffusion time estimation for anomaly detection (Livernoche, Jain, Hezaveh & Ravanbakhsh, ICLR 2024, arXiv 2305.18593):
 * the posterior over the diffusion time, its non-parametric (DTE-NP), inverse-Gamma (DTE-IG), Gaussian and categorical
 * (DTE-C) estimators, the DDPM detector, the paper's data protocol and the baselines it compares with.
 */
export type { Detector } from "./detector.ts";
export * from "./ddpm.ts";
export * from "./denoiser.ts";
export * from "./dte_categorical.ts";
export * from "./dte_gaussian.ts";
export * from "./dte_inverse_gamma.ts";
export * from "./ensemble.ts";
export * from "./neighbours.ts";
export * from "./non_parametric.ts";
export * from "./posterior.ts";
export * from "./protocol.ts";
export * from "./reverse_process.ts";
export * from "./schedule.ts";
export * from "./time_network.ts";
export * from "./baselines/copod.ts";
export * from "./baselines/ecod.ts";
export * from "./baselines/hbos.ts";
export * from "./baselines/isolation_forest.ts";
export * from "./baselines/knn.ts";
export * from "./baselines/lof.ts";
export * from "./baselines/ocsvm.ts";
export * from "./baselines/pca.ts";
export * from "./baselines/planar_flow.ts";
export * from "./baselines/vae.ts";
export * from "./baselines/cblof.ts";
export * from "./baselines/k_means.ts";
export * from "./baselines/mcd.ts";
