import type { Claim } from "../../lib/harness/mod.ts";
import { accuracyClaims } from "./claims/accuracy.ts";
import { algorithmClaims } from "./claims/algorithms.ts";
import { regressionClaims } from "./claims/regression.ts";
import { weightClaims } from "./claims/weights.ts";

/** All claims of the paper. */
export const claims: readonly Claim[] = [
  ...algorithmClaims,
  ...accuracyClaims,
  ...weightClaims,
  ...regressionClaims,
];
