import type { Claim } from "../../lib/harness/mod.ts";
import { comparisonClaims } from "./claims/comparisons.ts";
import { posteriorClaims } from "./claims/posteriors.ts";
import { reportedClaims } from "./claims/reported.ts";

/** All claims of the paper. */
export const claims: readonly Claim[] = [...reportedClaims, ...comparisonClaims, ...posteriorClaims];
