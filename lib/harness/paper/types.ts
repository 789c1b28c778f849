import type { ExecutorName } from "../../compile/mod.ts";
import type { DataPolicy, DataSource, Loaded } from "../../data/mod.ts";
import type { Figure, Table } from "../../figures/mod.ts";

/** Plain JSON: all that configurations and results may hold. NaN and infinities are not JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * How much is run: `smoke` in seconds on generated data, `laptop` in ≤ 10 minutes on 2 cores, `paper` in
 * full.
 */
export type ProfileName = "smoke" | "laptop" | "paper";

/** All profiles, the smallest first. */
export const PROFILES: readonly ProfileName[] = ["smoke", "laptop", "paper"];

/** What a run asks of a paper. */
export interface Plan {
  /** Scale of the run. */
  readonly profile: ProfileName;
  /** Number of seeds, where an experiment has several; absent: the profile's own number. */
  readonly seeds?: number;
}

/** One unit of caching, scheduling, retry and resume. */
export interface Job<Config extends Json = Json> {
  /** Id of the {@link Experiment}. */
  readonly experiment: string;
  /** What the experiment is run with. */
  readonly config: Config;
  /** Seeds its streams. */
  readonly seed: number;
}

/** What an experiment may use while it runs. */
export interface JobContext {
  /** Seeds the experiment's streams. */
  readonly seed: number;
  /** What runs compiled programs. */
  readonly executor: ExecutorName;
  /** Loads a data set that the experiment declared in `data`. */
  loadData<T>(name: string): Promise<Loaded<T>>;
  /** Tells how far the job is, 0 to 1. */
  progress(fraction: number): void;
}

/** `(config, seed, context) → plain JSON`; same inputs, same result. */
// deno-lint-ignore no-explicit-any -- a paper lists experiments of differing types together
export interface Experiment<Config extends Json = any, Result extends Json = any> {
  /** Unique in the paper, a file name. */
  readonly id: string;
  /** As reports show it. */
  readonly title: string;
  /**
   * `import.meta.url` of the file that exports it (by itself or in a list): workers load it from there, and
   * the cache key digests that file's module graph. Keep figures and claims out of that file, or a change of
   * them is a miss.
   */
  readonly module: string;
  /** Whether the result depends on the executor. */
  readonly usesExecutor: boolean;
  /** Names of the data sets that a configuration reads. */
  data?(config: Config): readonly string[];
  /** Rough seconds on one core; orders the queue (longest first) and starts the time estimate. */
  cost?(config: Config): number;
  /**
   * Rough MiB that a process needs for its largest configuration; clusters are asked for it with a margin.
   * @default 1024
   */
  readonly memory?: number;
  /**
   * Whether the result holds wall-clock measurements. Such jobs run alone at the end, are left out of
   * goldens' comparison, and claims on them say on which machine.
   */
  readonly timing?: boolean;
  /** Runs one job. @returns plain JSON, the same for the same configuration, seed and executor. */
  run(config: Config, context: JobContext): Promise<Result>;
}

/** A machine that results were made on. */
export interface Machine {
  /** E.g. `linux`. */
  readonly os: string;
  /** E.g. `x86_64`. */
  readonly arch: string;
  /** Model of the processor. */
  readonly cpu: string;
  /** Number of logical cores. */
  readonly cores: number;
  /** Main memory, GiB. */
  readonly memoryGiB: number;
}

/** A finished job. */
export interface JobRecord {
  /** What was run. */
  readonly job: Job;
  /** What came out. */
  readonly result: Json;
  /** Wall-clock seconds of the run that made it. */
  readonly seconds: number;
  /** Where each data set came from. */
  readonly sources: Readonly<Record<string, DataSource>>;
  /** MiB that its process took at most until then, earlier jobs of that process included. */
  readonly memory?: number;
  /** The machine it ran on, if that was not the one that asked for it. */
  readonly machine?: Machine;
}

