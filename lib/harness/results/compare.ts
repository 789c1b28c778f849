import type { Cell, Column, Measured, Table } from "../../figures/mod.ts";
import { renderArtefacts } from "./evaluate.ts";
import {
  type ClaimStatus,
  HarnessError,
  isTimed,
  type JobRecord,
  labeller,
  type Paper,
  select,
} from "../paper/mod.ts";
import { compareJson, type Difference, type Golden, goldenRecords } from "./goldens.ts";
import type { ResultSet } from "./result_sets.ts";

/** A claim in two result sets; `undefined`: that set has no such claim. */
export interface ClaimChange {
  readonly id: string;
  readonly statement: string;
  readonly before: { readonly status: ClaimStatus; readonly because: string } | undefined;
  readonly after: { readonly status: ClaimStatus; readonly because: string } | undefined;
  /** Whether it rests on measurements of time. */
  readonly timed: boolean;
}

/** A number of a table that differs. */
export interface CellChange {
  /** Id of the table. */
  readonly table: string;
  /** The row's texts, e.g. `glass DTE-C`. */
  readonly row: string;
  readonly column: string;
  readonly digits: number;
  readonly before: number | null | undefined;
  readonly after: number | null | undefined;
}

/** What changed from one result set to another, beyond a tolerance. */
export interface Comparison {
  readonly paper: Paper;
  readonly before: ResultSet;
  readonly after: ResultSet;
  readonly tolerance: number;
  /** All claims; {@link changedClaims} has those whose status differs. */
  readonly claims: readonly ClaimChange[];
  /** Counts of jobs. Measurements of time are left out. */
  readonly jobs: {
    /** Both have them, and both ran on the published data or both on a stand-in. */
    readonly shared: number;
    /** Both have them, but one ran on a stand-in: their numbers are not compared. */
    readonly otherData: number;
    readonly onlyBefore: number;
    readonly onlyAfter: number;
  };
  /** Differing numbers in the jobs that both have. */
  readonly differences: readonly Difference[];
  /** Differing numbers in tables, over all their jobs. */
  readonly cells: readonly CellChange[];
}

/**
 * Compares two result sets of a paper: of two profiles, executors, commits or machines.
 *
 * Numbers count as different where |after − before| > tolerance · max(|before|, 0.01).
 *
 * @throws {HarnessError} If they are not of this paper.
 */
export async function compareResultSets(
  paper: Paper,
  [before, after]: readonly [ResultSet, ResultSet],
  tolerance: number,
): Promise<Comparison> {
  for (const { name, golden } of [before, after]) {
    if (golden.paper === paper.id) continue;
    throw new HarnessError(
      `Cannot compare "${name}" as both must be of one paper: it is of ${golden.paper}, not of ${paper.id}`,
    );
  }
  return {
    paper,
    before,
    after,
    tolerance,
    claims: compareClaims(paper, before.golden, after.golden),
    ...compareJobs(paper, before.golden, after.golden, tolerance),
    cells: await compareTables(paper, before.golden, after.golden, tolerance),
  };
}

/** The claims whose status is not the same in both. */
export function changedClaims({ claims }: Comparison): readonly ClaimChange[] {
  return claims.filter(({ before, after }) => before?.status !== after?.status);
}

function compareClaims(paper: Paper, before: Golden, after: Golden): readonly ClaimChange[] {
  const verdicts = [before, after].map(({ claims }) => new Map(claims.map((claim) => [claim.id, claim])));
  const known = new Map(paper.claims.map((claim) => [claim.id, claim]));
  const ids = new Set([...known.keys(), ...verdicts[0].keys(), ...verdicts[1].keys()]);
  return [...ids].map((id) => {
    const claim = known.get(id);
    return {
      id,
      statement: claim?.statement ?? "(no longer a claim of this paper's folder)",
      before: verdicts[0].get(id),
      after: verdicts[1].get(id),
      timed: claim !== undefined && isTimed(paper, after.plan, claim),
    };
  });
}

function compareJobs(paper: Paper, before: Golden, after: Golden, tolerance: number) {
  const timed = new Set(paper.experiments.filter(({ timing }) => timing).map(({ id }) => id));
  const untimed = (golden: Golden) =>
    [...goldenRecords(golden)].filter(([, { job }]) => !timed.has(job.experiment));
  const old = new Map(untimed(before)), now = untimed(after), label = labeller(paper, after.plan);
  const both = now.filter(([id]) => old.has(id));
  const shared = both.filter(([id, { sources }]) => standIns(sources) === standIns(old.get(id)!.sources));
  return {
    jobs: {
      shared: shared.length,
      otherData: both.length - shared.length,
      onlyBefore: old.size - both.length,
      onlyAfter: now.length - both.length,
    },
    differences: shared.flatMap(([id, { job, result }]) =>
      compareJson(old.get(id)!.result, result, label(job), tolerance)
    ),
  };
}

/** Names of the stand-ins among a job's data. */
function standIns(sources: JobRecord["sources"]): string {
  return Object.keys(sources).filter((name) => sources[name] === "stand-in").sort().join(" ");
}

async function compareTables(
  paper: Paper,
  before: Golden,
  after: Golden,
  tolerance: number,
): Promise<readonly CellChange[]> {
  const [old, now] = await Promise.all([before, after].map(async (golden) => {
    const artefacts = select(paper).artefacts.filter((artefact) =>
      artefact.kind === "table" && !isTimed(paper, golden.plan, artefact)
    );
    const rendered = await renderArtefacts({ artefacts, claims: [] }, golden.plan, goldenRecords(golden));
    return new Map(rendered.flatMap(({ artefact, value }) => value ? [[artefact.id, value as Table]] : []));
  }));
  return [...now].flatMap(([id, table]) => {
    const known = old.get(id);
    return known === undefined ? [] : changedCells(id, known, table, tolerance);
  });
}

/** Cells of rows and columns that both tables have. */
function changedCells(id: string, before: Table, after: Table, tolerance: number): readonly CellChange[] {
  const rows = byTexts(before);
  const columns = new Set(before.columns.map(({ key }) => key));
  return [...byTexts(after)].flatMap(([name, row]) => {
    const known = rows.get(name);
    if (known === undefined) return [];
    return after.columns.filter(({ key }) => columns.has(key)).flatMap((column: Column) => {
      const [old, now] = [numberOf(known[column.key]), numberOf(row[column.key])];
      if (compareJson(old ?? null, now ?? null, "", tolerance).length === 0) return [];
      const { title, digits = 2 } = column;
      return [{ table: id, row: name, column: title, digits, before: old, after: now }];
    });
  });
}

/** A table's rows by their texts, and by a number where these are equal or missing. */
function byTexts({ columns, rows }: Table): ReadonlyMap<string, Readonly<Record<string, Cell>>> {
  const named = new Map<string, Readonly<Record<string, Cell>>>();
  for (const row of rows) {
    const texts = columns.map(({ key }) => row[key]).filter((cell) => typeof cell === "string").join(" ") ||
      "row";
    let name = texts;
    for (let i = 2; named.has(name); i++) name = `${texts} (${i})`;
    named.set(name, row);
  }
  return named;
}

function numberOf(cell: Cell | undefined): number | null | undefined {
  return typeof cell === "string" ? null : typeof cell === "object" ? (cell as Measured | null)?.value : cell;
}
