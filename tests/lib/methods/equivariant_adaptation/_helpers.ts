import assert from "node:assert/strict";
import type { HostTree } from "../../../../lib/compile/mod.ts";
import {
  convJudge,
  cosineEnergy,
  type Energy,
  groupEnergy,
  mlpJudge,
  voteEnergy,
  wideGroupEnergy,
} from "../../../../lib/methods/equivariant_adaptation/mod.ts";
import { cyclic, dihedral, groupOrder, type PlanarGroup } from "../../../../lib/nn/group/mod.ts";
import { constants } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";

export const C4 = cyclic(4), D4 = dihedral(4);

/** Random images in [0, 1]. */
export function images(count: number, { size = 12, channels = 3, name = "images" } = {}): Tensor {
  const data = stream(7, name).uniform(new Float32Array(count * size * size * channels));
  return tf.tensor4d(data, [count, size, size, channels]);
}

/** All energies for images of 12 × 12 × 3, over one group. */
export function energies(group: PlanarGroup): Energy<unknown, unknown>[] {
  const order = groupOrder(group), pixels = 12 * 12 * 3;
  return [
    voteEnergy(mlpJudge({ pixels, hidden: 5 }), group),
    voteEnergy(convJudge({ widths: [4, 6], votes: order }), group),
    cosineEnergy(mlpJudge({ pixels, hidden: 5, votes: 6 }), { group, width: 6 }),
    groupEnergy({ group, size: 3, channels: 3 }),
    wideGroupEnergy({ group, size: 3, widths: [2, 2, 4], blocks: 1, outputs: 3 }),
  ] as Energy<unknown, unknown>[];
}

/** A freshly drawn energy as a function of images. */
export function drawn(energy: Energy<unknown, unknown>, seed = 1): (x: Tensor) => Tensor {
  const start = energy.init(stream(seed, "energy"));
  type State = { parameters: unknown; buffers: unknown };
  const state = constants<State>(start as HostTree<State>);
  return (x) => energy.activations(x, { ...state, training: false }).activations;
}

/** Asserts that two tensors agree. */
export function close(actual: Tensor, wanted: Tensor | readonly number[], tolerance = 1e-5, what = ""): void {
  const [a, b] = [actual.dataSync(), Array.isArray(wanted) ? wanted : (wanted as Tensor).dataSync()];
  assert.equal(a.length, b.length, what);
  a.forEach((value, i) =>
    assert.ok(Math.abs(value - b[i]) <= tolerance, `${what} ${i}: ${value}, not ${b[i]}`)
  );
}
