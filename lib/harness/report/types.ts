import type { Evaluation, Golden } from "../results/mod.ts";
import type { Paper } from "../paper/mod.ts";

/** A paper in the report. */
export interface ReportedPaper {
  readonly paper: Paper;
  /** Name of its page, and of the folder with its files. */
  readonly page: string;
  /** Whether the results are of one's own run, not the committed ones. */
  readonly own: boolean;
  /** Its results; `null` if there are none yet. */
  readonly results: {
    readonly golden: Golden;
    readonly evaluation: Evaluation;
    /** Where the results come from, e.g. `fixtures/2305.18593/laptop.json`. */
    readonly path: string;
  } | null;
  /** Its README as HTML: profiles and deviations. */
  readonly notes: string;
}

/** A file of the report. */
export interface ReportFile {
  /** Path below the report's folder. */
  readonly path: string;
  readonly content: string | Uint8Array;
}
