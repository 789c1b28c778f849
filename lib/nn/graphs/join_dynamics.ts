import type { DynamicsData } from "./data.ts";

/** Numbers of features of a node and of attributes of an edge; the latter is unknown without edges. */
function widthsOf({ samples, nodes, nodeFeatures, edgeAttributes }: DynamicsData) {
  return {
    features: nodeFeatures.length / (samples * nodes),
    attributes: nodes > 1 ? edgeAttributes.length / (samples * nodes * (nodes - 1)) : undefined,
  };
}

/** The place of the edge from sender j to receiver i among those of a sample of `nodes` particles. */
const edgeAt = (nodes: number, i: number, j: number) => i * (nodes - 1) + (j < i ? j : j - 1);

/**
 * Joins samples of differing numbers of particles: each is padded to N, and masks say which rows are
 * particles and which pairs are neighbours. Padding is 0, and no network sees it.
 *
 * @param parts Samples, in order; each part has its own number of particles.
 * @param options `nodes` N; default: the largest number.
 * @throws {TypeError} If there is no part, or they differ in their numbers of features or attributes.
 * @throws {RangeError} If a part has more than N particles.
 *
 * @example
 * ```ts
 * import { chargedParticles, joinDynamics } from "@refigure/refigure/graphs";
 * import assert from "node:assert/strict";
 *
 * const still = (nodes: number) => {
 *   const places = Array.from({ length: 3 * nodes }, (_, i) => i);
 *   return chargedParticles(
 *     { nodes, positions: places, velocities: Array(3 * nodes).fill(0), targets: places },
 *     Array(nodes).fill(1),
 *   );
 * };
 * const { samples, nodes, nodeMask } = joinDynamics([still(2), still(3)]);
 * assert.deepEqual([samples, nodes], [2, 3]);
 * assert.deepEqual([...nodeMask!], [1, 1, 0, 1, 1, 1]);
 * ```
 */
export function joinDynamics(
  parts: readonly DynamicsData[],
  { nodes: wanted }: { readonly nodes?: number } = {},
): DynamicsData {
  if (parts.length === 0) throw new TypeError("Cannot join samples as there must be one part: there is none");
  const largest = Math.max(...parts.map(({ nodes }) => nodes)), nodes = wanted ?? largest;
  if (largest > nodes) {
    throw new RangeError(`Cannot join samples as nodes must be >= ${largest}: current value is ${nodes}`);
  }
  const widths = parts.map(widthsOf);
  const f = widths[0].features,
    e = widths.find(({ attributes }) => attributes !== undefined)?.attributes ?? 0;
  for (const { features, attributes = e } of widths) {
    if (features === f && attributes === e) continue;
    throw new TypeError(
      `Cannot join samples as all must have ${f} node features and ${e} edge attributes: current values are ` +
        `${features} and ${attributes}`,
    );
  }
  const samples = parts.reduce((sum, part) => sum + part.samples, 0), edges = nodes * (nodes - 1);
  const rows = (width: number) => new Float32Array(samples * nodes * width);
  const joined = {
    samples,
    nodes,
    positions: rows(3),
    velocities: rows(3),
    targets: rows(3),
    nodeFeatures: rows(f),
    edgeAttributes: new Float32Array(samples * edges * e),
    nodeMask: rows(1),
    ...parts.some(({ edgeMask }) => edgeMask !== undefined) && {
      edgeMask: new Float32Array(samples * edges),
    },
  };
  let first = 0;
  for (const part of parts) {
    for (let s = 0; s < part.samples; s++) copySample(part, s, joined, first + s, { f, e });
    first += part.samples;
  }
  return joined;
}

function copySample(
  from: DynamicsData,
  s: number,
  to: DynamicsData,
  t: number,
  { f, e }: { readonly f: number; readonly e: number },
): void {
  const n = from.nodes, N = to.nodes;
  const copy = (source: Float32Array, target: Float32Array, width: number) =>
    target.set(source.subarray(s * n * width, (s + 1) * n * width), t * N * width);
  copy(from.positions, to.positions, 3);
  copy(from.velocities, to.velocities, 3);
  copy(from.targets, to.targets, 3);
  copy(from.nodeFeatures, to.nodeFeatures, f);
  if (from.nodeMask !== undefined) copy(from.nodeMask, to.nodeMask!, 1);
  else to.nodeMask!.fill(1, t * N, t * N + n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const here = s * n * (n - 1) + edgeAt(n, i, j), there = t * N * (N - 1) + edgeAt(N, i, j);
      for (let k = 0; k < e; k++) to.edgeAttributes[there * e + k] = from.edgeAttributes[here * e + k];
      if (to.edgeMask !== undefined) to.edgeMask[there] = from.edgeMask?.[here] ?? 1;
    }
  }
}

/**
 * The same samples with edges between neighbours only: those at a distance of at most `cutoff` at the time of
 * the input. Edges that the samples leave out already stay out.
 *
 * Graphs stay dense: a mask takes edges out, so that time and memory go with N². For one large sparse graph
 * see `applyToEdgeList`.
 *
 * @throws {RangeError} If the cutoff is not > 0.
 *
 * @example
 * ```ts
 * import { chargedParticles, neighboursWithin } from "@refigure/refigure/graphs";
 * import assert from "node:assert/strict";
 *
 * // Three particles on a line, at 0, 1 and 3: the first and the last are too far apart.
 * const positions = [0, 0, 0, 1, 0, 0, 3, 0, 0];
 * const motion = { nodes: 3, positions, velocities: Array(9).fill(0), targets: positions };
 * const { edgeMask } = neighboursWithin(chargedParticles(motion, [1, 1, 1]), 2.5);
 * assert.deepEqual([...edgeMask!], [1, 0, 1, 1, 0, 1]);
 * ```
 */
export function neighboursWithin(data: DynamicsData, cutoff: number): DynamicsData {
  if (!(cutoff > 0)) {
    throw new RangeError(`Cannot choose neighbours as the cutoff must be > 0: current value is ${cutoff}`);
  }
  const { samples, nodes, positions: x, edgeMask: before } = data;
  const edgeMask = new Float32Array(samples * nodes * (nodes - 1));
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < nodes; i++) {
      for (let j = 0; j < nodes; j++) {
        if (i === j) continue;
        const at = s * nodes * (nodes - 1) + edgeAt(nodes, i, j);
        const [a, b] = [3 * (s * nodes + i), 3 * (s * nodes + j)];
        const distance = Math.hypot(x[a] - x[b], x[a + 1] - x[b + 1], x[a + 2] - x[b + 2]);
        edgeMask[at] = distance <= cutoff ? before?.[at] ?? 1 : 0;
      }
    }
  }
  return { ...data, edgeMask };
}
