/** The table of results, and what is said below it. */
import { GOAL_RATIO, GOAL_SHARE } from "./_roofline.ts";
import type { Row } from "./_run.ts";

const number = (value: number | null): string => value === null ? "-" : value.toPrecision(3);
const percent = (share: number | null): string => share === null ? "-" : `${(100 * share).toFixed(0)} %`;

const yesOrNo = (known: boolean | null): string => known === null ? "-" : known ? "yes" : "no";

/** Columns: title, and what a row shows there. */
const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ["case", ({ name }) => name],
  ["unit", ({ unit }) => unit],
  ["native", ({ native }) => number(native)],
  ["c", ({ c }) => number(c)],
  ["wasm", ({ wasm }) => number(wasm)],
  ["tfjs cpu", ({ tfjsCpu }) => number(tfjsCpu)],
  ["tfjs wasm", ({ tfjsWasm }) => number(tfjsWasm)],
  ["PyTorch", ({ torch }) => number(torch)],
  ["torch.compile", ({ torchCompile }) => number(torchCompile)],
  ["scikit-learn", ({ sklearn }) => number(sklearn)],
  ["NumPy", ({ numpy }) => number(numpy)],
  ["PyTorch / native", ({ ratioTorch }) => number(ratioTorch)],
  ["PyTorch / c", ({ ratioTorchC }) => number(ratioTorchC)],
  ["native / c", ({ ratioC }) => number(ratioC)],
  ["torch.compile / native", ({ ratioTorchCompile }) => number(ratioTorchCompile)],
  ["torch.compile / c", ({ ratioTorchCompileC }) => number(ratioTorchCompileC)],
  ["baseline", ({ baseline }) => number(baseline)],
  ["native / baseline", ({ ratioBaseline }) => number(ratioBaseline)],
  ["native, threads", ({ threaded }) => number(threaded)],
  ["native / threads", ({ scaling }) => number(scaling)],
  ["native's roofline", ({ share }) => percent(share)],
  ["c's roofline", ({ shareC }) => percent(shareC)],
  ["ours at goal", ({ atGoal }) => yesOrNo(atGoal)],
];

/** The geometric mean of numbers. */
export function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);
}

/** Whose times are judged: as a line names them, the ending of their ratio's key, and the key of the goal. */
const JUDGED = [["native", "", "atGoalNative"], ["c", "C", "atGoalC"], ["ours", "Ours", "atGoal"]] as const;

/** The lines of the table; columns in which nothing was measured are left out. */
export function tableOf(rows: readonly Row[]): string[] {
  const columns = COLUMNS.filter(([, cell]) => rows.some((row) => cell(row) !== "-"));
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) =>
    line.map((cell, i) => i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
  );
  // Where only one was timed it is ours.
  const both = rows.some(({ ratioC }) => ratioC !== null);
  const judged = JUDGED.filter(([engine]) => both || engine !== "ours");
  for (const [name, key] of [["PyTorch", "ratioTorch"], ["torch.compile", "ratioTorchCompile"]] as const) {
    for (const [engine, suffix] of judged) {
      const ratios = rows.flatMap((row) => row[`${key}${suffix}`] ?? []);
      if (ratios.length === 0) continue;
      const mean = geometricMean(ratios).toPrecision(3);
      lines.push(`${name} / ${engine}, geometric mean of ${ratios.length} cases: ${mean}`);
    }
  }
  const reached = judged.flatMap(([engine, , key]) => {
    const known = rows.filter((row) => row[key] !== null);
    if (known.length === 0) return [];
    return `${engine} in ${known.filter((row) => row[key]).length} of ${known.length} cases`;
  });
  if (reached.length > 0) {
    lines.push(
      `At goal (${GOAL_RATIO} × PyTorch, or ${100 * GOAL_SHARE} % of the roofline): ${reached.join(", ")}`,
    );
  }
  if (both) lines.push("Ours is the faster of native and c, case by case");
  return lines;
}
