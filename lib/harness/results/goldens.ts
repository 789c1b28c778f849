import type { ExecutorName } from "../../compile/mod.ts";
import { readTextOrNull, writeAtomic } from "../run/mod.ts";
import {
  collectJobs,
  correctKinds,
  HarnessError,
  isTimed,
  jobId,
  type JobRecord,
  type Json,
  labeller,
  loadPaper,
  type Paper,
  type Places,
  places,
  type Plan,
  type ProfileName,
  type Results,
  resultsOf,
  select,
  type Verdict,
} from "../paper/mod.ts";
import { goldenProblem } from "./_check_golden.ts";
import { digestOf, evaluate, evaluateClaims, type Evaluation, renderArtefacts } from "./evaluate.ts";
import type { RunProvenance } from "./provenance.ts";

/** Accepted results of a paper under a profile: `fixtures/<paper>/<profile>.json`. */
export interface Golden {
  /** Version of the format. */
  readonly format: 1;
  /** arXiv id. */
  readonly paper: string;
  /** What was run. */
  readonly plan: Plan;
  /** What ran compiled programs. */
  readonly executor: ExecutorName;
  /**
   * Largest accepted |new − old| / max(|old|, 0.01) of a number in a result, unless golden and new results
   * are both from the `wasm` executor: that is exact.
   */
  readonly tolerance: number;
  /** Code, machine, data and times. */
  readonly provenance: RunProvenance;
  /** Every job with its result. */
  readonly jobs: readonly JobRecord[];
  /** Every claim with its verdict. */
  readonly claims: readonly GoldenClaim[];
  /** SHA-256 of each figure and table made from the jobs above. */
  readonly artefacts: readonly { readonly id: string; readonly digest: string }[];
}

/** A claim with its accepted verdict; what else a verdict holds follows from the jobs. */
export interface GoldenClaim extends Pick<Verdict, "status" | "numbers" | "because"> {
  /** The claim's. */
  readonly id: string;
}

/** One thing in which results differ from a golden. */
export interface Difference {
  /** Which part, e.g. `classical dataSet=…, seed 0: result.KNN.auroc`. */
  readonly path: string;
  /** `undefined`: absent. */
  readonly old: Json | undefined;
  /** `undefined`: absent. */
  readonly new: Json | undefined;
  /** |new − old| / max(|old|, 0.01), for numbers. */
  readonly relative?: number;
}

/** Where the golden of a paper and profile is kept. */
export function goldenPath(places: Places, paper: string, profile: ProfileName): string {
  return `${places.fixtures}/${paper}/${profile}.json`;
}

/**
 * Reads a golden.
 *
 * @returns `null` if there is none.
 * @throws {HarnessError} If the file is not a golden.
 */
export async function readGolden(
  places: Places,
  paper: string,
  profile: ProfileName,
): Promise<Golden | null> {
  const path = goldenPath(places, paper, profile);
  const text = await readTextOrNull(path);
  return text === null ? null : parseGolden(text, path);
}

/**
 * Results from the text of their file.
 *
 * @param path For errors.
 * @throws {HarnessError} If the text is not that of a golden.
 */
export function parseGolden(text: string, path: string): Golden {
  let problem: string | null;
  try {
    const golden = JSON.parse(text);
    problem = goldenProblem(golden);
    if (problem === null) return golden;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problem = "it must be a whole file of results";
  }
  throw damagedResults(path, problem);
}

/** The error of a file of results that is damaged in this way. */
export function damagedResults(path: string, problem: string): HarnessError {
  return new HarnessError(
    `Cannot read ${path} as ${problem}. Get the file again (a committed one with \`git checkout\`)`,
  );
}

/** The text of a golden's file: one line per job, so that changes can be read. */
export function goldenText(golden: Golden): string {
  const list = (items: readonly unknown[]) =>
    `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
  const fields = Object.entries(golden).map(([key, value]) =>
    `${JSON.stringify(key)}: ${Array.isArray(value) ? list(value) : JSON.stringify(value)}`
  );
  return `{\n${fields.join(",\n")}\n}\n`;
}

/** Writes a golden. Only `bless` may call it. */
export async function writeGolden(places: Places, golden: Golden): Promise<void> {
  await writeAtomic(goldenPath(places, golden.paper, golden.plan.profile), goldenText(golden));
}

/** A golden's jobs by `jobId`. */
export function goldenRecords(golden: Golden): ReadonlyMap<string, JobRecord> {
  return new Map(golden.jobs.map((record) => [jobId(record.job), record]));
}

/** A golden's results, as artefacts and claims see them. */
export function goldenResults(golden: Golden): Results {
  return resultsOf(golden.plan, golden.jobs.map(({ job }) => job), goldenRecords(golden));
}

/**
 * The golden of a paper.
 *
 * @param paperId arXiv id.
 * @throws {UsageError} If there is no such paper.
 * @throws {HarnessError} If it has no golden for the profile.
 */
export async function loadGolden(paperId: string, profile: ProfileName): Promise<Golden> {
  const where = places();
  const golden = await readGolden(where, paperId, profile);
  if (golden) return golden;
  await loadPaper(paperId, where);
  throw new HarnessError(
    `Cannot load results of ${paperId} as it has no golden for ${profile}: make it with ` +
      `\`deno task bless ${paperId} --profile ${profile}\``,
  );
}

/** Everything made from a golden's own results. */
export function evaluateGolden(paper: Paper, golden: Golden): Promise<Evaluation> {
  return evaluate(paper, golden.plan, goldenRecords(golden), golden);
}

/**
 * Default for results that state no tolerance: float32 training on another machine or executor does not agree
 * to the last digit.
 */
