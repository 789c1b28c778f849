/** What equivariant networks of crystals are compared with. */
export * from "./cgcnn.ts";
export * from "./megnet.ts";
export * from "./ridge.ts";
export * from "./set2set.ts";
