import type { ExecutorName } from "../../compile/mod.ts";
import {
  type Claim,
  correctKinds,
  type Evidence,
  experimentOf,
  Interrupted,
  type Job,
  jobId,
  type JobRecord,
  type Paper,
  type Places,
  type Plan,
  settingsOf,
} from "../paper/mod.ts";
import { mean } from "../../stats/mod.ts";
import { type Backend, type Progress, Run, type RunOutcome } from "../run/mod.ts";
import { allRecords, type Decided, judgeUnder, readDecided, writeDecided } from "./decided.ts";
import type { EvaluatedClaim } from "./evaluate.ts";
import { type Golden, readGolden } from "./goldens.ts";
import { provenanceOf } from "./provenance.ts";

/** A claim that is followed until it is decided. */
export interface FollowedClaim {
  readonly paper: Paper;
  readonly claim: Claim;
  readonly evaluated: EvaluatedClaim;
  /** The comparisons that are not decided and have looks to come. */
  readonly open: readonly Evidence[];
  /** What brings it to its next look; `null` if it is decided, or nothing more is planned. */
  readonly next: NextLook | null;
  /** Why it does not go on, if it was tried in vain. */
  readonly problem: string | null;
}

/** What brings a claim to its next look. */
export interface NextLook {
  /** Pairs that it looks at; `null`: those of the plan that was fixed beforehand. */
  readonly pairs: number | null;
  /** The plan that the claim is then judged under. */
  readonly plan: Plan;
  /** Jobs without a result. */
  readonly jobs: readonly Job[];
  /** Estimated seconds of these jobs on one core. */
  readonly seconds: number;
  /**
   * The number of pairs that are expected to decide; `null`: not even the most that are planned; `"unknown"`:
   * there was no look yet, or others of its kind undo what the last one said.
   */
  readonly expected: number | null | "unknown";
  /** Estimated seconds, on one core, to the expected decision or to the last look. */
  readonly secondsToEnd: number;
}

/** Options of {@link PaperDecision.round}. */
export interface RoundOptions {
  readonly places: Places;
  readonly workers: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The command line, for the record. */
  readonly arguments: readonly string[];
  /** Where the jobs run. @default worker processes of this machine */
  readonly backend?: Backend;
}

/** A paper's claims on their way to a decision. */
export class PaperDecision {
  private readonly records: Map<string, JobRecord>;
  /** Plans of the claims that go beyond the golden's. */
  private readonly plans: Map<string, Plan>;
  private readonly problems = new Map<string, string>();
  /** How the claims stand, until a round changes it. */
  private followed: readonly FollowedClaim[] | undefined;
  private evaluated: readonly EvaluatedClaim[] | undefined;
  /** Mean seconds of the known jobs by experiment and configuration. */
  private readonly seconds: ReadonlyMap<string, number>;

  private constructor(
    readonly paper: Paper,
    private readonly golden: Golden,
    private decided: Decided | null,
  ) {
    this.records = allRecords(golden, decided);
    this.plans = new Map(decided?.claims.map(({ id, plan }) => [id, plan]));
    const bySettings = Map.groupBy(this.records.values(), ({ job }) => settingsOf(job));
    this.seconds = new Map(
      [...bySettings].map(([key, own]) => [key, mean(own.map(({ seconds }) => seconds))]),
    );
  }

  /** Reads what is known of a paper; `null` if it has no results of the laptop profile. */
  static async open(paper: Paper, places: Places): Promise<PaperDecision | null> {
    const golden = await readGolden(places, paper.id, "laptop");
    return golden && new PaperDecision(paper, golden, await readDecided(places, paper.id));
  }

  private get executor(): ExecutorName {
    return this.golden.executor;
  }

