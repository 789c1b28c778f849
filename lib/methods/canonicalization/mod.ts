/**
 * Equivariance with learned canonicalization functions (Kaba, Mondal, Zhang, Bengio & Ravanbakhsh 2023, arXiv
 * 2211.06489): any network becomes equivariant behind a function that brings its input to a canonical pose.
 *
 * `canonicalize(network, canonicalizer)` joins the two. Canonicalizers: discrete groups of the plane
 * (`discreteCanonicalizer`), descent on a learned energy (`optimizedCanonicalizer`), frames of point clouds
 * and of moving particles (`pointFrameCanonicalizer`, `movingFrameCanonicalizer`), principal components
 * (`pcaCanonicalizer`, `pcaFrameCanonicalizer`), and any of them `frozen`.
 *
 * @module
 */
export * from "./canonicalize.ts";
export * from "./descent.ts";
export * from "./discrete.ts";
export * from "./moving_frames.ts";
export * from "./optimized.ts";
export * from "./pca_frames.ts";
export * from "./pca_image.ts";
export * from "./point_frames.ts";
export * from "./types.ts";
