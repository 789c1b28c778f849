/** A compiled-to-be Vega-Lite 5 specification with its data inline. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** A rendered figure: what the notebook, the files and the golden test all use. */
export interface Figure {
  /** Tells figures from tables. */
  readonly kind: "figure";
  /** What is drawn, as Vega-Lite. */
  readonly spec: VegaLiteSpec;
  /** What the figure shows, for readers who cannot see it. */
  readonly alt: string;
}

/** A table's column. */
export interface Column {
  /** Key into each row. */
  readonly key: string;
  /** Written at its head. */
  readonly title: string;
  /** Decimals for numbers in text form; CSV keeps full precision. @default 2 */
  readonly digits?: number;
  /** What is in it, its unit and provenance (shown as a note below the table). */
  readonly note?: string;
  /** What a text in it means: notebooks colour it so. */
  readonly tones?: Readonly<Record<string, Tone>>;
}

/** What a text says: a success, a failure, what is open, or nothing of these. */
export type Tone = "good" | "bad" | "open" | "none";

/**
 * A measured value beside the reported one: one cell `92.81 ± 0.14 (92.79)` in text, three columns in CSV
 * (`key`, `key std`, `key reported`).
 */
export interface Measured {
  /** The measured value; `null` if there is none. */
  readonly value: number | null;
  /** Standard deviation over seeds. */
  readonly std?: number;
  /** The paper's value. */
  readonly reported?: number;
}

/** What a table holds. `null` means "no value" and prints as a dash. */
export type Cell = string | number | null | Measured;

/** A table: rows of numbers and text. */
export interface Table {
  /** Tells tables from figures. */
  readonly kind: "table";
  /** Stands above it. */
  readonly title?: string;
  /** From left to right. */
  readonly columns: readonly Column[];
  /** Cells by the columns' keys. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Sentences below the table. */
  readonly notes: readonly string[];
}
