import values from "./reported.json" with { type: "json" };

/** A quoted test error on the charged 5-body benchmark. */
export interface QuotedError {
  readonly model: string;
  readonly test: number;
  readonly provenance: string;
}

/** Errors on the same benchmark that others report. The paper's own tables were not available. */
export const QUOTED_NBODY: readonly QuotedError[] = values.nbody;
