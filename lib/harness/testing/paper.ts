import assert from "node:assert/strict";
import {
  type Claim,
  type ClaimStatus,
  collectJobs,
  evaluateGolden,
  type Experiment,
  jobId,
  type JobRecord,
  type Json,
  judge,
  MOST_OF_A_KIND,
  type Name,
  type Paper,
  places,
  type Plan,
  PROFILES,
  readGolden,
  type Results,
  resultsOf,
  select,
  type Study,
  type Variants,
} from "../mod.ts";
import { testNotebook } from "./_notebook.ts";
import { testSmokeGolden } from "./_smoke_golden.ts";

/** Judges the claims of a paper and keeps count of what came out. */
export interface ClaimTests {
  /** The status of a claim on results. */
  status(id: string, results: Results): ClaimStatus;
  /** Adds the test that every claim was both supported and denied. Comes last in the file. */
  testEveryClaim(): void;
}

/** Options of {@link claimTests}. */
export interface ClaimTestsOptions {
  /** Claims that no number of data sets decides, by the paper's own numbers: they are never attempted. */
  readonly undecidable?: readonly string[];
}

/** Counts the statuses of a paper's claims, for one test file. */
export function claimTests(
  { id: paper, claims }: Paper,
  { undecidable = [] }: ClaimTestsOptions = {},
): ClaimTests {
  const seen = new Map<string, Set<ClaimStatus>>(claims.map(({ id }) => [id, new Set()]));
  return {
    status(id, results) {
      const claim = claims.find((claim) => claim.id === id);
      assert.ok(claim, `${paper} has no claim ${id}`);
      const { status } = judge(claim, results);
      seen.get(id)!.add(status);
      return status;
    },
    testEveryClaim() {
      Deno.test(`every claim of ${paper} is judged both ways`, () => {
        for (const [id, statuses] of seen) {
          if (undecidable.includes(id)) {
            assert.deepEqual([...statuses], ["not attempted"], id);
            continue;
          }
          assert.ok(statuses.has("supported"), `${id} was never supported`);
          assert.ok(statuses.has("contradicted") || statuses.has("inconclusive"), `${id} was never denied`);
        }
      });
    },
  };
}

/** Options of {@link testPaper}. */
export interface TestPaperOptions {
  /** Profiles with committed results. @default smoke and laptop */
  readonly accepted?: readonly ("smoke" | "laptop")[];
  /**
   * Claims that laptop results leave open, as networks did not learn, sets are too few, or all seeds are left
   * to `decide`. @default none
   */
  readonly notLearned?: readonly string[];
}

/**
 * The tests that every paper has: its jobs, its goldens, and that each figure, table and claim finds what it
 * needs among the results of its own jobs.
 */
export function testPaper(paper: Paper, options: TestPaperOptions = {}): void {
  const { accepted = ["smoke", "laptop"], notLearned = [] } = options;
  const { id } = paper;

  Deno.test(`${id} says which of its claims the paper is known for`, () => {
    assert.ok(paper.claims.some((claim) => claim.id === paper.headline), `${paper.headline}`);
  });

  Deno.test(`${id}: controls are claims of the paper, and few enough are of a kind`, () => {
    const ids = new Set(paper.claims.map((claim) => claim.id));
    const declared = paper.claims.flatMap(({ id: own, safeguards }) =>
      typeof safeguards === "string" ? [] : [{ own, ...safeguards }]
    );
    for (const { own, controls } of declared) {
      if (typeof controls === "string") continue;
      for (const control of controls) assert.ok(ids.has(control) && control !== own, `${own}: ${control}`);
    }
    for (const [kind, own] of Map.groupBy(declared, ({ kind }) => kind)) {
      if (kind === undefined) continue;
      assert.ok(
        own.length >= 2 && own.length <= MOST_OF_A_KIND,
        `${own.length} claims are of the kind ${kind}`,
      );
    }
  });

  Deno.test(`${id}: jobs are distinct and belong to known experiments in every profile`, () => {
    for (const profile of PROFILES) {
      const jobs = collectJobs(paper, { profile }, select(paper));
      assert.ok(jobs.length > 0, profile);
      assert.equal(new Set(jobs.map(jobId)).size, jobs.length, profile);
      for (const item of [...paper.artefacts, ...paper.claims]) {
        const own = item.jobs({ profile }).map(jobId);
        assert.equal(new Set(own).size, own.length, `${profile}: ${item.id} asks for a job twice`);
      }
    }
    assert.equal(paper.profiles.smoke.data, "stand-in");
  });

  Deno.test(`${id}: --seeds 2 gives two seeds to whatever has seeds`, () => {
    const count = (plan: Plan) => {
      const seeds = Map.groupBy(
        collectJobs(paper, plan, select(paper)),
        (job) => jobId({ ...job, seed: 0 }),
      );
      return new Map([...seeds].map(([key, jobs]) => [key, jobs.length]));
    };
    const [one, two] = [1, 2].map((seeds) => count({ profile: "laptop", seeds }));
    // Variants of one configuration have seeds of their own, and a first seed can have another configuration.
    for (const [key, jobs] of one) assert.ok(two.get(key)! >= jobs, `${key}: ${jobs}, ${two.get(key)}`);
    assert.ok([...two.values()].includes(2));
  });

  for (const profile of accepted) {
    Deno.test(`${id}: the committed ${profile} results make everything, with the verdicts that are stored`, async () => {
      const golden = await readGolden(places(), id, profile);
      assert.ok(golden, `${id} has no ${profile} golden`);
      assert.equal(golden.plan.seeds, undefined);
      const { artefacts, claims } = await evaluateGolden(paper, golden);
      assert.deepEqual(
        artefacts.flatMap(({ artefact, error }) => error ? [`${artefact.id}: ${error}`] : []),
        [],
      );
      assert.deepEqual(claims.flatMap(({ claim, error }) => error ? [`${claim.id}: ${error}`] : []), []);
      const statuses = (list: readonly { id: string; status: ClaimStatus }[]) =>
        Object.fromEntries(list.map(({ id, status }) => [id, status]));
      assert.deepEqual(
        statuses(claims.map(({ claim: { id }, verdict: { status } }) => ({ id, status }))),
        statuses(golden.claims),
      );
      for (const { claim: { safeguards, id }, verdict: { status, shares } } of claims) {
        const kind = typeof safeguards !== "string" && safeguards.kind;
        if (kind && ["supported", "contradicted"].includes(status)) {
          assert.ok(shares, `${id} is decided by no rule`);
        }
      }
      if (profile === "smoke") return;
      const open = claims.filter(({ verdict }) => verdict.status === "not attempted");
      assert.deepEqual(open.map(({ claim }) => claim.id), notLearned, "claims without what they need");
      for (const { verdict: { because } } of open) {
        assert.match(because, /did not learn|cannot decide|share 0 of/i);
      }
    });
  }

  testSmokeGolden(id);
  // A notebook shows laptop results: a paper that has none yet has no notebook.
  if (accepted.includes("laptop")) testNotebook(id);
}

