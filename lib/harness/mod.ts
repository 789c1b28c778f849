/**
 * Runs papers: jobs in worker processes, a cache that tells why, figures and tables, claims with computed
 * verdicts, goldens, and the command line.
 *
 * A paper's experiments should import only types from here: what they import is part of the cache key.
 *
 * @module
 */
export * from "./artefacts/mod.ts";
export * from "./notebook/mod.ts";
export * from "./paper/mod.ts";
export {
  collectPaperGoldens,
  galleryTable,
  type PaperGolden,
  README_MARKERS,
  type ReadmeRow,
  updateReadme,
  verdictTable,
} from "./report/mod.ts";
export {
  allRecords,
  type CodeState,
  compareGolden,
  compareJson,
  type Decided,
  type DecidedClaim,
  describeDifference,
  type Difference,
  evaluate,
  type EvaluatedClaim,
  evaluateGolden,
  type Evaluation,
  type Golden,
  type GoldenClaim,
  goldenRecords,
  goldenResults,
  isComplete,
  loadGolden,
  loadResults,
  type Origin,
  readDecided,
  readGolden,
  type Records,
  type RenderedArtefact,
  reproduce,
  type ReproduceOptions,
  type Reproduction,
  type RunProvenance,
  type Summary,
  type SummaryArtefact,
  type SummaryClaim,
  type SummaryFailure,
  toleranceFor,
} from "./results/mod.ts";
export {
  type Backend,
  type BackendContext,
  type CacheMode,
  type ExecuteOptions as RunExecuteOptions,
  type JobEnd,
  type JobFailure,
  type KeyParts,
  lineProgress,
  type Lookup,
  type PlannedJob,
  type Progress,
  type ProgressJob,
  recompute,
  type RecomputeOptions,
  type Run as PreparedRun,
  type RunOptions,
  type RunOutcome,
  type RunPlan,
  silentProgress,
  type TaskDone,
  type TaskEnd,
  type TaskFailed,
} from "./run/mod.ts";
