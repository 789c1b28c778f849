import assert from "node:assert/strict";
import type { HostTensor, HostTree } from "../../../../lib/compile/mod.ts";
import {
  applyMoleculeEgnn,
  type MoleculeEgnn,
  type MoleculeEgnnConfig,
} from "../../../../lib/methods/multichannel_egnn/mod.ts";
import type { MoleculeInputs } from "../../../../lib/nn/graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import {
  distance,
  evaluate,
  moleculesThrough,
  moved,
  orthogonal,
  randomMoleculeParameters,
} from "./_helpers.ts";

const FEATURES = 3;

/** Random molecules with the given numbers of atoms, padded to `nodes` with zeros. */
function molecules(atoms: readonly number[], nodes: number): HostTree<MoleculeInputs> {
  const random = stream(0, "molecules");
  const filled = (width: number) => {
    const out = new Float32Array(atoms.length * nodes * width);
    atoms.forEach((count, b) => {
      const start = b * nodes * width;
      random.split(String(width), String(b)).normal(out.subarray(start, start + count * width));
    });
    return hostTensor(out, [atoms.length, nodes, width]);
  };
  const mask = atoms.flatMap((count) => Array.from({ length: nodes }, (_, i) => i < count ? 1 : 0));
  return {
    positions: filled(3),
    nodeFeatures: filled(FEATURES),
    nodeMask: hostTensor(Float32Array.from(mask), [atoms.length, nodes]),
  };
}

/** Q x + t for the real atoms; padding stays at the origin. */
function carried(
  inputs: HostTree<MoleculeInputs>,
  q: number[][],
  t: readonly number[],
): HostTree<MoleculeInputs> {
  const { data, shape } = moved(inputs.positions, q, t);
  const mask = inputs.nodeMask.data;
  return {
    ...inputs,
    positions: hostTensor((data as Float32Array).map((x, k) => x * mask[Math.floor(k / 3)]), shape),
  };
}

const IDENTITY = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], SHIFT = [3, -1, 2];
const base: MoleculeEgnnConfig = { layers: 3, hidden: 8, nodeFeatures: FEATURES };

for (const channels of [1, 2, 3, 5]) {
  for (const normaliseDifferences of [false, true]) {
    Deno.test(`MC-EGNN for molecules is E(3)-invariant at K = ${channels}, norm_diff ${normaliseDifferences}`, async () => {
      const config = { ...base, channels, normaliseDifferences };
      const parameters = randomMoleculeParameters(config);
      const inputs = molecules([4, 6, 2], 6);
      const { property } = await moleculesThrough(inputs, { parameters, config });
      for (const q of [IDENTITY, orthogonal(1, 1), orthogonal(1, -1)]) {
        const other = await moleculesThrough(carried(inputs, q, SHIFT), { parameters, config });
        assert.ok(distance(property, other.property) < 1e-4, String(distance(property, other.property)));
      }
      // The prediction feels the updates of coordinates.
      const still = randomMoleculeParameters(config, { gain: 0 });
      const unmoved = await moleculesThrough(inputs, { parameters: still, config });
      assert.ok(distance(property, unmoved.property) > 1e-2, String(distance(property, unmoved.property)));
    });
  }
}

/**
 * How far the coordinates of real atoms, and the predictions, are from what they should be once the origin
 * has moved.
 */
async function originError(atoms: readonly number[], config: MoleculeEgnnConfig) {
  const parameters = randomMoleculeParameters(config), inputs = molecules(atoms, 6);
  const plain = await moleculesThrough(inputs, { parameters, config });
  const other = await moleculesThrough(carried(inputs, IDENTITY, SHIFT), { parameters, config });
  const K = config.channels ?? 1, mask = inputs.nodeMask.data;
  const error = plain.coordinates.map((x, k) =>
    mask[Math.floor(k / (3 * K))] * Math.abs(other.coordinates[k] - x - SHIFT[Math.floor(k / K) % 3])
  );
  return { coordinates: Math.max(...error), property: distance(plain.property, other.property) };
}

