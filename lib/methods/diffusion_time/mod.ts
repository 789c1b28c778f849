/**
 * Diffusion time estimation for anomaly detection (Livernoche, Jain, Hezaveh & Ravanbakhsh, ICLR 2024, arXiv
 * 2305.18593): the posterior over the diffusion time, its non-parametric (DTE-NP), inverse-Gamma (DTE-IG),
 * Gaussian and categorical (DTE-C) estimators, and the DDPM detector. The detectors that the paper compares
 * with are in `lib/anomaly`.
 *
 * @module
 */
export * from "./ddpm.ts";
export * from "./denoiser.ts";
export * from "./dte_categorical.ts";
export * from "./dte_gaussian.ts";
export * from "./dte_inverse_gamma.ts";
export * from "./ensemble.ts";
export * from "./non_parametric.ts";
export * from "./posterior.ts";
export * from "./reverse_process.ts";
export * from "./schedule.ts";
export * from "./time_network.ts";