  /** All claims that compare means or have a plan that was fixed beforehand, as they stand. */
  get claims(): readonly FollowedClaim[] {
    return this.followed ??= this.judged().map((evaluated) => this.follow(evaluated))
      .filter(({ claim, evaluated: { verdict: { evidence = [] } } }) =>
        claim.fixedPlan !== undefined || evidence.some(({ looks }) => looks.length > 0)
      );
  }

  private judged(): readonly EvaluatedClaim[] {
    return this.evaluated ??= correctKinds(
      this.paper.claims.map((claim) =>
        judgeUnder(this.paper, { id: claim.id, plan: this.planOf(claim) }, this.records)!
      ),
      this.paper.claims,
    );
  }

  /** The plan that a claim is judged under at present. */
  private planOf({ id }: Claim): Plan {
    return this.plans.get(id) ?? this.golden.plan;
  }

  /** How one of the claims stands. */
  private find({ id }: Claim): FollowedClaim {
    return this.follow(this.judged().find(({ claim }) => claim.id === id)!);
  }

  private follow(evaluated: EvaluatedClaim): FollowedClaim {
    const { claim, alone, verdict: { status, evidence = [] } } = evaluated;
    // What others of its kind undo may hold against its part of the error rate at a later look.
    const goesOn = (own: Evidence) => !own.decided || alone !== undefined;
    const open = status === "inconclusive"
      ? evidence.filter((own) => goesOn(own) && own.looks.some((look) => look > own.pairs))
      : [];
    const next = this.fixedStep(claim) ?? (open.length > 0 ? this.nextLook(claim, open) : null);
    return { paper: this.paper, claim, evaluated, open, next, problem: this.problems.get(claim.id) ?? null };
  }

  /** What is missing of a claim's fixed plan; `null` if there is none, or it is judged under it. */
  private fixedStep(claim: Claim): NextLook | null {
    const { id, fixedPlan: plan } = claim;
    if (plan === undefined) return null;
    const jobs = claim.jobs(plan).filter((job) => !this.records.has(jobId(job)));
    if (jobs.length === 0 && this.plans.has(id)) return null;
    const seconds = this.secondsOf(jobs);
    return { plan, jobs, pairs: null, seconds, expected: "unknown", secondsToEnd: seconds };
  }

  private nextLook(claim: Claim, open: readonly Evidence[]): NextLook | null {
    const steps = open.map((evidence) => ({
      evidence,
      pairs: evidence.looks.find((look) => look > evidence.pairs)!,
      end: evidence.expected ?? evidence.looks.at(-1)!,
    }));
    const first = steps.reduce((a, b) => b.pairs < a.pairs ? b : a);
    const found = claim.wider
      ? this.moreSets(claim, claim.wider, first.pairs - first.evidence.pairs)
      : this.moreSeeds(claim, first.evidence, first.pairs);
    if (found === null) return null;
    const seconds = this.secondsOf(found.jobs);
    const unknown = open.some(({ decided, points }) => decided || points.length === 0);
    const expected = steps.map(({ evidence }) => evidence.expected);
    const steady = steps.map(({ end, evidence }) =>
      (end - evidence.pairs) / (first.pairs - first.evidence.pairs)
    );
    return {
      ...found,
      pairs: first.pairs,
      seconds,
      expected: unknown
        ? "unknown"
        : expected.every((pairs) => pairs !== null)
        ? Math.max(...expected)
        : null,
      secondsToEnd: seconds * Math.max(1, ...steady),
    };
  }

  /** The fewest seeds that give the pairs, if as many as before make one; at least one new job. */
  private moreSeeds(claim: Claim, { pairs, looks }: Evidence, wanted: number) {
    const { profile, seeds: now } = this.planOf(claim);
    const perPair = now === undefined || pairs === 0 ? 1 : now / pairs;
    const most = 4 * looks.at(-1)!;
    for (let seeds = Math.max((now ?? 0) + 1, Math.ceil(perPair * wanted)); seeds <= most; seeds++) {
      const plan = { profile, seeds };
      const jobs = claim.jobs(plan).filter((job) => !this.records.has(jobId(job)));
      if (jobs.length > 0 || now !== undefined) return { plan, jobs };
    }
    return null;
  }

