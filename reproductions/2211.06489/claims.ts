/** The paper's claims as tests on results. */
import type { Claim } from "../../lib/harness/mod.ts";
import { cloudClaims, partClaims } from "./claims/clouds.ts";
import { digitClaims } from "./claims/digits.ts";
import { particleClaims } from "./claims/particles.ts";
import { timeClaims } from "./claims/times.ts";

/** All claims of the paper. */
export const claims: readonly Claim[] = [
  ...digitClaims,
  ...particleClaims,
  ...cloudClaims,
  ...partClaims,
  ...timeClaims,
];
