import type { Cell, Column, Table } from "../../figures/mod.ts";
import { meanAndStd } from "../../stats/mod.ts";
import type { Artefact, Group, Job, Json, Name, Plan, Results, Variants } from "../paper/mod.ts";
import { describe, groupsOf, type Metric, type MetricSource, numbersOf } from "./_source.ts";

/**
 * A column: a metric over seeds, with the paper's value where there is one; or a cell for each, beside all
 * others.
 */
export type MetricColumn<R, G> =
  & Omit<Column, "key">
  & (
    | { readonly value: Metric<R>; readonly reported?: (group: G) => number | undefined }
    | { readonly cell: (group: G, all: readonly G[]) => Cell | undefined }
  );

/** A row that is not a variant's, e.g. a closed form or a quoted value; keys are those of the columns. */
export interface ExtraRow {
  /** Its first cell. */
  readonly label: string;
  /** Its other cells. */
  readonly [column: string]: Cell;
}

/** Options of {@link metricTable}. */
export interface MetricTableOptions<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
> extends MetricSource<C, R, V, N> {
  /** Title of the first column, e.g. `Network`. */
  readonly rows: string;
  /** Columns by key, from left to right. */
  readonly columns: Readonly<Record<string, MetricColumn<R, Group<V, R, N>>>>;
  /** Sentences below the table. @default none */
  readonly notes?: readonly string[] | ((results: Results) => readonly string[]);
  /** Rows before and after those of the variants. */
  readonly before?: (results: Results) => readonly ExtraRow[];
  /** Rows after those of the variants. @default none */
  readonly after?: (results: Results) => readonly ExtraRow[];
  /** Jobs of the extra rows, and of what the notes say. */
  readonly moreJobs?: (plan: Plan) => readonly Job[];
}

/**
 * A table with a row for each variant of a study: its label, the number of its seeds, and metrics as mean ±
 * standard deviation over them (ddof 1; a single seed has none).
 */
export function metricTable<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
>(
  options: MetricTableOptions<C, R, V, N>,
): Artefact {
  const { rows, columns, notes = [], before, after, moreJobs } = options;
  const artefact = describe(options);
  return {
    ...artefact,
    kind: "table",
    jobs: (plan) => [...artefact.jobs(plan), ...moreJobs?.(plan) ?? []],
    render(results): Table {
      const groups = groupsOf(options, results);
      const spread = groups.some(({ runs }) => runs.length > 1);
      return {
        kind: "table",
        columns: [
          { key: "label", title: rows },
          { key: "seeds", title: "Seeds", digits: 0 },
          ...Object.entries(columns).map(([key, { title, digits, note }]): Column => ({
            key,
            title,
            ...(digits !== undefined && { digits }),
            ...(note !== undefined && { note }),
          })),
        ],
        rows: [
          ...before?.(results) ?? [],
          ...groups.map((group) => ({
            label: group.label,
            seeds: group.runs.length,
            ...Object.fromEntries(
              Object.entries(columns).map(([key, column]) => [key, cellOf(column, group, groups)]),
            ),
          })),
          ...after?.(results) ?? [],
        ],
        notes: [
          ...(spread ? ["Mean ± standard deviation over seeds."] : []),
          ...(typeof notes === "function" ? notes(results) : notes),
        ],
      };
    },
  };
}

function cellOf<R extends Json, G extends { readonly runs: readonly { readonly result: R }[] }>(
  column: MetricColumn<R, G>,
  group: G,
  all: readonly G[],
): Cell {
  if ("cell" in column) return column.cell(group, all) ?? null;
  const numbers = numbersOf(group, column.value);
  const reported = column.reported?.(group);
  if (numbers.length === 0 && reported === undefined) return null;
  return {
    ...(numbers.length === 0 ? { value: null } : meanAndStd(numbers)),
    ...(reported !== undefined && { reported }),
  };
}
