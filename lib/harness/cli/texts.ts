import { columns } from "./print.ts";
import { duration, type Run, type RunPlan, secondsFor } from "../run/mod.ts";
import type { Reproduction, Summary } from "../results/mod.ts";
import { type ClusterOptions, describeArray, planArrays } from "../slurm/mod.ts";

import { short } from "../paper/mod.ts";
import { shellWord } from "../start/mod.ts";

/**
 * What `reproduce` prints at the end: the claims, where the files are, what failed and how to run it again.
 */
export function runText({ summary, folder }: Reproduction, args: readonly string[]): string {
  const { paper, title, profile, executor, seconds, jobs, claims, artefacts, failures, standIns } = summary;
  const lines = [
    "",
    `${paper}  ${title}`,
    `${profile} profile, ${executor} executor: ${jobs.run} jobs run, ${jobs.cached} cached, ${jobs.failed} failed, ` +
    `in ${duration(seconds)}`,
  ];
  if (standIns.length > 0) lines.push(`On stand-in data instead of ${list(standIns)}.`);
  lines.push(
    "",
    columns(claims.map(({ id, location, status, because, fragile }) => [
      id,
      location,
      fragile ? `${status} (fragile)` : status,
      because,
    ])).trimEnd(),
  );
  const made = artefacts.filter(({ error }) => error === null).length;
  lines.push("", `${made} of ${artefacts.length} figures and tables: ${folder}/index.md`);
  return [...lines, ...problemLines(summary), failures.length > 0 ? `\n${again(args)}` : "", ""]
    .filter((line, i, all) => line !== "" || all[i - 1] !== "").join("\n");
}

function problemLines({ failures, artefacts, claims }: Summary): string[] {
  const problems = [
    ...failures.map(({ label, message }) => `  ${label}: ${message}`),
    ...artefacts.flatMap(({ location, error }) => error ? [`  ${location}: ${error}`] : []),
    ...claims.flatMap(({ id, error }) => error ? [`  claim ${id}: ${error}`] : []),
  ];
  const shown = problems.slice(0, 20);
  if (problems.length > shown.length) {
    shown.push(`  and ${problems.length - shown.length} more, see summary.json`);
  }
  return problems.length > 0 ? ["", "Failed:", ...shown] : [];
}

/** How to go on after failures or an interruption. What was finished under `--force` need not run again. */
export function again(args: readonly string[]): string {
  const what = args.includes("--no-cache") ? "it again" : "what is left";
  const rest = args.filter((arg) => arg !== "--force");
  return `Run ${what} with: deno task ${rest.map(shellWord).join(" ")}`;
}

function list(names: readonly string[]): string {
  return names.length <= 4
    ? names.join(", ")
    : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

/** What an estimated time rests on. */
function estimatedFrom({ pace }: RunPlan): string {
  return pace === undefined
    ? "not yet measured on this machine: its first runs will tell how fast it is"
    : `this machine takes ${short(pace, 2)} times as long as that of the committed results`;
}

/** What `reproduce --dry-run` prints. */
export function dryRunText(
  { paper, plan, options }: Run,
  run: RunPlan,
  { json, cluster }: {
    readonly json?: boolean;
    /** How the cluster would be used, if it is. */
    readonly cluster?: ClusterOptions;
  } = {},
): string {
  const { executor, workers } = options;
  const jobs = run.jobs.map(({ job, label, cost, memory, lookup, blocked }) => ({
    ...job,
    label,
    cost,
    memory,
    state: blocked ? "blocked" : lookup.hit ? "cached" : "to run",
    reason: lookup.hit ? null : lookup.reason,
  }));
  const missing = [...run.data.values()].filter(({ source }) => source === "missing").map(({ name }) => name);
  const toRun = run.jobs.filter(({ blocked, lookup }) => !blocked && !lookup.hit);
  const arrays = cluster ? planArrays(toRun, { executor, options: cluster }) : [];
  if (json) {
    const elements = cluster && {
      arrays: arrays.map(({ batches, minutes, args }) => ({ elements: batches.length, minutes, args })),
    };
    return `${
      JSON.stringify({ paper: paper.id, ...plan, executor, jobs, missingData: missing, ...elements })
    }\n`;
  }
  const work = duration(toRun.reduce((sum, job) => sum + job.cost, 0));
  const rows = jobs.map(({ state, label, reason }) => [state, label, reason ?? ""]);
  return [
    `${paper.id}  ${paper.title}`,
    columns(rows).trimEnd(),
    `${toRun.length} of ${jobs.length} jobs to run, about ${work} of one core` +
    (cluster ? "" : `, ${duration(secondsFor(toRun, workers))} on ${workers} processes`),
    `(${estimatedFrom(run)})`,
    ...arrays.flatMap((array) => [
      describeArray(array),
      `  sbatch ${array.args.map(shellWord).join(" ")} job.sh`,
    ]),
    ...missing.length > 0 ? [`To be downloaded first: ${list(missing)}`] : [],
    "",
  ].join("\n");
}
