/** Derivatives of networks with respect to their inputs, to any mixed order up to 4. */
export * from "./jet.ts";
