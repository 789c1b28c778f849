/** Runs jobs: plan, cache, module graphs, worker processes, progress. */
export type { TaskDone } from "./_protocol.ts";
export * from "./backend.ts";
export * from "./cache.ts";
export * from "./estimates.ts";
export * from "./files.ts";
export * from "./local.ts";
export * from "./machine.ts";
export * from "./module_graph.ts";
export * from "./notebook_progress.ts";
export * from "./pool.ts";
export * from "./prepare.ts";
export * from "./progress.ts";
export * from "./recompute.ts";
export * from "./run.ts";
export * from "./run_mark.ts";
export * from "./subprocess.ts";
