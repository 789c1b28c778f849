import type { ExecutorName } from "../../compile/mod.ts";
import type { EvaluatedClaim, Evaluation, RenderedArtefact } from "./evaluate.ts";
import {
  type ClaimStatus,
  isTimed,
  type Job,
  type ProfileName,
  testText,
  type Verdict,
} from "../paper/mod.ts";
import type { RunProvenance } from "./provenance.ts";
import type { RunOutcome } from "../run/mod.ts";

/** What `summary.json` and `--json` hold: all about one paper's run but the results themselves. */
export interface Summary {
  /** Raised when a field changes its meaning. */
  readonly format: 1;
  /** arXiv id. */
  readonly paper: string;
  /** The paper's. */
  readonly title: string;
  /** Scale of the run. */
  readonly profile: ProfileName;
  /** As asked for; `null`: the profile's own number. */
  readonly seeds: number | null;
  /** Figures, tables and claims asked for; empty: all. */
  readonly only: readonly string[];
  /** What ran compiled programs. */
  readonly executor: ExecutorName;
  /** Wall-clock seconds of the whole run. */
  readonly seconds: number;
  /** How many jobs ran, were known already, and failed. */
  readonly jobs: { readonly run: number; readonly cached: number; readonly failed: number };
  /** Jobs without a result. */
  readonly failures: readonly SummaryFailure[];
  /** Figures and tables. */
  readonly artefacts: readonly SummaryArtefact[];
  /** Claims with their verdicts. */
  readonly claims: readonly SummaryClaim[];
  /** Names of the data sets that were stand-ins. */
  readonly standIns: readonly string[];
  /** Data sets with where they came from. */
  readonly data: RunProvenance["data"];
  /** Of Deno, engines and packages. */
  readonly versions: RunProvenance["versions"];
  /** State of this project's code. */
  readonly code: RunProvenance["code"];
  /** Where it was run. */
  readonly machine: RunProvenance["machine"];
  /** ISO 8601, UTC. */
  readonly started: string;
  /** ISO 8601, UTC. */
  readonly finished: string;
  /** Arguments of the command line. */
  readonly arguments: readonly string[];
}

/** A job without a result. */
export interface SummaryFailure {
  /** What was to be run. */
  readonly job: Job;
  /** The job in a few words. */
  readonly label: string;
  /** Why there is no result. */
  readonly message: string;
  /** Stack or the end of the output; may be empty. */
  readonly detail: string;
}

/** A figure or table. */
export interface SummaryArtefact {
  /** File name stem, e.g. `figure-1`. */
  readonly id: string;
  /** Figures are drawn, tables are written. */
  readonly kind: "figure" | "table";
  /** Where in the paper, e.g. `Figure 1` (or `addition`). */
  readonly location: string;
  /** As reports show it. */
  readonly title: string;
  /** What it shows. */
  readonly caption: string;
  /** Names of its files in the output folder; none if it could not be made. */
  readonly files: readonly string[];
  /** Why it could not be made, or `null`. */
  readonly error: string | null;
  /** Names of the stand-in data sets behind it. */
  readonly standIns: readonly string[];
  /** Digest of the results behind it, by experiment. */
  readonly digests: Readonly<Record<string, string>>;
}

/** A claim with its verdict. */
export interface SummaryClaim {
  /** Unique in the paper. */
  readonly id: string;
  /** Where in the paper. */
  readonly location: string;
  /** What the paper says. */
  readonly statement: string;
  /** The test in words. */
  readonly test: string;
  /** What the test says. */
  readonly status: ClaimStatus;
  /** What decided, by name. */
  readonly numbers: Verdict["numbers"];
  /** Why, in a sentence. */
  readonly because: string;
  /** Units without any one of which the test says something else. */
  readonly fragile?: Verdict["fragile"];
  /** The comparisons behind it, pair by pair or look by look. */
  readonly evidence?: Verdict["evidence"];
  /** Whether it rests on measurements of time, which hold for this `machine` only. */
  readonly timed: boolean;
  /** Why the test itself failed, or `null`. */
  readonly error: string | null;
  /** Names of the stand-in data sets behind it. */
  readonly standIns: readonly string[];
}

/** Builds the summary of a run; `only` is what was asked for by name. */
export function summarise(evaluation: Evaluation, outcome: RunOutcome, only: readonly string[]): Summary {
  const { paper, plan, artefacts, claims, origin: { executor, provenance } } = evaluation;
  const { code, machine, versions, data, started, finished, seconds, arguments: args } = provenance;
  return {
    format: 1,
    paper: paper.id,
    title: paper.title,
    profile: plan.profile,
    seeds: plan.seeds ?? null,
    only,
    executor,
    seconds,
    jobs: { run: outcome.run, cached: outcome.cached, failed: outcome.failures.length },
    failures: outcome.failures,
    artefacts: artefacts.map(summariseArtefact),
    claims: claims.map((evaluated) => summariseClaim(evaluated, isTimed(paper, plan, evaluated.claim))),
    standIns: data.filter(({ source }) => source === "stand-in").map(({ name }) => name).sort(),
    data,
    versions,
    code,
    machine,
    started,
    finished,
    arguments: args,
  };
}

function summariseArtefact(rendered: RenderedArtefact): SummaryArtefact {
  const { artefact: { id, location, title, caption }, value, error, standIns, digests } = rendered;
  const kind = value?.kind ?? rendered.artefact.kind;
  const endings = kind === "figure" ? ["vl.json", "svg", "png"] : ["csv", "md"];
  const files = value ? endings.map((ending) => `${id}.${ending}`) : [];
  return { id, kind, location, title, caption, files, error: error ?? null, standIns, digests };
}

function summariseClaim({ claim, verdict, error, standIns }: EvaluatedClaim, timed: boolean): SummaryClaim {
  const { id, location, statement } = claim;
  return {
    id,
    location,
    statement,
    test: testText(claim),
    ...verdict,
    timed,
    error: error ?? null,
    standIns,
  };
}

/** Whether a run did all that was asked: no failed job, every figure, table and claim made. */
export function isComplete({ jobs, artefacts, claims }: Summary): boolean {
  return jobs.failed === 0 && artefacts.every(({ error }) => error === null) &&
    claims.every(({ error }) => error === null);
}
