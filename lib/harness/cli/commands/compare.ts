import type { Command } from "commander";
import type { CommandContext } from "./_types.ts";
import type { Comparison } from "../../results/mod.ts";
import { toleranceOption } from "./_options.ts";

interface Options {
  readonly tolerance?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `compare A B`. */
export function registerCompare(program: Command, context: CommandContext): void {
  program.command("compare")
    .description("show what changed between two result sets: profiles, executors, commits or machines")
    .argument("<A>", "results: <paper>/<profile>, <commit>:<paper>/<profile>, a file, or an output folder")
    .argument("<B>", "the same, of the same paper")
    .addOption(
      toleranceOption("largest relative difference that is no change (default: the larger of the two's own)"),
    )
    .option("--all", "list every change, not only the largest")
    .option("--json", "print JSON, and nothing else, on standard output")
    .addHelpText(
      "after",
      `
Numbers count as changed where they differ by more than tolerance · max(|A|, 0.01). Measurements of time are left out.
All changes also go to a page, out/compare/index.html. Exit code 0 if nothing changed, 1 if something did.

Examples:
  deno task compare 2305.18593/smoke 2305.18593/laptop                two profiles: claims and tables
  deno task compare 2305.18593/laptop out/laptop/2305.18593           committed results and your own
  deno task compare HEAD~3:2305.18593/laptop 2305.18593/laptop        two commits`,
    )
    .action((a: string, b: string, options: Options) => run([a, b], options, context));
}

async function run(
  names: readonly [string, string],
  options: Options,
  context: CommandContext,
): Promise<void> {
  const { changedClaims, compareResultSets, openResultSet } = await import("../../results/mod.ts");
  const { loadPaper, places } = await import("../../paper/mod.ts");
  const { printOut } = await import("../print.ts");
  const where = places();
  const [before, after] = [await openResultSet(names[0], where), await openResultSet(names[1], where)];
  const { tolerance = Math.max(before.golden.tolerance, after.golden.tolerance) } = options;
  const paper = await loadPaper(before.golden.paper, where);
  const comparison = await compareResultSets(paper, [before, after], tolerance);
  const { differences, cells, jobs, claims } = comparison;
  const changed = changedClaims(comparison).length + differences.length + cells.length > 0;
  if (options.json) {
    printOut(`${JSON.stringify({ tolerance, claims, jobs, differences, cells })}\n`);
  } else {
    printOut(await text(comparison, options.all ?? false));
    const { writeComparison } = await import("../../report/mod.ts");
    printOut(`\n${await writeComparison(comparison, where)}\n`);
  }
  if (changed) context.setExitCode(1);
}

/** Changes shown of a kind, unless all are asked for. */
const SHOWN = 20;

async function text(comparison: Comparison, all: boolean): Promise<string> {
  const { changedClaims, describeDifference } = await import("../../results/mod.ts");
  const { columns } = await import("../print.ts");
  const { paper, before, after, tolerance, jobs, differences, cells, claims } = comparison;
  const shown = all ? Infinity : SHOWN;
  const more = (count: number) => count > shown ? `  and ${count - shown} more (--all)\n` : "";
  const change = (a: number | null | undefined, b: number | null | undefined) =>
    Math.abs((b ?? 0) - (a ?? 0)) / Math.max(0.01, Math.abs(a ?? 0));

  const sets = [before, after].map(({ name, golden: { plan, executor, provenance, jobs } }, i) => [
    "AB"[i],
    name,
    `${plan.profile}, ${executor}, ${jobs.length} jobs, ${
      provenance.code.commit?.slice(0, 10) ?? "no commit"
    }${provenance.code.dirty ? "+" : ""}, ${provenance.machine.cpu}, ${provenance.finished.slice(0, 16)}`,
  ]);
  const statuses = changedClaims(comparison);
  const largest = [...differences].sort((a, b) => (b.relative ?? Infinity) - (a.relative ?? Infinity));
  const largestCells = [...cells].sort((a, b) => change(b.before, b.after) - change(a.before, a.after));
  const number = (value: number | null | undefined, digits: number) =>
    value === undefined || value === null ? "–" : value.toFixed(digits);
  return `${paper.id}: ${paper.title}\n${columns(sets)}
Claims: ${statuses.length} of ${claims.length} changed
${
    columns(statuses.map(({ id, before, after, timed }) => [
      `  ${id}`,
      `${before?.status ?? "absent"} → ${after?.status ?? "absent"}${timed ? " (measured times)" : ""}`,
    ]))
  }
Results: ${differences.length} numbers differ by more than ${tolerance} (relative) in ${jobs.shared} shared jobs; ` +
    `on other data: ${jobs.otherData}, only in A: ${jobs.onlyBefore}, only in B: ${jobs.onlyAfter}\n` +
    largest.slice(0, shown).map((difference) => `  ${describeDifference(difference)}\n`).join("") +
    more(largest.length) + `
Tables: ${cells.length} cells differ by more than that\n` +
    columns(
      largestCells.slice(0, shown).map(({ table, row, column, digits, before, after }) => [
        `  ${table}`,
        `${row}, ${column}`,
        `${number(before, digits)} → ${number(after, digits)}`,
      ]),
    ) + more(cells.length);
}
