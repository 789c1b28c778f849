import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../../../lib/compile/mod.ts";
import {
  blockAdjacency,
  blockAggregate,
  blockGeometry,
  directionalAdjacency,
  edgeListAggregate,
  type Edges,
} from "../../../../lib/methods/galaxy_graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import type { Stream } from "../../../../lib/random/mod.ts";
import type { Tensor } from "../../../../lib/tensor/mod.ts";

/** Normal numbers as a host tensor. */
export function normal(stream: Stream, ...shape: number[]): HostTensor {
  return hostTensor(stream.normal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
}

/** Runs a program once. */
export async function run<Args extends readonly unknown[]>(
  program: (...args: Args) => Tensor,
  args: { [K in keyof Args]: HostTree<Args[K]> },
  executor: ExecutorName = "native",
): Promise<Float32Array> {
  const compiled = await compile(program, args, { executor });
  const { data } = await compiled.run(...args) as HostTensor;
  await compiled.dispose();
  return data as Float32Array;
}

/** Edges as a dense 0/1 matrix `[1, n, n]`. */
export function edgeMatrix({ receivers, senders }: Edges, nodes: number): HostTensor {
  const data = new Float32Array(nodes * nodes);
  receivers.forEach((i, e) => data[i * nodes + senders[e]] = 1);
  return hostTensor(data, [1, nodes, nodes]);
}

/** A function of features `[n, c]` and an aggregate, computed on the edge list and on one dense block. */
export async function bothWays(
  f: (features: Tensor, aggregate: ReturnType<typeof edgeListAggregate>) => Tensor,
  { positions, features, edges, scale }: {
    positions: Float64Array;
    features: HostTensor;
    edges: Edges;
    scale: number;
  },
): Promise<{ list: Float32Array; block: Float32Array }> {
  const nodes = positions.length / 3;
  const adjacency = directionalAdjacency(positions, { edges, scale });
  const list = await run(
    (features: Tensor, adjacency: Tensor, receivers: Tensor, senders: Tensor) =>
      f(features, edgeListAggregate(adjacency, { receivers, senders, nodes })),
    [
      features,
      hostTensor(Float32Array.from(adjacency), [edges.receivers.length, 26]),
      hostTensor(edges.receivers),
      hostTensor(edges.senders),
    ],
  );
  const block = await run(
    (features: Tensor, positions: Tensor, edges: Tensor) =>
      f(features, blockAggregate(blockAdjacency(blockGeometry(positions, edges), { scale }))),
    [features, hostTensor(Float32Array.from(positions), [1, nodes, 3]), edgeMatrix(edges, nodes)],
  );
  return { list, block };
}
