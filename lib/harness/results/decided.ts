import {
  type Artefact,
  correctKinds,
  jobId,
  type JobRecord,
  loadPaper,
  type Paper,
  type Places,
  places,
  type Plan,
  type ProfileName,
} from "../paper/mod.ts";
import { coresText, readTextOrNull, writeAtomic } from "../run/mod.ts";
import { decidedProblem } from "./_check_golden.ts";
import { evaluate, evaluateClaims, type EvaluatedClaim, type Evaluation } from "./evaluate.ts";
import {
  damagedResults,
  evaluateGolden,
  type Golden,
  type GoldenClaim,
  goldenRecords,
  goldenText,
  loadGolden,
  parseGolden,
} from "./goldens.ts";

/**
 * Results beyond those of the laptop profile, by which claims were decided: `fixtures/<paper>/decided.json`.
 * It is a golden whose jobs, machine and times are those beyond the laptop's, without figures.
 */
export interface Decided extends Golden {
  /** The claims that have more evidence. */
  readonly claims: readonly DecidedClaim[];
}

/** A claim with more evidence than the laptop profile gives. */
export interface DecidedClaim extends GoldenClaim {
  /** The plan of its jobs. */
  readonly plan: Plan;
}

/** Where the results that decided a paper's claims are kept. */
export function decidedPath(places: Places, paper: string): string {
  return `${places.fixtures}/${paper}/decided.json`;
}

/**
 * Reads the results that decided a paper's claims.
 *
 * @returns `null` if there are none.
 * @throws {HarnessError} If the file does not hold results.
 */
export async function readDecided(places: Places, paper: string): Promise<Decided | null> {
  const path = decidedPath(places, paper);
  const text = await readTextOrNull(path);
  if (text === null) return null;
  const golden = parseGolden(text, path), problem = decidedProblem(golden);
  if (problem !== null) throw damagedResults(path, problem);
  return golden as Decided;
}

/** Writes them. Only `decide` may call it, and {@link renewDecided}. */
export async function writeDecided(places: Places, decided: Decided): Promise<void> {
  await writeAtomic(decidedPath(places, decided.paper), goldenText(decided));
}

/**
 * Writes the results that decided a paper's claims once more, with the verdicts that the present code gives;
 * does nothing where there are none.
 *
 * @param golden The laptop's.
 */
export async function renewDecided(paper: Paper, golden: Golden, where: Places): Promise<void> {
  const decided = await readDecided(where, paper.id);
  if (decided === null) return;
  const { claims } = await evaluateCommitted(paper, golden, where);
  const verdicts = new Map(claims.map(({ claim, verdict }) => [claim.id, verdict]));
  await writeDecided(where, {
    ...decided,
    claims: decided.claims.flatMap(({ id, plan }) => {
      const own = verdicts.get(id);
      return own ? [{ id, plan, status: own.status, numbers: own.numbers, because: own.because }] : [];
    }),
  });
}

/** Jobs of the laptop profile and beyond, by `jobId`. */
export function allRecords(golden: Golden, decided: Golden | null): Map<string, JobRecord> {
  return new Map([...goldenRecords(golden), ...decided ? goldenRecords(decided) : []]);
}

/** A claim as the present code judges the results of a plan's jobs, by itself. */
export function judgeUnder(
  paper: Paper,
  { id, plan }: { readonly id: string; readonly plan: Plan },
  records: ReadonlyMap<string, JobRecord>,
): EvaluatedClaim | undefined {
  const claims = paper.claims.filter((claim) => claim.id === id);
  const [evaluated] = evaluateClaims(paper, { plan, records, claims });
  return evaluated;
}

/** Takes for each claim the largest evidence there is: that of `decided`, where it holds any. */
function withDecided(evaluation: Evaluation, golden: Golden, decided: Decided): Evaluation {
  const records = allRecords(golden, decided);
  const { machine, finished } = decided.provenance;
  const larger = new Map(decided.claims.map((claim) => [claim.id, claim]));
  const claims = evaluation.claims.map((before): EvaluatedClaim => {
    const own = larger.get(before.claim.id);
    const judged = own && judgeUnder(evaluation.paper, own, records);
    if (!own || !judged) return before;
    const jobs = before.claim.jobs(own.plan).filter((job) => records.has(jobId(job))).length;
    const machineText = `${machine.cpu}, ${coresText(machine)}`;
    return {
      ...judged,
      beyond: { plan: own.plan, jobs, text: `decided.json, ${finished.slice(0, 10)}, ${machineText}` },
    };
  });
  return evaluation.withClaims(correctKinds(claims, evaluation.paper.claims));
}

/** The plan under which most of what an artefact shows is known, with all that is known. */
export function largestPlan(artefact: Artefact, golden: Golden, decided: Decided): Plan {
  const records = allRecords(golden, decided);
  const known = (plan: Plan) => artefact.jobs(plan).filter((job) => records.has(jobId(job))).length;
  return [golden.plan, ...decided.claims.map(({ plan }) => plan)]
    .reduce((best, plan) => known(plan) > known(best) ? plan : best);
}

/** Makes figures and tables that show the most there is from results beyond the golden's, too. */
async function withLargest(evaluation: Evaluation, golden: Golden, decided: Decided): Promise<Evaluation> {
  const { paper } = evaluation;
  const records = allRecords(golden, decided);
  const artefacts = await Promise.all(evaluation.artefacts.map(async (made) => {
    const plan = made.artefact.largest ? largestPlan(made.artefact, golden, decided) : golden.plan;
    if (plan === golden.plan) return made;
    const selection = { artefacts: [made.artefact], claims: [] };
    const { artefacts: [larger] } = await evaluate(paper, plan, records, { ...decided, selection });
    return { ...larger, beyond: plan };
  }));
  return evaluation.with(artefacts);
}

/**
 * Everything made from a golden's results, and each claim from the largest evidence that is committed, as
 * figures and tables that say so are.
 */
export async function evaluateCommitted(paper: Paper, golden: Golden, where: Places): Promise<Evaluation> {
  const evaluation = await evaluateGolden(paper, golden);
  const decided = golden.plan.profile === "laptop" ? await readDecided(where, paper.id) : null;
  if (decided === null) return evaluation;
  return await withLargest(withDecided(evaluation, golden, decided), golden, decided);
}

/**
 * A paper's accepted results with every figure, table and claim made from them, claims from the
 * largest evidence there is; nothing is run. This is what
 * notebooks, README and report show.
 *
 * @param paperId arXiv id.
 * @throws As {@link loadGolden}.
 *
 * @example
 * ```ts
 * import { loadResults } from "@refigure/refigure/harness";
 * import assert from "node:assert/strict";
 *
 * const { claims, origin } = await loadResults("2305.18593", "smoke");
 * assert.equal(origin.executor, "wasm");
 * assert(claims.length > 0);
 * ```
 */
export async function loadResults(paperId: string, profile: ProfileName): Promise<Evaluation> {
  const golden = await loadGolden(paperId, profile);
  return await evaluateCommitted(await loadPaper(paperId, places()), golden, places());
}
