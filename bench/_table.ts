/** The table of results, and what is said below it. */
import { GOAL_RATIO, GOAL_SHARE } from "./_roofline.ts";
import type { Row } from "./_run.ts";

const number = (value: number | null): string => value === null ? "-" : value.toPrecision(3);
const percent = (share: number | null): string => share === null ? "-" : `${(100 * share).toFixed(0)} %`;

/** Columns: title, and what a row shows there. */
const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ["case", ({ name }) => name],
  ["unit", ({ unit }) => unit],
  ["native", ({ native }) => number(native)],
  ["wasm", ({ wasm }) => number(wasm)],
  ["tfjs cpu", ({ tfjsCpu }) => number(tfjsCpu)],
  ["tfjs wasm", ({ tfjsWasm }) => number(tfjsWasm)],
  ["PyTorch", ({ torch }) => number(torch)],
  ["torch.compile", ({ torchCompile }) => number(torchCompile)],
  ["scikit-learn", ({ sklearn }) => number(sklearn)],
  ["NumPy", ({ numpy }) => number(numpy)],
  ["PyTorch / native", ({ ratioTorch }) => number(ratioTorch)],
  ["torch.compile / native", ({ ratioTorchCompile }) => number(ratioTorchCompile)],
  ["baseline", ({ baseline }) => number(baseline)],
  ["native / baseline", ({ ratioBaseline }) => number(ratioBaseline)],
  ["native, threads", ({ threaded }) => number(threaded)],
  ["native / threads", ({ scaling }) => number(scaling)],
  ["roofline", ({ share }) => percent(share)],
  ["at goal", ({ atGoal }) => atGoal === null ? "-" : atGoal ? "yes" : "no"],
];

/** The geometric mean of numbers. */
export function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);
}

/** The lines of the table; columns in which nothing was measured are left out. */
export function tableOf(rows: readonly Row[]): string[] {
  const columns = COLUMNS.filter(([, cell]) => rows.some((row) => cell(row) !== "-"));
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) =>
    line.map((cell, i) => i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
  );
  for (const [name, key] of [["PyTorch", "ratioTorch"], ["torch.compile", "ratioTorchCompile"]] as const) {
    const ratios = rows.flatMap((row) => row[key] ?? []);
    if (ratios.length === 0) continue;
    const mean = geometricMean(ratios).toPrecision(3);
    lines.push(`${name} / native, geometric mean of ${ratios.length} cases: ${mean}`);
  }
  const judged = rows.filter(({ atGoal }) => atGoal !== null);
  const reached = judged.filter(({ atGoal }) => atGoal).length;
  lines.push(
    `At goal (${GOAL_RATIO} × PyTorch, or ${
      100 * GOAL_SHARE
    } % of the roofline): ${reached} of ${judged.length} cases`,
  );
  return lines;
}
