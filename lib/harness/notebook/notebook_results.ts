import { type ProfileName, PROFILES, UsageError } from "../paper/mod.ts";
import { type Evaluation, loadResults, reproduce } from "../results/mod.ts";

/** What a notebook shows: the results in this repository, or those of a profile, computed anew. */
export type ResultsSource = "committed" | ProfileName;

/**
 * The results that a notebook shows. While they are computed, a line below the cell says how far; ■ stops
 * that, and the next call goes on from there.
 *
 * @param paperId arXiv id.
 * @param source The environment variable `REFIGURE_PROFILE` wins over it.
 * @throws {UsageError} If there is no such source.
 * @throws {Interrupted} If ■ was pressed; finished jobs are kept.
 * @throws As {@link loadResults} and {@link reproduce}.
 *
 * @example
 * ```ts
 * import { notebookResults } from "@refigure/refigure/harness";
 * import assert from "node:assert/strict";
 *
 * const paper = await notebookResults("2305.18593", "committed");
 * assert.equal(paper.plan.profile, "laptop");
 * ```
 */
export async function notebookResults(paperId: string, source: ResultsSource): Promise<Evaluation> {
  const wanted = Deno.env.get("REFIGURE_PROFILE") ?? source;
  if (wanted === "committed") return await loadResults(paperId, "laptop");
  if (!(PROFILES as readonly string[]).includes(wanted)) {
    throw new UsageError(
      `Cannot show results of ${paperId} as their source must be committed, ${PROFILES.join(", ")}: ` +
        `current value is ${wanted}`,
    );
  }
  return (await reproduce(paperId, { profile: wanted as ProfileName, write: false })).evaluation;
}
