import { UsageError } from "./errors.ts";
import { canonicalJson } from "./json.ts";
import { suggestion } from "./suggest.ts";
import type { Artefact, Claim, Experiment, Job, Paper, Plan } from "./types.ts";

/** Text that two jobs share exactly if they are the same job of a paper. */
export function jobId(job: Job): string {
  return `${settingsOf(job)} ${job.seed}`;
}

/** Text that jobs share if they differ in their seed only. */
export function settingsOf({ experiment, config }: Job): string {
  return `${experiment} ${canonicalJson(config)}`;
}

/** The artefacts and claims of a paper to make. */
export interface Selection {
  /** Figures and tables. */
  readonly artefacts: readonly Artefact[];
  /** Claims. */
  readonly claims: readonly Claim[];
}

/**
 * The artefacts and claims of a paper that `only` names, by id or location (`"Figure 2"`, `figure-2`); all if
 * `only` is empty.
 *
 * @throws {UsageError} If a name fits nothing; the message suggests the nearest.
 */
export function select(paper: Paper, only: readonly string[] = []): Selection {
  if (only.length === 0) return { artefacts: paper.artefacts, claims: paper.claims };
  const fits = (name: string) => (item: Artefact | Claim) => {
    const wanted = stem(name);
    return [stem(item.id), stem(item.location)].some((own) => own === wanted || own.startsWith(`${wanted}-`));
  };
  for (const name of only) {
    if (![...paper.artefacts, ...paper.claims].some(fits(name))) {
      const known = [...paper.artefacts.flatMap((a) => [a.location, a.id]), ...paper.claims.map((c) => c.id)];
      throw new UsageError(
        `Cannot select "${name}" as ${paper.id} has no such figure, table or claim. ${
          suggestion(name, [...new Set(known)])
        }`,
      );
    }
  }
  return {
    artefacts: paper.artefacts.filter((item) => only.some((name) => fits(name)(item))),
    claims: paper.claims.filter((item) => only.some((name) => fits(name)(item))),
  };
}

function stem(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
}

/**
 * The jobs that a selection needs under a plan, each once, in declared order.
 *
 * @throws {TypeError} If a job names an experiment that the paper does not list.
 */
export function collectJobs(paper: Paper, plan: Plan, selection: Selection): readonly Job[] {
  const jobs = new Map<string, Job>();
  for (const item of [...selection.artefacts, ...selection.claims]) {
    for (const job of item.jobs(plan)) {
      experimentOf(paper, job);
      const id = jobId(job);
      if (!jobs.has(id)) jobs.set(id, job);
    }
  }
  return [...jobs.values()];
}

/**
 * The experiment of a job.
 *
 * @throws {TypeError} If the paper does not list it.
 */
export function experimentOf(paper: Paper, job: Job): Experiment {
  const experiment = paper.experiments.find(({ id }) => id === job.experiment);
  if (experiment) return experiment;
  throw new TypeError(
    `Cannot run a job of ${paper.id} as its experiment must be one of ` +
      `${paper.experiments.map(({ id }) => id).join(", ")}: current value is ${job.experiment}`,
  );
}

/** Whether something rests on wall-clock measurements, which no golden can fix. */
export function isTimed(paper: Paper, plan: Plan, item: Artefact | Claim): boolean {
  return item.jobs(plan).some((job) => experimentOf(paper, job).timing);
}

/** Whether a claim's settings under a plan are not the paper's: shorter, smaller, on fewer data sets. */
export function isReduced(claim: Claim, plan: Plan): boolean {
  const settings = (at: Plan) =>
    new Set(claim.jobs(at).map(({ experiment, config }) => `${experiment} ${canonicalJson(config)}`));
  const [own, paper] = [settings(plan), settings({ profile: "paper" })];
  return own.size !== paper.size || [...own].some((one) => !paper.has(one));
}