  /** The next data sets, in the order in which the claim's jobs name them; `null` if there are none. */
  private moreSets(claim: Claim, wider: Plan, count: number) {
    const missing = claim.jobs(wider).filter((job) => !this.records.has(jobId(job)));
    const bySet = Map.groupBy(
      missing,
      (job) => experimentOf(this.paper, job).data?.(job.config).join() ?? "",
    );
    const jobs = [...bySet.values()].slice(0, count).flat();
    return jobs.length > 0 ? { plan: this.judgedUnder(wider), jobs } : null;
  }

  /** A wider profile is judged with all seeds that there are of it; one's own is told by its seeds. */
  private judgedUnder(wider: Plan): Plan {
    const { profile } = wider;
    return profile === this.golden.plan.profile ? wider : { profile };
  }

  /** Seconds of jobs: those of known jobs of the same settings or, failing these, as the experiment says. */
  private secondsOf(jobs: readonly Job[]): number {
    return jobs.reduce((sum, job) => {
      const known = this.seconds.get(settingsOf(job));
      return sum + (known ?? experimentOf(this.paper, job).cost?.(job.config) ?? 1);
    }, 0);
  }

  /**
   * Brings a claim to its next look and keeps the results. If jobs fail, or give no pairs, the claim stays as
   * it is, with a `problem`.
   *
   * @throws {Interrupted} If `signal` was raised; finished jobs are in the cache, and the next round of the
   * claim takes them from there.
   */
  async round({ claim, next, evaluated }: FollowedClaim, options: RoundOptions): Promise<FollowedClaim> {
    if (next === null) {
      throw new RangeError(`Cannot go on with ${claim.id} as nothing more is planned for it`);
    }
    const { places, workers, progress, signal, backend } = options;
    const [started, clock] = [new Date(), performance.now()];
    const run = new Run(this.paper, next.plan, {
      executor: this.executor,
      cache: "use",
      workers,
      places,
      jobs: next.jobs,
    });
    let outcome: RunOutcome;
    try {
      outcome = await run.execute({ progress, signal, backend });
    } finally {
      progress.stop();
    }
    this.followed = undefined;
    const [failure] = outcome.failures;
    if (failure) {
      this.problems.set(claim.id, `${failure.label}: ${failure.message}`);
      return this.find(claim);
    }
    for (const [id, record] of outcome.records) this.records.set(id, record);
    this.plans.set(claim.id, next.plan);
    this.widen();
    this.evaluated = undefined;
    const seconds = (performance.now() - clock) / 1000;
    await this.keep(
      places,
      await provenanceOf(this.paper, outcome, { started, seconds, arguments: options.arguments }),
    );
    // Not each seed needs to make a pair: some may be for choosing.
    const many = next.pairs !== null &&
      (claim.wider !== undefined || (next.plan.seeds ?? 0) >= 2 * next.pairs);
    if (many && pairsOf(this.find(claim).evaluated) <= pairsOf(evaluated)) {
      this.problems.set(claim.id, `${next.jobs.length} more jobs gave no more pairs`);
    }
    return this.find(claim);
  }

  /**
   * Claims over data sets that are not followed are judged on the sets that others have brought, if these are
   * complete enough to leave them no fewer pairs.
   */
  private widen(): void {
    const now = this.golden.plan;
    for (const claim of this.paper.claims) {
      if (claim.wider === undefined || this.plans.has(claim.id)) continue;
      const wider = this.judgedUnder(claim.wider);
      const known = (plan: Plan) => claim.jobs(plan).filter((job) => this.records.has(jobId(job))).length;
      const pairs = (plan: Plan) => pairsOf(judgeUnder(this.paper, { id: claim.id, plan }, this.records)!);
      if (known(wider) > known(now) && pairs(wider) >= pairs(now)) this.plans.set(claim.id, wider);
    }
  }

