/**
 * The table of kernels in `lib/compile/KERNELS.md`: what the registry has, what its cases are traced to, and
 * how often they are differentiated. Run as a program it writes the file (`deno task kernels`).
 */
import { trace } from "../../../lib/compile/_backend.ts";
import { KERNELS } from "../../../lib/compile/_kernels/registry.ts";
import { optimise } from "../../../lib/compile/_optimise.ts";
import { derivativeOrder } from "./_derivatives.ts";
import { CASES } from "./_kernel_cases.ts";
import type { Case } from "./_case.ts";

/** Where the table is. */
export const TABLE = new URL("../../../lib/compile/KERNELS.md", import.meta.url);

/** The ONNX operators that a case's value becomes, by name of the kernel whose lowering added them. */
function operators({ f, inputs }: Case): { kernel: string; op: string }[] {
  const traced = trace((tensors) => [f(...tensors)].flat(), { types: inputs, name: "case" });
  optimise(traced);
  return traced.graph.nodes.map(({ op, outputs: [{ kernel }] }) => ({ kernel, op }));
}

/** The table as Markdown, formatted as `deno fmt` does. */
export function kernelTable(): string {
  const found = new Map(Object.keys(KERNELS).map((kernel) => [kernel, new Set<string>()]));
  for (const item of CASES) {
    for (const { kernel, op } of operators(item)) found.get(kernel)?.add(op);
  }
  const rows = [...found].toSorted(([a], [b]) => a < b ? -1 : 1).map(([kernel, ops]) => {
    const cases = CASES.filter((item) => item.kernel === kernel);
    const order = Math.max(...cases.map(derivativeOrder));
    const names = [...ops].toSorted().map((op) => `\`${op}\``).join(", ");
    return [`\`${kernel}\``, names || "(none)", order === 0 ? "–" : `${order}`, `${cases.length}`];
  });
  const lines = [["kernel", "ONNX operators", "derivatives", "cases"], ["---", "---", "---", "---"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((cells) => cells[column].length)));
  const table = lines.map((cells, i) =>
    `| ${
      cells.map((cell, column) => i === 1 ? "-".repeat(widths[column]) : cell.padEnd(widths[column])).join(
        " | ",
      )
    } |`
  );
  return `# Kernels

<!-- Written by \`deno task kernels\` from the registry and its test cases; a test tells when it is out of date. -->

${rows.length} TensorFlow.js kernels have a lowering.

- _ONNX operators_ are those that appear when the cases in \`tests/lib/compile/_kernel_cases.ts\` are traced.
  Kernels that only rename a value or repeat a constant need none.
- _Derivatives_ is the highest order that is tested, against central differences in float64, and between
  TensorFlow.js \`cpu\`, \`native\`, \`wasm\` and \`c\`.
- Kernels without inputs (\`LinSpace\`, \`Range\`) and calls on constants are computed while tracing.

${table.join("\n")}
`;
}

if (import.meta.main) await Deno.writeTextFile(TABLE, kernelTable());
