import type { Table, Tone } from "../../figures/mod.ts";
import { type ClaimStatus, openControls, testText } from "../paper/mod.ts";
import type { Evaluation } from "../results/mod.ts";
import { coresText, duration } from "../run/mod.ts";

/** What statuses say. */
const TONES: Readonly<Record<ClaimStatus, Tone>> = {
  supported: "good",
  contradicted: "bad",
  inconclusive: "open",
  "not attempted": "none",
};

/** Claims with their statuses, as a table for notebooks. */
export function claimsTable({ claims }: Pick<Evaluation, "claims">): Table {
  return {
    kind: "table",
    title: "Claims",
    columns: [
      { key: "location", title: "Where" },
      { key: "statement", title: "Claim" },
      { key: "status", title: "Status", tones: TONES },
      { key: "flags", title: "But" },
      { key: "because", title: "Because" },
      { key: "test", title: "Test" },
    ],
    rows: claims.map((evaluated) => ({ ...evaluated, open: openControls(evaluated, claims) }))
      .map(({ claim, verdict, standIns, beyond, open }) => ({
        location: claim.location,
        statement: claim.statement,
        status: verdict.status,
        flags: [
          ...open.length > 0 ? ["control open"] : [],
          ...verdict.fragile?.length && verdict.status !== "not attempted" ? ["fragile"] : [],
          ...standIns.length > 0 ? ["stand-in data"] : [],
        ].join(", "),
        because: beyond
          ? `${verdict.because} From ${beyond.jobs} jobs, with ${beyond.text}.`
          : verdict.because,
        test: testText(claim),
      })),
    notes: [
      "Status is computed from the results by the test in the last column. Control open: a claim that tests a dull " +
      "explanation of it does not hold. Fragile: one seed or data set less would change it.",
    ],
  };
}

/**
 * Says in a few lines where results come from: profile, executor, code, machine, time, stand-ins.
 *
 * @param results What `loadResults` gave, or the `evaluation` of what `reproduce` gave.
 */
export function describeRun({ paper, plan, claims, records, results, origin }: Evaluation): string {
  const { executor, provenance: { code, machine, versions } } = origin;
  const { standIns } = results;
  const jobSeconds = [...records.values()].reduce((sum, { seconds }) => sum + seconds, 0);
  const counts = Map.groupBy(claims, ({ verdict }) => verdict.status);
  return [
    `${paper.title} (arXiv ${paper.id})`,
    `profile ${plan.profile}: ${paper.profiles[plan.profile].summary}`,
    `executor ${executor}; ${
      Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")
    }`,
    `code ${code.commit?.slice(0, 10) ?? "outside git"}${code.dirty ? " with changes" : ""}; ` +
    `${coresText(machine)}, ${machine.cpu}; ${duration(jobSeconds)} of computation`,
    `claims: ${[...counts].map(([status, found]) => `${found.length} ${status}`).join(", ")}`,
    ...(standIns.length > 0 ? [`stand-in data: ${standIns.join(", ")}`] : []),
  ].join("\n");
}
