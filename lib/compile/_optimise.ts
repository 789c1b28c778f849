/** Rewrites that need to know who uses a value, applied once the trace is complete. */
import type { Traced } from "./_backend.ts";
import { liveNodes, type Node, type Value } from "./_graph.ts";

/** How often each value is used by live nodes or as an output. */
function countUses(nodes: readonly Node[], outputs: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  for (const value of [...nodes.flatMap(({ inputs }) => inputs), ...outputs]) {
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

/** Drops what no output needs and fuses, in place. */
export function optimise({ graph, outputs }: Traced): void {
  graph.nodes = liveNodes(graph.nodes, outputs);
  const uses = countUses(graph.nodes, outputs);
  for (const node of graph.nodes) fuseBias(node, uses);
  graph.nodes = liveNodes(graph.nodes, outputs);
}
