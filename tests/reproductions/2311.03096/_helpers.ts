import type { Json, ProfileName, Results } from "../../../lib/harness/mod.ts";
import { claims } from "../../../reproductions/2311.03096/claims.ts";

/** A finished job as claims see it. */
export type Entry = { readonly config: Json; readonly seed: number; readonly result: Json };

/** Results as the harness would hand them over, from plain entries. */
export function resultsFrom(
  byExperiment: Readonly<Record<string, readonly Entry[]>>,
  options: { readonly standIns?: string[]; readonly profile?: ProfileName } = {},
): Results {
  const { standIns = [], profile = "laptop" } = options;
  return {
    plan: { profile },
    standIns,
    of:
      ((experiment: string) =>
        (byExperiment[experiment] ?? []).map((entry) => ({ ...entry, seconds: 0 }))) as Results["of"],
  };
}

/** A claim's status on results. */
export function status(id: string, results: Results): string {
  return claims.find((claim) => claim.id === id)!.evaluate(results).status;
}
