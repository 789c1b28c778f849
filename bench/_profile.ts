/** Where the time of a case goes: the profiles that onnxruntime writes, added up by kind of node. */

/** An event of onnxruntime's profile, as far as it is used here (times in microseconds). */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** One kind of node. */
export interface NodeTime {
  readonly op: string;
  /** How often such nodes ran. */
  readonly calls: number;
  /** Without what ran inside them. */
  readonly milliseconds: number;
}

/**
 * Time by kind of node, the longest first. A node with a body (`Scan`) counts what is not in its body's
 * nodes.
 *
 * @param texts Profiles, each of one session.
 */
export function nodeTimes(texts: readonly string[]): NodeTime[] {
  const kinds = new Map<string, { calls: number; microseconds: number }>();
  for (const text of texts) {
    const nodes = (JSON.parse(text) as ProfileEvent[])
      .filter(({ cat, name, args }) =>
        cat === "Node" && name.endsWith("_kernel_time") && args?.op_name !== undefined
      )
      // Outer nodes come before those that they contain.
      .toSorted((a, b) => a.ts - b.ts || b.dur - a.dur);
    const open: { end: number; kind: { microseconds: number } }[] = [];
    for (const { ts, dur, args } of nodes) {
      const op = args!.op_name!;
      const kind = kinds.get(op) ?? { calls: 0, microseconds: 0 };
      kinds.set(op, kind);
      kind.calls++;
      kind.microseconds += dur;
      while (open.length > 0 && open[open.length - 1].end <= ts) open.pop();
      if (open.length > 0) open[open.length - 1].kind.microseconds -= dur;
      if (op === "Scan" || op === "Loop" || op === "If") open.push({ end: ts + dur, kind });
    }
  }
  return [...kinds].map(([op, { calls, microseconds }]) => ({ op, calls, milliseconds: microseconds / 1000 }))
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
}

/** The lines of a table of times. @param units Units of the case that the profile is of. */
export function profileTable(
  times: readonly NodeTime[],
  { units, unit }: { readonly units: number; readonly unit: string },
): string[] {
  const all = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const cells = [
    ["node", "calls", unit, "share"],
    ...times.map(({ op, calls, milliseconds }) => [
      op,
      (calls / units).toFixed(1),
      (milliseconds / units).toPrecision(3),
      `${(100 * milliseconds / all).toFixed(1)} %`,
    ]),
    ["all", "", (all / units).toPrecision(3), "100 %"],
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells.map((line) =>
    line.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
  );
}