/** Options of {@link resultsFrom}. */
export interface ResultsFromOptions {
  /** What they were run under. @default the laptop profile */
  readonly plan?: Plan;
  /** Data sets among those of the records that were stand-ins. */
  readonly standIns?: readonly string[];
}

/** Results as the harness would hand them over. */
export function resultsFrom(records: readonly JobRecord[], options: ResultsFromOptions = {}): Results {
  const { plan = { profile: "laptop" }, standIns = [] } = options;
  const sources = Object.fromEntries(standIns.map((name) => [name, "stand-in" as const]));
  const all = records.map((record) => ({ ...record, sources: { ...record.sources, ...sources } }));
  return resultsOf(
    plan,
    all.map(({ job }) => job),
    new Map(all.map((record) => [jobId(record.job), record])),
  );
}

/** A finished job; what a test does not name of the result is left out of it. */
export function record<C extends Json, R extends Json>(
  experiment: Experiment<C, R>,
  { config, result, seed = 0 }: { readonly config: C; readonly result: Partial<R>; readonly seed?: number },
): JobRecord {
  return {
    job: { experiment: experiment.id, config, seed },
    result: result as Json,
    seconds: 0,
    sources: {},
  };
}

/** The finished jobs of a study's variants at made-up values, for all seeds of the plan. */
export function records<C extends Json, R extends Json, V extends Variants<C>>(
  study: Study<C, R, V>,
  values: { readonly [K in Name<V>]?: (seed: number) => Partial<R> },
  plan: Plan = { profile: "laptop" },
): JobRecord[] {
  return (Object.keys(values) as Name<V>[]).flatMap((name) =>
    study.jobs(plan, [name]).map(({ config, seed }) =>
      record(study.experiment, { config, seed, result: values[name]!(seed) })
    )
  );
}

/** The same for all variants of a study, at values made from the variant. */
export function allRecords<C extends Json, R extends Json, V extends Variants<C>>(
  study: Study<C, R, V>,
  value: (variant: NonNullable<V[Name<V>]>, seed: number) => Partial<R>,
  plan: Plan = { profile: "laptop" },
): JobRecord[] {
  const values = study.variants(plan).map((variant) =>
    [variant.name, (seed: number) => value(variant, seed)] as const
  );
  return records(study, Object.fromEntries(values) as Parameters<typeof records<C, R, V>>[1], plan);
}

/** Options of {@link statusWith}. */
export interface StatusWithOptions<C extends Json, R extends Json, V extends Variants<C>> {
  /** Committed results. */
  readonly jobs: readonly JobRecord[];
  /** The variants' study. */
  readonly study: Study<C, R, V>;
  /** Whose runs are taken out. */
  readonly place: Name<V>;
  /** Whose stand there instead, seed by seed. */
  readonly runs: Name<V>;
  /** What the jobs were run under. @default the laptop profile */
  readonly plan?: Plan;
}

/**
 * A claim's status on committed results in which one variant's runs stand in another's place: its
 * ingredient is taken out by real runs.
 *
 * @throws If the two have fewer than three seeds in common.
 */
export function statusWith<C extends Json, R extends Json, V extends Variants<C>>(
  claim: Claim,
  { jobs, study, place, runs, plan = { profile: "laptop" } }: StatusWithOptions<C, R, V>,
): ClaimStatus {
  const [{ runs: other }] = study.groups(resultsFrom(jobs, { plan }), [runs]);
  const placed = study.jobs(plan, [place]);
  const moved = placed.flatMap(({ config, seed }) =>
    other.filter((run) => run.seed === seed).map(({ result }) =>
      record(study.experiment, { config, seed, result })
    )
  );
  assert.ok(moved.length >= 3, `${place} and ${runs} have ${moved.length} seeds in common`);
  const needed = new Set(claim.jobs(plan).map(jobId)), taken = new Set(placed.map(jobId));
  const kept = jobs.filter(({ job }) => needed.has(jobId(job)) && !taken.has(jobId(job)));
  return judge(claim, resultsFrom([...kept, ...moved], { plan })).status;
}
