import type { ExecutorName } from "../../compile/mod.ts";
import type { Figure, Table } from "../../figures/mod.ts";
import {
  type Artefact,
  canonicalJson,
  checkJson,
  type Claim,
  correctKinds,
  isTimed,
  jobId,
  type JobRecord,
  type Json,
  judge,
  notAttempted,
  oneLine,
  type Paper,
  type Plan,
  type Results,
  resultsFor,
  resultsOf,
  select,
  type Selection,
  sha256,
  UsageError,
  type Verdict,
} from "../paper/mod.ts";
import type { RunProvenance } from "./provenance.ts";

/** A figure or table made from results, or the reason why it could not be made. */
export interface RenderedArtefact {
  /** What was to be made. */
  readonly artefact: Artefact;
  /** What `render` gave; absent if it could not be made. */
  readonly value?: Figure | Table;
  /** The same, stamped with where it comes from: what is shown. */
  readonly stamped?: Figure | Table;
  /** Why it could not be made. */
  readonly error?: string;
  /** Names of the stand-in data sets among its data. */
  readonly standIns: readonly string[];
  /** Seeds of the jobs it was made from, sorted. */
  readonly seeds: readonly number[];
  /** Digest (16 hexadecimal digits) of the results that it was made from, by experiment. */
  readonly digests: Readonly<Record<string, string>>;
  /** The plan that it was made under, if it shows more than the others do. */
  readonly beyond?: Plan;
}

/** A claim with its verdict. */
export interface EvaluatedClaim {
  /** What was tested. */
  readonly claim: Claim;
  /** What came out. */
  readonly verdict: Verdict;
  /** What came out without the others of its kind; absent: the same. */
  readonly alone?: Verdict;
  /** Set if the test itself failed; the verdict is then "not attempted". */
  readonly error?: string;
  /** Names of the stand-in data sets among its data. */
  readonly standIns: readonly string[];
  /** What its jobs took, in seconds of a core. */
  readonly seconds: number;
  /** Set if it is judged by more results than the others are. */
  readonly beyond?: {
    readonly plan: Plan;
    /** Number of jobs behind it. */
    readonly jobs: number;
    /** Where the results are, when and on which machine the last of them were made. */
    readonly text: string;
  };
}

/** Finished jobs by `jobId`. */
export type Records = ReadonlyMap<string, JobRecord>;

/** Makes the selected figures and tables; one that fails does not stop the others. */
export function renderArtefacts(
  selection: Selection,
  plan: Plan,
  records: Records,
): Promise<readonly RenderedArtefact[]> {
  return Promise.all(selection.artefacts.map(async (artefact): Promise<RenderedArtefact> => {
    const jobs = artefact.jobs(plan);
    const results = resultsOf(plan, jobs, records);
    const base = {
      artefact,
      standIns: results.standIns,
      seeds: [...new Set(jobs.map(({ seed }) => seed))].sort((a, b) => a - b),
      digests: await digestResults(results, [...new Set(jobs.map(({ experiment }) => experiment))].sort()),
    };
    try {
      const value = artefact.largest && jobs.length === 0
        ? leftToDecide(artefact, plan)
        : artefact.render(results);
      // Through JSON: what is shown and digested is what is written.
      return { ...base, value: JSON.parse(JSON.stringify(value)) };
    } catch (error) {
      return { ...base, error: messageOf(error) };
    }
  }));
}

/** What stands in the place of a figure or table that a profile leaves to `decide`. */
function leftToDecide({ id, location }: Artefact, { profile }: Plan): Table {
  return {
    kind: "table",
    columns: [{ key: "why", title: "Not in this profile" }],
    rows: [{
      why: `${location} takes too long for the ${profile} profile: \`deno task reproduce\` makes it with ` +
        `\`--only ${id} --seeds 1\`, and \`deno task decide\` keeps results of it.`,
    }],
    notes: [],
  };
}

/** Digest of all results of each experiment. */
async function digestResults(
  { records }: Results,
  experiments: readonly string[],
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const experiment of experiments) {
    const content = records.filter(({ job }) => job.experiment === experiment)
      .map(({ job: { config, seed }, result }) => [config, seed, result]);
    digests[experiment] = (await sha256(canonicalJson(content))).slice(0, 16);
  }
  return digests;
}

/** Why claims on times have no verdict in a smoke run: four runs of one gave ratios from 0.4 to 2.3. */
const TOO_SHORT = "It rests on measured times, and a smoke run is too short to measure any.";

