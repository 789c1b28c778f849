import type { Claim } from "../../lib/harness/mod.ts";
import { algorithmClaims } from "./claims/algorithms.ts";
import { networkClaims } from "./claims/networks.ts";

/** All claims of the paper. */
export const claims: readonly Claim[] = [...algorithmClaims, ...networkClaims];
