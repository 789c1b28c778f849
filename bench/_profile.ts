/** Where the time of a case goes: the profiles that onnxruntime writes, added up by kind of node. */

/** An event of onnxruntime's profile, as far as it is used here (times in microseconds). */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    /** One entry per input: the shape by element type, as `[{"float": [64, 32]}]`. */
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** One kind of node. */
export interface NodeTime {
  /** Its operator, with the shapes of its inputs where they are asked for. */
  readonly op: string;
  /** How often such nodes ran. */
  readonly calls: number;
  /** Without what ran inside them. */
  readonly milliseconds: number;
}

/** The shapes of what a node reads, as "64×32, 32, 1"; "1" is a scalar. */
const shapesOf = ({ args }: ProfileEvent): string =>
  (args?.input_type_shape ?? []).flatMap((input) => Object.values(input))
    .map((shape) => shape.length === 0 ? "1" : shape.join("×")).join(", ");

/**
 * Time by kind of node, the longest first. A node with a body (`Scan`) counts what is not in its body's
 * nodes.
 *
 * @param texts Profiles, each of one session.
 * @param options.shapes Whether nodes that read other shapes are another kind.
 */
export function nodeTimes(texts: readonly string[], { shapes = false } = {}): NodeTime[] {
  const kinds = new Map<string, { calls: number; microseconds: number }>();
  for (const text of texts) {
    const nodes = (JSON.parse(text) as ProfileEvent[])
      .filter(({ cat, name, args }) =>
        cat === "Node" && name.endsWith("_kernel_time") && args?.op_name !== undefined
      )
      // Outer nodes come before those that they contain.
      .toSorted((a, b) => a.ts - b.ts || b.dur - a.dur);
    const open: { end: number; kind: { microseconds: number } }[] = [];
    for (const node of nodes) {
      const { ts, dur } = node, name = node.args!.op_name!;
      const op = shapes ? `${name} ${shapesOf(node)}` : name;
      const kind = kinds.get(op) ?? { calls: 0, microseconds: 0 };
      kinds.set(op, kind);
      kind.calls++;
      kind.microseconds += dur;
      while (open.length > 0 && open[open.length - 1].end <= ts) open.pop();
      if (open.length > 0) open[open.length - 1].kind.microseconds -= dur;
      if (name === "Scan" || name === "Loop" || name === "If") open.push({ end: ts + dur, kind });
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