for (const channels of [1, 3]) {
  Deno.test(`MC-EGNN for molecules loses translation equivariance on padded molecules when unmasked as released, K = ${channels}`, async () => {
    const config = { ...base, channels };
    assert.ok((await originError([4, 2], config)).coordinates < 1e-4);
    const unmasked = { ...config, maskCoordinates: false };
    assert.ok((await originError([4, 2], unmasked)).coordinates > 1e-2);
    assert.ok((await originError([6, 6], unmasked)).coordinates < 1e-4, "without padding");
    // Padding pulls all atoms of a molecule alike: distances, and so the prediction, do not see the origin,
    assert.ok((await originError([4, 2], unmasked)).property < 1e-4);
    // unless the pull is not linear in the distance.
    const normalised = await originError([4, 2], { ...unmasked, normaliseDifferences: true });
    assert.ok(normalised.property > 1e-2, String(normalised.property));
  });
}

Deno.test("MC-EGNN for molecules does not see the amount of padding, unless unmasked as released", async () => {
  for (const maskCoordinates of [true, false]) {
    const config = { ...base, channels: 3, maskCoordinates };
    const parameters = randomMoleculeParameters(config);
    const tight = await moleculesThrough(molecules([4], 4), { parameters, config });
    const wide = await moleculesThrough(molecules([4], 9), { parameters, config });
    const change = distance(tight.property, wide.property);
    assert.ok(maskCoordinates ? change < 1e-5 : change > 1e-2, String(change));
  }
});

Deno.test("MC-EGNN for molecules with fixed coordinates does not depend on K", async () => {
  const config = { ...base, updateCoordinates: false };
  const parameters = randomMoleculeParameters(config), inputs = molecules([4, 6], 6);
  const one = await moleculesThrough(inputs, { parameters, config });
  const three = await moleculesThrough(inputs, { parameters, config: { ...config, channels: 3 } });
  assert.deepEqual([...one.property], [...three.property]);
});

Deno.test("MC-EGNN for molecules is invariant to permutations of the atoms", async () => {
  const config = { ...base, channels: 3 }, order = [2, 0, 3, 1];
  const parameters = randomMoleculeParameters(config), inputs = molecules([4], 4);
  const rows = ({ data, shape }: HostTensor) =>
    hostTensor(
      Float32Array.from(
        order.flatMap((k) => [...data.subarray(k * data.length / 4, (k + 1) * data.length / 4)]),
      ),
      shape,
    );
  const other = { ...inputs, positions: rows(inputs.positions), nodeFeatures: rows(inputs.nodeFeatures) };
  const [a, b] = [inputs, other].map((x) => moleculesThrough(x, { parameters, config }));
  assert.ok(distance((await a).property, (await b).property) < 1e-5);
});

Deno.test("MC-EGNN for molecules has the same gradient with padding, where distances of 0 occur", async () => {
  const config = { ...base, channels: 3, normaliseDifferences: true };
  const parameters = randomMoleculeParameters(config);
  const gradient = async (nodes: number) =>
    flattenTree(
      await evaluate(
        "wasm",
        (p: MoleculeEgnn, inputs: MoleculeInputs) =>
          valueAndGrad(
            (p: MoleculeEgnn) => tf.sum(applyMoleculeEgnn(inputs, { parameters: p, config }).property),
            p,
          ).grads,
        parameters,
        molecules([4, 3], nodes),
      ),
    ).leaves as unknown as HostTensor[];
  const [tight, wide] = [await gradient(4), await gradient(7)];
  const scale = Math.max(...tight.map(({ data }) => distance(data, new Float32Array(data.length))));
  assert.ok(scale > 0.1);
  tight.forEach(({ data }, i) => assert.ok(distance(data, wide[i].data) < 1e-5 * scale, `leaf ${i}`));
});