/** A finished job of an experiment. */
export interface Run<Result extends Json = Json, Config extends Json = Json> {
  /** What the experiment was run with. */
  readonly config: Config;
  /** The job's seed. */
  readonly seed: number;
  /** What came out. */
  readonly result: Result;
  /** How long it took, wall clock. */
  readonly seconds: number;
}

/** All finished jobs of a run, as artefacts and claims see them. */
export interface Results {
  /** What was asked for. */
  readonly plan: Plan;
  /** Finished jobs in declared order (missing: failed or not attempted). */
  readonly records: readonly JobRecord[];
  /** Those of one experiment. */
  of<Config extends Json, Result extends Json>(
    experiment: Experiment<Config, Result>,
  ): readonly Run<Result, Config>[];
  /** Names of the data sets among them that were stand-ins. */
  readonly standIns: readonly string[];
}

/** A figure or table of the paper. */
export interface Artefact {
  /** File name stem, e.g. `figure-1`. */
  readonly id: string;
  /** Figures are drawn, tables are written. */
  readonly kind: "figure" | "table";
  /** Where in the paper, e.g. `Figure 1` (or `addition`). */
  readonly location: string;
  /** As reports show it. */
  readonly title: string;
  /** What to see in it, one or two sentences. */
  readonly caption: string;
  /** The jobs it needs under a plan. */
  jobs(plan: Plan): readonly Job[];
  /**
   * Pure: results → figure or table. Must cope with missing jobs (throw {@link NoResults} if nothing is
   * left).
   */
  render(results: Results): Figure | Table;
  /**
   * Whether it shows the most that is committed, with the seeds that `decide` has added. It may then have no
   * jobs in the laptop profile, which says so in its place. @default false: what the profile gives
   */
  readonly largest?: boolean;
}

/** All statuses of a claim, as tables list them. */
export const STATUSES = ["supported", "contradicted", "inconclusive", "not attempted"] as const;

/** A claim's computed status. */
export type ClaimStatus = typeof STATUSES[number];

/** The outcome of testing a claim. */
export interface Verdict {
  /** What the test says. */
  readonly status: ClaimStatus;
  /** The numbers that decided. */
  readonly numbers: Readonly<Record<string, number | string | null>>;
  /** One sentence: what the numbers say, or why it was not attempted. */
  readonly because: string;
  /** The comparisons of means behind it, pair by pair or look by look. */
  readonly evidence?: readonly Evidence[];
  /** Units (seeds, data sets) each of which, left out, would change the status of a decided claim. */
  readonly fragile?: readonly (string | number)[];
  /**
   * How many claims could share the error rate, each with an equal part of it, without changing this
   * decision; at most {@link MOST_OF_A_KIND}. Absent where no rule about chance decided.
   */
  readonly shares?: number;
  /** Set where only its part of the error rate leaves it open: by how many claims that is divided (Holm). */
  readonly sharedBy?: number;
}

/** The most claims of one kind that are corrected for. */
export const MOST_OF_A_KIND = 8;

/**
 * What a verdict must survive besides its test, as a claim declares it (docs/claims.md): readers see it
 * beside the status, and the harness follows `controls` and `kind`.
 */
export interface Safeguards {
  /** The bar that everything compared must have passed for the claim to be decided, or why there is none. */
  readonly bar: string;
  /** Ids of the claims that test dull explanations, or why there is none to test. */
  readonly controls: readonly string[] | string;
  /** The smallest effect that matters, or why any does. */
  readonly smallest: string;
  /** What it has in common with others that are corrected together. @default it stands alone */
  readonly kind?: string;
}

