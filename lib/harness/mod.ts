/**
 * Runs papers: jobs in worker processes, a cache that tells why, figures and tables, claims with computed verdicts,
 * goldens, and the command line.
 *
 * A paper's `experiments.ts` should import only types from here: what it imports is part of the cache key.
 */
export * from "./claims.ts";
export * from "./errors.ts";
export { evaluate, type EvaluatedClaim, type Evaluation, type RenderedArtefact } from "./evaluate.ts";
export {
  compareGolden,
  compareJson,
  describeDifference,
  type Difference,
  evaluateGolden,
  type Golden,
  goldenRecords,
  goldenResults,
  loadGolden,
  loadResults,
  readGolden,
  toleranceFor,
} from "./goldens.ts";
export { collectJobs, jobId, jobLabel, select, type Selection } from "./jobs.ts";
export { canonicalJson, checkJson } from "./json.ts";
export * from "./notebooks.ts";
export * from "./notebook_views.ts";
export { listPapers, loadPaper } from "./papers.ts";
export { type Places, places } from "./places.ts";
export { lineProgress, type Progress, type ProgressJob, silentProgress } from "./progress.ts";
export type { CodeState, Machine, RunProvenance } from "./provenance.ts";
export {
  collectPaperGoldens,
  galleryTable,
  type PaperGolden,
  README_MARKERS,
  updateReadme,
  verdictTable,
} from "./readme.ts";
export { reproduce, type ReproduceOptions, type Reproduction } from "./reproduce.ts";
export { resultsFor, resultsOf } from "./results.ts";
export type { CacheMode, JobFailure, RunOutcome } from "./run.ts";
export {
  isComplete,
  type Summary,
  type SummaryArtefact,
  type SummaryClaim,
  type SummaryFailure,
} from "./summary.ts";
export * from "./types.ts";
export { recompute, type RecomputeOptions } from "./verify.ts";
