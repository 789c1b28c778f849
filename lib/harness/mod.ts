/**
 * Runs papers: jobs in worker processes, a cache that tells why, figures and tables, claims with computed
 * verdicts, goldens, and the command line.
 *
 * A paper's experiments should import only types from here: what they import is part of the cache key.
 */
export * from "./artefacts/mod.ts";
export * from "./notebook/mod.ts";
export * from "./paper/mod.ts";
export {
  collectPaperGoldens,
  galleryTable,
  type PaperGolden,
  README_MARKERS,
  updateReadme,
  verdictTable,
} from "./report/mod.ts";
export {
  allRecords,
  type CodeState,
  compareGolden,
  compareJson,
  describeDifference,
  type Difference,
  evaluate,
  type EvaluatedClaim,
  evaluateGolden,
  type Evaluation,
  type Golden,
  goldenRecords,
  goldenResults,
  isComplete,
  loadGolden,
  loadResults,
  readDecided,
  readGolden,
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
  type CacheMode,
  type JobFailure,
  lineProgress,
  type Progress,
  type ProgressJob,
  recompute,
  type RecomputeOptions,
  type RunOutcome,
  silentProgress,
} from "./run/mod.ts";