/** How a comparison of means came to be decided, or how far it is. */
export interface Evidence {
  /** What is compared, e.g. `FC + R minus FC`. */
  readonly name: string;
  /** What the pairs are. */
  readonly units: string;
  /** Whether differences or logarithms of ratios are averaged. */
  readonly scale: "difference" | "ratio";
  /** Value by which the interval is judged. */
  readonly zero: number;
  /** Between these values there is no difference that matters; absent: any matters. */
  readonly matters?: readonly [number, number];
  /** Planned numbers of pairs; empty: a single look at whatever there is. */
  readonly looks: readonly number[];
  /** The interval at each look or, with a single look, after each pair. */
  readonly points: readonly {
    readonly pairs: number;
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** Pairs at hand. */
  readonly pairs: number;
  /** Whether the last of the points decides. */
  readonly decided: boolean;
  /**
   * The effect, as a difference or ratio to `zero`, that so many pairs of this spread tell from none in about
   * 80 % of cases: the power of the last look, read backwards.
   */
  readonly detectable: number;
  /** The look at which the present mean and spread would decide; `null`: none does, or none is to come. */
  readonly expected: number | null;
  /** Pairs with which the present mean and spread would decide, planned or not; `null`: decided, or none. */
  readonly needed: number | null;
  /**
   * The same for one that is decided, as one of so many claims that share the error rate: of the numbers of
   * claims, up to {@link MOST_OF_A_KIND}, at which it is not decided.
   */
  readonly neededOf?: Readonly<Record<number, number | null>>;
}

/**
 * The data on which a claim may be judged: any; only published data, never a stand-in; or these stand-ins as
 * well, on which the paper's task is as it was.
 */
export type ClaimData = "any" | "published" | { readonly alsoOn: readonly string[] };

/** A statement of the paper that results can support or contradict. */
export interface Claim {
  /** Unique in the paper, e.g. `shrinking-helps`. */
  readonly id: string;
  /** Where in the paper. */
  readonly location: string;
  /** The statement, in our words. */
  readonly statement: string;
  /** The predicate with its margin and statistical test, in words. */
  readonly test: string;
  /** What its verdict must survive; or why it needs none of it: an identity, a count, a time. */
  readonly safeguards: Safeguards | string;
  /** What it may be judged on. @default "any" */
  readonly data?: ClaimData;
  /**
   * Set where data sets, not seeds, are the sample: the plan of which `decide` takes more sets, in the order
   * in which the jobs name them.
   */
  readonly wider?: Plan;
  /**
   * Set where the laptop profile runs less than the claim is judged on: the plan that was fixed beforehand.
   * `decide` runs what is missing of it in one step, whatever the results so far say.
   */
  readonly fixedPlan?: Plan;
  /** What must be run to decide it. */
  jobs(plan: Plan): readonly Job[];
  /** Pure. */
  evaluate(results: Results): Verdict;
}

/** How a profile treats data. */
export interface ProfileSpec {
  /** Whether it reads real data or stand-ins. */
  readonly data: DataPolicy;
  /** What it leaves out compared with the paper, in a sentence. */
  readonly summary: string;
}

/** A paper: what `reproductions/<id>/mod.ts` exports as default. */
export interface Paper {
  /** arXiv id. */
  readonly id: string;
  /** The paper's. */
  readonly title: string;
  /** As the paper lists them. */
  readonly authors: string;
  /** Where it was published, with the year. */
  readonly venue: string;
  /** What of the paper was at hand when this was written, e.g. `the abstract and the released code`. */
  readonly read: string;
  /** Id of the claim that the paper is known for: its verdict is told first. */
  readonly headline?: string;
  /** What each scale means here. */
  readonly profiles: Readonly<Record<ProfileName, ProfileSpec>>;
  /** All that its jobs name. */
  readonly experiments: readonly Experiment[];
  /** Figures and tables, in the order of the paper. */
  readonly artefacts: readonly Artefact[];
  /** In the order of the paper. */
  readonly claims: readonly Claim[];
}

/** Thrown by `render` when none of the jobs it needs has a result. */
export class NoResults extends Error {
  /** The class's name, as messages show it. */
  override readonly name = "NoResults";
}
