import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../../../lib/compile/mod.ts";
import {
  applyMoleculeEgnn,
  applyMultichannelEgnn,
  initMoleculeEgnn,
  initMultichannelEgnn,
  type MoleculeEgnn,
  type MoleculeEgnnConfig,
  type MultichannelEgnn,
  type MultichannelEgnnConfig,
} from "../../../../lib/methods/multichannel_egnn/mod.ts";
import type { DynamicsInputs, MoleculeInputs } from "../../../../lib/nn/graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, mapTree, unflattenTree } from "../../../../lib/tensor/mod.ts";
import { evaluate } from "../../nn/_check.ts";

export { evaluate };

/** Host inputs of a dynamics model. */
export type HostInputs = HostTree<DynamicsInputs>;

/** A batch of random particle systems; edge attributes are e invariants of their own. */
export function randomInputs(
  { batch = 2, nodes = 4, features = 1, attributes = 2, seed = 0 }: {
    batch?: number;
    nodes?: number;
    features?: number;
    attributes?: number;
    seed?: number;
  } = {},
): HostInputs {
  const random = stream(seed, "inputs");
  const normal = (...shape: number[]) =>
    hostTensor(random.normal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
  return {
    positions: normal(batch, nodes, 3),
    velocities: normal(batch, nodes, 3),
    nodeFeatures: normal(batch, nodes, features),
    ...attributes > 0 && { edgeAttributes: normal(batch, nodes * (nodes - 1), attributes) },
  };
}

/**
 * Random parameters whose coordinate updates are not small: the last map of Φ_x is `gain` times the usual.
 */
export function randomParameters(
  config: MultichannelEgnnConfig,
  { seed = 0, gain = 300 }: { seed?: number; gain?: number } = {},
): HostTree<MultichannelEgnn> {
  return louder(initMultichannelEgnn(stream(seed, "weights"), config), gain);
}

/**
 * As above, for molecules; all weights are `volume` times the usual, so that the prediction feels the
 * coordinates.
 */
export function randomMoleculeParameters(
  config: MoleculeEgnnConfig,
  { seed = 0, gain = 300, volume = 2 }: { seed?: number; gain?: number; volume?: number } = {},
): HostTree<MoleculeEgnn> {
  return louder(initMoleculeEgnn(stream(seed, "weights"), config), gain, volume);
}

function louder<T>(parameters: T, gain: number, volume = 1): T {
  return mapTree(parameters, (leaf, path) => {
    const { data, shape } = leaf as unknown as HostTensor;
    const factor = path.endsWith("coordinates.mixing") ? gain : volume;
    return hostTensor((data as Float32Array).map((x) => factor * x), shape);
  }) as T;
}

/** Positions that a network predicts. */
export async function positionsOf(
  inputs: HostInputs,
  { parameters, config, executor = "wasm" }: {
    parameters: HostTree<MultichannelEgnn>;
    config: MultichannelEgnnConfig;
    executor?: ExecutorName;
  },
): Promise<Float32Array> {
  const output = await evaluate(
    executor,
    (inputs: DynamicsInputs, parameters: MultichannelEgnn) =>
      applyMultichannelEgnn(inputs, { parameters, config }).positions,
    inputs,
    parameters,
  );
  return (output as HostTensor).data as Float32Array;
}

/**
 * What a network makes of molecules: the property, and the coordinates `[batch, N, 3, K]` after the first
 * layer.
 */
export async function moleculesThrough(
  inputs: HostTree<MoleculeInputs>,
  { parameters, config, executor = "wasm" }: {
    parameters: HostTree<MoleculeEgnn>;
    config: MoleculeEgnnConfig;
    executor?: ExecutorName;
  },
): Promise<{ property: Float32Array; coordinates: Float32Array }> {
  const { property, layers: [{ coordinates }] } = await evaluate(
    executor,
    (inputs: MoleculeInputs, parameters: MoleculeEgnn) => applyMoleculeEgnn(inputs, { parameters, config }),
    inputs,
    parameters,
  );
  return { property: property.data as Float32Array, coordinates: coordinates.data as Float32Array };
}

/** Largest absolute difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= most)) most = difference;
  }
  return most;
}

/** An orthogonal 3 × 3 matrix with the given determinant, ±1, and rows orthonormalised from random ones. */
export function orthogonal(seed: number, determinant: 1 | -1): number[][] {
  const random = stream(seed, "orthogonal");
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const unit = (a: number[]) => a.map((x) => x / Math.sqrt(dot(a, a)));
  const first = unit([...random.normal(new Float64Array(3))]);
  const draw = [...random.normal(new Float64Array(3))];
  const second = unit(draw.map((x, i) => x - dot(draw, first) * first[i]));
  const third = [
    first[1] * second[2] - first[2] * second[1],
    first[2] * second[0] - first[0] * second[2],
    first[0] * second[1] - first[1] * second[0],
  ].map((x) => determinant * x);
  return [first, second, third];
}

/** Q x + t for every point of `[…, 3]`. */
export function moved(points: HostTensor, q: number[][], t: readonly number[] = [0, 0, 0]): HostTensor {
  return hostTensor(movedPoints(points.data, q, t), points.shape);
}

/** As {@link moved}, on numbers. */
export function movedPoints(
  x: ArrayLike<number>,
  q: number[][],
  t: readonly number[] = [0, 0, 0],
): Float32Array {
  return Float32Array.from(x, (_, i) => {
    const first = i - i % 3, row = q[i % 3];
    return row[0] * x[first] + row[1] * x[first + 1] + row[2] * x[first + 2] + t[i % 3];
  });
}

/**
 * Central differences of a scalar loss along every leaf's elements, against its gradient; returns the largest
 * error.
 */
export async function gradientError<P>(
  loss: (parameters: HostTree<P>) => Promise<number>,
  { parameters, gradient, step, entries }: {
    parameters: HostTree<P>;
    gradient: HostTree<P>;
    step: number;
    /** How many elements of each leaf are tried. */
    entries: number;
  },
): Promise<{ worst: number; path: string }> {
  const { leaves, paths } = flattenTree(parameters);
  const slopes = flattenTree(gradient).leaves as unknown as HostTensor[];
  let worst = 0, path = "";
  for (const [l, leaf] of (leaves as unknown as HostTensor[]).entries()) {
    const stride = Math.max(1, Math.floor(leaf.data.length / entries));
    for (let k = 0; k < leaf.data.length; k += stride) {
      const at = (shift: number) => {
        const data = (leaf.data as Float32Array).slice();
        data[k] += shift;
        const all = (leaves as unknown as HostTensor[]).with(l, hostTensor(data, leaf.shape));
        return loss(unflattenTree(parameters, all) as unknown as HostTree<P>);
      };
      const numeric = (await at(step) - await at(-step)) / (2 * step);
      const error = Math.abs(numeric - slopes[l].data[k]);
      if (!(error <= worst)) [worst, path] = [error, `${paths[l]}[${k}]`];
    }
  }
  return { worst, path };
}

export { compile };
