import { collectJobs, jobId, select } from "./jobs.ts";
import { oneLine } from "./one_line.ts";
import type { Job, Json, Paper, Plan } from "./types.ts";

/** What variants call their jobs. Beside the jobs, so that no cache key and no record holds it. */
const names = new WeakMap<Job, string>();

/** Gives a job a name for people, which is no part of it. */
export function nameJob<J extends Job>(job: J, name: string): J {
  names.set(job, name);
  return job;
}

/**
 * A job in a few words: what its variant is called, e.g. `training: graph model, seed 1`; if it has no name,
 * its configuration, e.g. `dte-c set=cardio epochs=20, seed 1`.
 */
export function jobLabel(job: Job): string {
  const name = names.get(job);
  return name === undefined ? labelOf(job, leaves(job.config)) : labelOf(job, [], name);
}

/**
 * The labels of jobs by {@link jobId}. Those of several jobs that would have the same also say what tells
 * them apart in their configuration, e.g. `rollout: Koopman environment=hopper, seed 0`.
 */
export function jobLabels(jobs: readonly Job[]): ReadonlyMap<string, string> {
  const alike = Map.groupBy(jobs, jobLabel);
  return new Map(jobs.map((job) => {
    const label = jobLabel(job);
    const others = alike.get(label)!.filter((other) => other !== job);
    return [
      jobId(job),
      others.length === 0 ? label : labelOf(job, telling(job, others), names.get(job)),
    ];
  }));
}

/** The first settings of a job that together no other has. */
function telling(job: Job, others: readonly Job[]): string[] {
  let left = others.map(({ config }) => new Set(leaves(config)));
  return leaves(job.config).filter((leaf) => {
    const before = left.length;
    left = left.filter((other) => other.has(leaf));
    return left.length < before;
  });
}

/** Labels the jobs of a paper, also those that were read from a file and so have no name. */
export function labeller(paper: Paper, plan: Plan): (job: Job) => string {
  const labels = jobLabels(collectJobs(paper, plan, select(paper)));
  return (job) => labels.get(jobId(job)) ?? jobLabel(job);
}

function labelOf({ experiment, seed }: Job, settings: readonly string[], name?: string): string {
  const first = name === undefined ? experiment : `${experiment}: ${name}`;
  return oneLine(`${[first, ...settings].join(" ")}, seed ${seed}`);
}

/** A configuration as `key=value`, keys of what is nested joined by dots. */
function leaves(config: Json, path = ""): string[] {
  if (config !== null && typeof config === "object" && !Array.isArray(config)) {
    return Object.entries(config as Record<string, Json>).flatMap(([key, value]) =>
      leaves(value, path ? `${path}.${key}` : key)
    );
  }
  if (config === null && !path) return [];
  return [path ? `${path}=${short(config)}` : short(config)];
}

function short(value: Json): string {
  if (typeof value === "string") return cut(value, 40);
  return cut(JSON.stringify(value), 24);
}

const cut = (text: string, most: number): string => text.length > most ? `${text.slice(0, most - 1)}…` : text;
