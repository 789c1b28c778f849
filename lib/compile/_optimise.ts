/** Rewrites that need to know who uses a value, applied once the trace is complete. */
import type { Traced } from "./_backend.ts";
import { type Node, operands, type Value } from "./_graph.ts";
import { pruneScan } from "./_scan_node.ts";

/** How often each value is used by live nodes or as an output. */
function countUses(nodes: readonly Node[], outputs: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  for (const value of [...nodes.flatMap(operands), ...outputs]) {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  return uses;
}

/** Whether a shape broadcasts to a matrix without changing it, as Gemm's third operand must. */
function isBias(shape: readonly number[], matrix: readonly number[]): boolean {
  return shape.length <= 2 &&
    shape.every((length, i) => length === 1 || length === matrix[matrix.length - shape.length + i]);
}

/** Turns Gemm + bias into Gemm with bias, where nothing else uses the product. */
function fuseBias(node: Node, uses: ReadonlyMap<Value, number>): void {
  if (node.op !== "Add") return;
  const [a, b] = node.inputs;
  for (const [product, bias] of [[a, b], [b, a]]) {
    const gemm = product.node;
    if (gemm?.op !== "Gemm" || gemm.inputs.length !== 2 || uses.get(product) !== 1) continue;
    if (!isBias(bias.shape, product.shape)) continue;
    Object.assign(node, { op: "Gemm", inputs: [...gemm.inputs, bias], attributes: gemm.attributes });
    return;
  }
}

/** The nodes that the outputs need, in order; drops what nobody needs from the bodies of scans, too. */
function prune(nodes: readonly Node[], outputs: readonly Value[]): Node[] {
  const needed = new Set(outputs);
  const live: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    if (node.body !== undefined) {
      pruneScan(node, needed);
      optimise(node.body);
    }
    live.push(node);
    for (const value of operands(node)) needed.add(value);
  }
  return live.reverse();
}

/** Drops what no output needs and fuses, in place; in the bodies of scans, too. */
export function optimise({ graph, outputs }: Pick<Traced, "graph" | "outputs">): void {
  graph.nodes = prune(graph.nodes, outputs);
  const uses = countUses(graph.nodes, outputs);
  for (const node of graph.nodes) fuseBias(node, uses);
  graph.nodes = prune(graph.nodes, outputs);
}
