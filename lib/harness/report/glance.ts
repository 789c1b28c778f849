import type { Evaluation, Golden } from "../results/mod.ts";
import { type ClaimStatus, type Paper, STATUSES } from "../paper/mod.ts";

/** What a reader must know of a reproduction before any of its numbers, computed from the results. */
export interface Glance {
  /** What became of the claims, in a sentence. */
  readonly outcome: string;
  /** Scale of the runs. */
  readonly scale: string;
  /** What the results were computed on, by kind. */
  readonly data: string;
  /** What of the paper was read, and how many of its numbers stand beside ours. */
  readonly paper: string;
}

/** How each status is told of several claims. */
const SAID: Readonly<Record<ClaimStatus, string>> = {
  "supported": "supported",
  "contradicted": "contradicted",
  "inconclusive": "open",
  "not attempted": "not attempted",
};

/** What is said of the claim that a paper is known for. */
const MAIN: Readonly<Record<ClaimStatus, string>> = {
  "supported": "is supported here.",
  "contradicted": "does not hold here.",
  "inconclusive": "is not decided here.",
  "not attempted": "was not tested here.",
};

/** A paper's results at a glance. */
export function glanceAt(
  paper: Pick<Paper, "read" | "profiles" | "headline">,
  { golden, evaluation }: {
    readonly golden: Pick<Golden, "plan" | "provenance">;
    readonly evaluation: Pick<Evaluation, "claims" | "artefacts">;
  },
): Glance {
  const { plan: { profile }, provenance } = golden;
  const verdicts = evaluation.claims.map(({ verdict }) => verdict);
  const headline = headlineOf(paper, evaluation);
  const counts = STATUSES.flatMap((status) => {
    const count = verdicts.filter((verdict) => verdict.status === status).length;
    return count > 0 ? [`${count} ${SAID[status]}`] : [];
  });
  const fragile = verdicts.filter((verdict) => verdict.fragile).length;
  const hung = fragile > 0
    ? `; ${fragile} ${fragile === 1 ? "verdict hangs" : "verdicts hang"} on a single seed or data set`
    : "";
  const beside = reportedBeside(evaluation);
  return {
    outcome: profile === "smoke"
      ? "A smoke run: it shows that everything runs, and is no evidence."
      : `${headline === null ? "" : `${headline} `}Of ${verdicts.length} claims: ${
        counts.join(", ")
      }${hung}.`,
    scale: `${profile}: ${paper.profiles[profile].summary}`,
    data: dataText(provenance.data),
    paper: `Read: ${paper.read}. ${
      beside === 0
        ? "None of its numbers compares with one of ours."
        : `${beside} of its numbers ${beside === 1 ? "stands" : "stand"} beside ours.`
    }`,
  };
}

/** What became of the claim that the paper is known for, in a sentence; `null` if it names none. */
export function headlineOf(
  paper: Pick<Paper, "headline">,
  { claims }: Pick<Evaluation, "claims">,
): string | null {
  const main = claims.find(({ claim }) => claim.id === paper.headline);
  return main ? `“${main.claim.statement}” ${MAIN[main.verdict.status]}` : null;
}

/** How many of the paper's numbers stand beside ours, in all tables. */
export function reportedBeside({ artefacts }: Pick<Evaluation, "artefacts">): number {
  const tables = artefacts.flatMap(({ value }) => value?.kind === "table" ? [value] : []);
  const cells = tables.flatMap(({ rows }) => rows.flatMap((row) => Object.values(row)));
  return cells.filter((cell) =>
    typeof cell === "object" && cell !== null && cell.value !== null && cell.reported !== undefined
  ).length;
}

/** Data sets by kind, e.g. `12 published sets; generated: nbody/small`. */
function dataText(data: Golden["provenance"]["data"]): string {
  const kinds = [
    ["published", ["file", "download"]],
    ["generated", ["generated"]],
    ["stand-in", ["stand-in"]],
  ] as const;
  const parts = kinds.flatMap(([kind, sources]) => {
    const names = data.filter(({ source }) => (sources as readonly string[]).includes(source)).map((
      { name },
    ) => name);
    if (names.length === 0) return [];
    return [names.length > 4 ? `${kind}: ${names.length} sets` : `${kind}: ${names.join(", ")}`];
  });
  return parts.length > 0 ? parts.join("; ") : "none";
}