export const DEFAULT_TOLERANCE = 0.01;

/** Makes a golden of an evaluation; jobs without a result are left out. */
export async function makeGolden(
  evaluation: Evaluation,
  tolerance: number,
): Promise<Golden> {
  const { paper, plan, records, origin: { executor, provenance } } = evaluation;
  return {
    format: 1,
    paper: paper.id,
    plan,
    executor,
    tolerance,
    provenance,
    jobs: collectJobs(paper, plan, select(paper)).flatMap((job) => records.get(jobId(job)) ?? []),
    ...await madeFrom(evaluation),
  };
}

/** A golden with the same results, and with what the present code makes of them. */
export async function renewGolden(paper: Paper, golden: Golden): Promise<Golden> {
  return { ...golden, ...await madeFrom(await evaluateGolden(paper, golden)) };
}

async function madeFrom(evaluation: Evaluation): Promise<Pick<Golden, "claims" | "artefacts">> {
  const made = evaluation.artefacts.filter(({ value }) => value !== undefined);
  return {
    claims: evaluation.claims.map(({ claim, verdict: { status, numbers, because } }) => (
      { id: claim.id, status, numbers, because }
    )),
    artefacts: await Promise.all(
      made.map(async ({ artefact, value }) => ({ id: artefact.id, digest: await digestOf(value!) })),
    ),
  };
}

/** The tolerance for results of an executor. */
export function toleranceFor(golden: Golden, executor: ExecutorName): number {
  return executor === "wasm" && golden.executor === "wasm" ? 0 : golden.tolerance;
}

/**
 * Compares results with a golden: every number of every job, the status of every claim (with exact
 * comparison: its numbers, too), and the figures and tables made from the golden's own results. Measurements
 * of time do not count.
 *
 * @param records Results by `jobId`, of the golden's plan.
 * @param tolerance See {@link toleranceFor}.
 */
export async function compareGolden(
  paper: Paper,
  golden: Golden,
  records: ReadonlyMap<string, JobRecord>,
  tolerance: number,
): Promise<readonly Difference[]> {
  const { plan } = golden;
  const timed = (record: JobRecord) =>
    paper.experiments.find(({ id }) => id === record.job.experiment)?.timing === true;
  const differences: Difference[] = [], label = labeller(paper, plan);
  const old = goldenRecords(golden);
  for (const id of new Set([...old.keys(), ...records.keys()])) {
    const [before, now] = [old.get(id), records.get(id)];
    const known = (before ?? now)!;
    if (timed(known)) continue;
    const path = `${label(known.job)}: result`;
    if (before && now) differences.push(...compareJson(before.result, now.result, path, tolerance));
    else differences.push({ path, old: before?.result, new: now?.result });
  }
  const claims = correctKinds(evaluateClaims(paper, { plan, records }), paper.claims)
    .filter(({ claim }) => !isTimed(paper, plan, claim));
  const verdicts = new Map(golden.claims.map((claim) => [claim.id, claim]));
  for (const { claim, verdict: { status, numbers } } of claims) {
    const path = `claim ${claim.id}`;
    const before = verdicts.get(claim.id);
    if (before?.status !== status) {
      differences.push({ path: `${path}: status`, old: before?.status, new: status });
    } else if (tolerance === 0) {
      differences.push(...compareJson(before.numbers, numbers, `${path}: numbers`, 0));
    }
  }
  differences.push(...await compareArtefacts(paper, golden));
  return differences;
}

async function compareArtefacts(paper: Paper, golden: Golden): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  const digests = new Map(golden.artefacts.map(({ id, digest }) => [id, digest]));
  for (
    const { artefact, value } of await renderArtefacts(select(paper), golden.plan, goldenRecords(golden))
  ) {
    const before = digests.get(artefact.id);
    const now = value ? await digestOf(value) : undefined;
    if (before !== now) {
      differences.push({
        path: `${artefact.id}: digest of what is made from the golden's results`,
        old: before,
        new: now,
      });
    }
  }
  return differences;
}

/**
 * Numbers below this are compared as if they were as large: near zero, a relative difference says nothing.
 */
const SMALL = 0.01;

/**
 * Differences of two JSON values, with the path of each. Numbers may differ by `tolerance` · max(|old|,
 * 0.01).
 */
export function compareJson(old: Json, now: Json, path: string, tolerance: number): readonly Difference[] {
  if (typeof old === "number" && typeof now === "number") {
    const relative = Math.abs(now - old) / Math.max(SMALL, Math.abs(old));
    return relative <= tolerance ? [] : [{ path, old, new: now, relative }];
  }
  if (Array.isArray(old) && Array.isArray(now) && old.length === now.length) {
    return old.flatMap((item, i) => compareJson(item, now[i], `${path}[${i}]`, tolerance));
  }
  if (isRecord(old) && isRecord(now)) {
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((key) =>
      key in old && key in now
        ? compareJson(old[key], now[key], `${path}.${key}`, tolerance)
        : [{ path: `${path}.${key}`, old: old[key], new: now[key] }]
    );
  }
  return JSON.stringify(old) === JSON.stringify(now) ? [] : [{ path, old, new: now }];
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A difference on one line. */
export function describeDifference({ path, old, new: now, relative }: Difference): string {
  const text = (value: Json | undefined) => {
    if (value === undefined) return "nothing";
    const full = JSON.stringify(value);
    return full.length > 60 ? `${full.slice(0, 59)}…` : full;
  };
  return `${path}: ${text(old)} → ${text(now)}${
    relative === undefined ? "" : ` (relative ${relative.toExponential(1)})`
  }`;
}