/**
 * Judges claims of a paper, each by itself; one whose test fails does not stop the others.
 *
 * @param claims @default all of the paper's
 */
export function evaluateClaims(
  paper: Paper,
  { plan, records, claims = paper.claims }: {
    readonly plan: Plan;
    readonly records: Records;
    readonly claims?: readonly Claim[];
  },
): readonly EvaluatedClaim[] {
  return claims.map((claim): EvaluatedClaim => {
    const results = resultsFor(claim, plan, records);
    const { standIns } = results;
    const seconds = claim.jobs(plan).reduce((sum, job) => sum + (records.get(jobId(job))?.seconds ?? 0), 0);
    const known = { claim, standIns, seconds };
    if (plan.profile === "smoke" && isTimed(paper, plan, claim)) {
      return { ...known, verdict: notAttempted(TOO_SHORT) };
    }
    try {
      const verdict = judge(claim, results);
      checkJson(verdict.numbers, `numbers of the claim ${claim.id}`);
      return { ...known, verdict };
    } catch (error) {
      const message = messageOf(error);
      return { ...known, verdict: notAttempted(`The test failed: ${message}`), error: message };
    }
  });
}

function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

/** Digest of a figure or table, as goldens keep it. */
export function digestOf(value: Figure | Table): Promise<string> {
  return sha256(canonicalJson(value as unknown as Json));
}

/** A paper's results with where they come from and everything made from them. */
export class Evaluation {
  /** Made by {@link evaluate}. */
  constructor(
    readonly paper: Paper,
    readonly plan: Plan,
    readonly records: Records,
    readonly origin: Origin,
    readonly artefacts: readonly RenderedArtefact[],
    readonly claims: readonly EvaluatedClaim[],
  ) {}

  /** The same with other figures and tables. */
  with(artefacts: readonly RenderedArtefact[]): Evaluation {
    return new Evaluation(this.paper, this.plan, this.records, this.origin, artefacts, this.claims);
  }

  /** The same with other verdicts. */
  withClaims(claims: readonly EvaluatedClaim[]): Evaluation {
    return new Evaluation(this.paper, this.plan, this.records, this.origin, this.artefacts, claims);
  }

  /** All results, as artefacts and claims see them. */
  get results(): Results {
    return resultsOf(this.plan, [...this.records.values()].map(({ job }) => job), this.records);
  }

  /**
   * A figure or table by id or location, e.g. `figure-1` or `Figure 1`, stamped with where it comes from.
   *
   * @throws {UsageError} If the paper has none of this name (the message suggests the nearest), or it was not
   * made.
   */
  artefact(name: string): Figure | Table {
    const chosen = select(this.paper, [name]).artefacts;
    const made = this.artefacts.find(({ artefact }) => chosen.includes(artefact));
    if (made?.stamped) return made.stamped;
    throw new UsageError(`Cannot show ${name}: ${made?.error ?? "it was not among what was asked for"}`);
  }
}

/** How results came about. */
export interface Origin {
  /** What ran compiled programs. */
  readonly executor: ExecutorName;
  /** Code, machine, data and times. */
  readonly provenance: RunProvenance;
}

/** Makes all of a selection (absent: everything) from results. */
export async function evaluate(
  paper: Paper,
  plan: Plan,
  records: Records,
  options: Origin & { readonly selection?: Selection },
): Promise<Evaluation> {
  const { executor, provenance, selection = select(paper) } = options;
  const { commit, dirty } = provenance.code;
  const { stampProvenance } = await import("../../figures/mod.ts");
  const rendered = await renderArtefacts(selection, plan, records);
  const artefacts = rendered.map((made): RenderedArtefact => {
    if (!made.value) return made;
    const { artefact: { id, location, title }, value, seeds, digests, standIns } = made;
    const titled = value.kind === "table" ? { title: `${location}: ${title}`, ...value } : value;
    const stamped = stampProvenance(titled, {
      paper: paper.id,
      artefact: id,
      profile: plan.profile,
      commit: commit === null ? null : `${commit}${dirty ? "+" : ""}`,
      seeds,
      digests,
      standIns,
    });
    return { ...made, stamped };
  });
  const judged = evaluateClaims(paper, { plan, records, claims: selection.claims });
  const claims = correctKinds(judged, paper.claims);
  return new Evaluation(paper, plan, records, { executor, provenance }, artefacts, claims);
}
