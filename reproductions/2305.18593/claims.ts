import type { Claim } from "../../lib/harness/mod.ts";
import { comparisons } from "./claims/comparisons.ts";
import { diffusionTime } from "./claims/diffusion_time.ts";
import { reportedValues } from "./claims/reported_values.ts";

/** All claims of the paper. */
export const claims: readonly Claim[] = [...reportedValues, ...comparisons, ...diffusionTime];
