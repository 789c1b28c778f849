import type { Claim } from "../../lib/harness/mod.ts";
import { cloudClaim } from "./claims/clouds.ts";
import { digitClaims } from "./claims/digits.ts";
import { finetuningClaim } from "./claims/finetuning.ts";
import { photographClaims } from "./claims/photographs.ts";
import { sceneClaim } from "./claims/scenes.ts";
import { sizeClaim } from "./claims/sizes.ts";
import { timeClaim } from "./claims/times.ts";

/** All claims of the paper. */
export const claims: readonly Claim[] = [
  ...digitClaims,
  ...photographClaims,
  finetuningClaim,
  sizeClaim,
  sceneClaim,
  timeClaim,
  cloudClaim,
];
