import type { HostTensor, HostTree } from "../../../lib/compile/mod.ts";
import type { DynamicsInputs, MoleculeInputs } from "../../../lib/nn/graphs/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import type { Stream } from "../../../lib/random/mod.ts";
import { mapTree } from "../../../lib/tensor/mod.ts";

type Vectors = HostTree<DynamicsInputs>["positions"];

/** Largest |a − b|. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (x, i) => Math.abs(x - b[i])).reduce((most, gap) => Math.max(most, gap), 0);
}

/** A random orthogonal 3 × 3 matrix of determinant ±1, by rows. */
export function orthogonal(random: Stream, determinant: 1 | -1): number[][] {
  const [a, b] = [0, 1].map(() => Array.from(random.normal(new Float64Array(3))));
  const dot = (u: number[], w: number[]) => u.reduce((sum, x, i) => sum + x * w[i], 0);
  const unit = (u: number[]) => u.map((x) => x / Math.sqrt(dot(u, u)));
  const first = unit(a);
  const second = unit(b.map((x, i) => x - dot(b, first) * first[i]));
  const third = [0, 1, 2].map((i) => {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    return determinant * (first[j] * second[k] - first[k] * second[j]);
  });
  return [first, second, third];
}

/** Q x + t for every vector of `[…, 3]`. */
export function carry(x: ArrayLike<number>, q: number[][], t: readonly number[] = [0, 0, 0]): Float32Array {
  return Float32Array.from(x, (_, k) => {
    const first = k - k % 3, [a, b, c] = q[k % 3];
    return a * x[first] + b * x[first + 1] + c * x[first + 2] + t[k % 3];
  });
}

/** As {@link carry}, on a host tensor. */
export function carried(x: Vectors, q: number[][], t?: readonly number[]): Vectors {
  return hostTensor(carry(x.data, q, t), x.shape) as Vectors;
}

/** Numbers from N(0, 1). */
export function gaussians(random: Stream, ...shape: number[]): Vectors {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return hostTensor(random.normal(new Float32Array(size)), shape) as Vectors;
}

/** One random system of `nodes` particles with one feature and two edge attributes. */
export function drawSystem(random: Stream, nodes: number): HostTree<DynamicsInputs> {
  return {
    positions: gaussians(random, 1, nodes, 3),
    velocities: gaussians(random, 1, nodes, 3),
    nodeFeatures: gaussians(random, 1, nodes, 1),
    edgeAttributes: gaussians(random, 1, nodes * (nodes - 1), 2),
  };
}

/** The same system with node `order[i]` at place i. */
export function reorder(inputs: HostTree<DynamicsInputs>, order: Int32Array): HostTree<DynamicsInputs> {
  const nodes = order.length;
  const take = (tensor: Vectors, rows: readonly number[]) => {
    const width = tensor.shape[2];
    const data = Float32Array.from(rows.flatMap((row) => [
      ...tensor.data.subarray(row * width, (row + 1) * width),
    ]));
    return hostTensor(data, tensor.shape) as Vectors;
  };
  const nodeRows = Array.from(order);
  const edge = (i: number, j: number) => i * (nodes - 1) + (j < i ? j : j - 1);
  const edgeRows = nodeRows.flatMap((i, k) =>
    nodeRows.filter((_, other) => other !== k).map((j) => edge(i, j))
  );
  return {
    positions: take(inputs.positions, nodeRows),
    velocities: take(inputs.velocities, nodeRows),
    nodeFeatures: take(inputs.nodeFeatures, nodeRows),
    edgeAttributes: take(inputs.edgeAttributes!, edgeRows),
  };
}

/** Two molecules of 4 and 2 atoms, the second padded to 4; padding has features and positions 0. */
export function drawMolecules(random: Stream, features: number): HostTree<MoleculeInputs> {
  const [nodes, atoms] = [4, [4, 2]];
  const mask = Float32Array.from({ length: 8 }, (_, i) => i % nodes < atoms[Math.floor(i / nodes)] ? 1 : 0);
  const masked = (tensor: Vectors) => {
    const width = tensor.shape[2];
    return hostTensor(
      Float32Array.from(tensor.data, (x, k) => x * mask[Math.floor(k / width)]),
      tensor.shape,
    );
  };
  return {
    positions: masked(gaussians(random, 2, nodes, 3)),
    nodeFeatures: masked(gaussians(random, 2, nodes, features)),
    nodeMask: hostTensor(mask, [2, nodes]),
  } as HostTree<MoleculeInputs>;
}

/** Real atoms shifted by t; padding stays at the origin. */
export function shiftAtoms(inputs: HostTree<MoleculeInputs>, t: readonly number[]): HostTree<MoleculeInputs> {
  const { positions, nodeMask: { data: mask } } = inputs;
  const moved = Float32Array.from(positions.data, (x, k) => mask[Math.floor(k / 3)] === 1 ? x + t[k % 3] : x);
  return { ...inputs, positions: hostTensor(moved, positions.shape) } as HostTree<MoleculeInputs>;
}

/**
 * Freshly drawn parameters hardly move coordinates (their last map has gain 0.001), which would hide any
 * error: that map times `gain`.
 */
export function louder<P>(parameters: P, gain: number): P {
  return mapTree(parameters, (leaf, path) => {
    const { data, shape } = leaf as unknown as HostTensor;
    const factor = path.endsWith("coordinates.mixing") ? gain : 1;
    return hostTensor((data as Float32Array).map((x) => factor * x), shape);
  }) as P;
}
