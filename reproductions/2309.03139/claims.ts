import type { Claim } from "../../lib/harness/mod.ts";
import { cost } from "./claims/cost.ts";
import { errors } from "./claims/errors.ts";
import { symmetries } from "./claims/symmetries.ts";

/** The paper's claims, as tests on results. */
export const claims: readonly Claim[] = [...symmetries, ...errors, cost];
