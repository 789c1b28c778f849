/** The paper's claims as tests on results. */
import type { Claim } from "../../lib/harness/mod.ts";
import { identityClaims } from "./claims/identities.ts";
import { predictionClaims } from "./claims/predictions.ts";
import { sizeClaims } from "./claims/sizes.ts";
import { structureClaims } from "./claims/structure.ts";

/** All claims of the paper. */
export const claims: readonly Claim[] = [
  ...identityClaims,
  ...predictionClaims,
  ...structureClaims,
  ...sizeClaims,
];