  /** Writes what goes beyond the golden. */
  private async keep(places: Places, provenance: Golden["provenance"]): Promise<void> {
    const { paper, plan, executor, tolerance } = this.golden;
    const known = allRecords(this.golden, null);
    const claims = this.judged().flatMap(({ claim: { id }, verdict: { status, numbers, because } }) => {
      const plan = this.plans.get(id);
      return plan ? [{ id, plan, status, numbers, because }] : [];
    });
    const before = this.decided?.provenance;
    this.decided = {
      format: 1,
      paper,
      plan,
      executor,
      tolerance,
      provenance: {
        ...provenance,
        started: before?.started ?? provenance.started,
        seconds: (before?.seconds ?? 0) + provenance.seconds,
        data: unionOf(before?.data ?? [], provenance.data),
      },
      jobs: [...this.records].filter(([id]) => !known.has(id)).map(([, record]) => record),
      claims,
      artefacts: [],
    };
    await writeDecided(places, this.decided);
  }
}

/** Pairs of all comparisons of a claim together. */
function pairsOf({ verdict: { evidence = [] } }: EvaluatedClaim): number {
  return evidence.reduce((sum, { pairs }) => sum + pairs, 0);
}

function unionOf(before: Golden["provenance"]["data"], now: Golden["provenance"]["data"]) {
  return [...new Map([...before, ...now].map((data) => [data.name, data])).values()];
}

/** Options of {@link decideClaims}. */
export interface DecideOptions extends Omit<RoundOptions, "signal"> {
  /** Ids of claims; empty: all. */
  readonly claims: readonly string[];
  readonly budgetSeconds: number;
  /** Stops it; finished jobs are kept. */
  readonly signal: AbortSignal;
  /** Called before each round with all that is open, and after it with the claim that it was for. */
  onRound?(event: { readonly open: readonly FollowedClaim[]; readonly secondsLeft: number }): void;
  onLook?(claim: FollowedClaim): void;
}

/** Why {@link decideClaims} ended: nothing is open, or what is left does not fit into the budget. */
export type DecideEnd = "done" | "budget";

/**
 * Takes rounds, each for the claim that is expected to be decided with the least computing, until all are
 * decided, have had their last look, or the budget is spent.
 *
 * @throws {Interrupted} If `signal` was raised.
 */
export async function decideClaims(
  papers: readonly PaperDecision[],
  options: DecideOptions,
): Promise<DecideEnd> {
  const { budgetSeconds, workers, signal } = options;
  const clock = performance.now();
  const budget = new AbortController();
  const timer = setTimeout(() => budget.abort(), 1000 * budgetSeconds);
  try {
    for (;;) {
      const open = openClaims(papers, options.claims);
      if (open.length === 0) return "done";
      const secondsLeft = budgetSeconds - (performance.now() - clock) / 1000;
      options.onRound?.({ open: open.map(({ followed }) => followed), secondsLeft });
      const chosen = open.find(({ followed: { next } }) => next!.seconds / workers <= secondsLeft);
      if (chosen === undefined) return "budget";
      const { paper, followed } = chosen;
      const either = AbortSignal.any([signal, budget.signal]);
      const looked = await paper.round(followed, { ...options, signal: either });
      options.onLook?.(looked);
    }
  } catch (error) {
    if (error instanceof Interrupted && !signal.aborted) return "budget";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What is left to decide, the cheapest expected decision first. */
export function openClaims(papers: readonly PaperDecision[], ids: readonly string[] = []) {
  return papers.flatMap((paper) => paper.claims.map((followed) => ({ paper, followed })))
    .filter(({ followed: { claim, next, problem } }) =>
      next !== null && problem === null && (ids.length === 0 || ids.includes(claim.id))
    )
    .sort((a, b) => a.followed.next!.secondsToEnd - b.followed.next!.secondsToEnd);
}
