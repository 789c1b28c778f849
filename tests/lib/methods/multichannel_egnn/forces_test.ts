/** Forces as the negative gradient of an energy. */
import assert from "node:assert/strict";
import { readExtendedXyz, writeExtendedXyz } from "../../../../lib/data/mod.ts";
import type { HostTensor } from "../../../../lib/compile/mod.ts";
import {
  type MoleculeData,
  moleculeData,
  moleculeForces,
  type MoleculeModel,
  trainMolecules,
} from "../../../../lib/nn/graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { moleculeEgnn } from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mapTree, tf } from "../../../../lib/tensor/mod.ts";

/** Molecules of 2 to 5 atoms of H and C, padded to 6. */
function molecules(count: number, nodes = 6): MoleculeData {
  const random = stream(3, "forces");
  const all = Array.from({ length: count }, (_, k) => {
    const atoms = 2 + k % 4;
    return {
      atomicNumbers: Array.from({ length: atoms }, (_, i) => (i + k) % 3 === 0 ? 6 : 1),
      positions: random.normal(new Float64Array(3 * atoms)).map((x) => 1.5 * x),
    };
  });
  const targets = all.map(({ atomicNumbers }) => -atomicNumbers.reduce((sum, z) => sum + z, 0));
  return moleculeData(all, { targets, elements: [1, 6], nodes });
}

/** E = Σ_{i<j} |x_i − x_j|²/2 over real atoms, in closed form. */
const springs: MoleculeModel<{ k: HostTensor }> = {
  name: "springs",
  parameterCount: 1,
  nodeFeatures: 6,
  init: () => ({ k: hostTensor([1]) }) as never,
  predict({ positions, nodeMask }) {
    const gap = tf.sub(tf.expandDims(positions, 2), tf.expandDims(positions, 1));
    const pairs = tf.mul(tf.expandDims(nodeMask, 2), tf.expandDims(nodeMask, 1));
    return tf.div(tf.sum(tf.mul(tf.sum(tf.square(gap), 3), pairs), [1, 2]), 4);
  },
};

Deno.test("moleculeForces() are those of springs in closed form, scaled, and 0 on padding", async () => {
  const data = molecules(7), { nodes, positions: x, nodeMask } = data;
  const scaling = { mean: -4, deviation: 2.5 };
  const { energies, forces } = await moleculeForces(data, {
    model: springs,
    parameters: springs.init(stream(0, "springs")),
    scaling,
    batchSize: 3,
    executor: "wasm",
  });
  for (let m = 0; m < 7; m++) {
    let energy = 0;
    for (let i = m * nodes; i < (m + 1) * nodes; i++) {
      const force = [0, 0, 0];
      for (let j = m * nodes; j < (m + 1) * nodes; j++) {
        if (nodeMask[i] * nodeMask[j] === 0) continue;
        for (let axis = 0; axis < 3; axis++) {
          const gap = x[3 * i + axis] - x[3 * j + axis];
          force[axis] -= 2.5 * gap;
          energy += gap * gap / 4;
        }
      }
      for (let axis = 0; axis < 3; axis++) {
        assert.ok(Math.abs(forces[3 * i + axis] - force[axis]) < 2e-5, `molecule ${m}`);
      }
      if (nodeMask[i] === 0) assert.deepEqual([...forces.subarray(3 * i, 3 * i + 3)], [0, 0, 0]);
    }
    assert.ok(Math.abs(energies[m] - (-4 + 2.5 * energy)) < 1e-4, `molecule ${m}`);
  }
});

for (const channels of [1, 3]) {
  Deno.test(`moleculeForces() are minus the differences of energies, K = ${channels}`, async () => {
    const model = moleculeEgnn({ channels, layers: 3, hidden: 8, nodeFeatures: 6 });
    // The maps that move coordinates start tiny: louder, so that forces through them count.
    const parameters = mapTree(model.init(stream(1, "forces")), (leaf, path) => {
      const { data, shape } = leaf as unknown as HostTensor;
      const factor = path.endsWith("coordinates.mixing") ? 200 : 2.5;
      return hostTensor((data as Float32Array).map((x) => factor * x), shape);
    }) as unknown as ReturnType<typeof model.init>;
    const data = molecules(4), { nodes, positions, nodeMask } = data;
    const options = { model, parameters, batchSize: 4, executor: "wasm" } as const;
    const { forces } = await moleculeForces(data, options);
    const most = forces.reduce((most, f) => Math.max(most, Math.abs(f)), 0);
    assert.ok(most > 0.05, `${most}`);
    const step = 2 ** -6;
    for (let k = 0; k < 3 * nodes; k++) {
      const at = async (sign: number) => {
        const moved = positions.map((x, i) => i % (3 * nodes) === k ? x + sign * step : x);
        return (await moleculeForces({ ...data, positions: moved }, options)).energies;
      };
      const [up, down] = [await at(1), await at(-1)];
      for (let m = 0; m < 4; m++) {
        if (nodeMask[m * nodes + Math.floor(k / 3)] === 0) continue;
        const wanted = -(up[m] - down[m]) / (2 * step), found = forces[3 * nodes * m + k];
        assert.ok(Math.abs(found - wanted) < 3e-3 * most, `molecule ${m}, ${k}: ${found}, ${wanted}`);
      }
    }
    // No net force and no torque, as energies do not change when all is moved or turned.
    for (let m = 0; m < 4; m++) {
      const sum = new Float64Array(6);
      for (let i = m * nodes; i < (m + 1) * nodes; i++) {
        const [x, f] = [positions, forces].map((values) => values.subarray(3 * i, 3 * i + 3));
        for (let a = 0; a < 3; a++) {
          const [b, c] = [(a + 1) % 3, (a + 2) % 3];
          sum[a] += f[a];
          sum[3 + a] += x[b] * f[c] - x[c] * f[b];
        }
      }
      assert.ok(sum.every((value) => Math.abs(value) < 2e-5 * most * nodes), `${sum}`);
    }
  });
}

Deno.test("a trained network gives forces, predicts other sizes, and its forces go to a file and back", async () => {
  const data = molecules(24);
  await using trained = await trainMolecules({ train: data, valid: data, test: data }, {
    model: moleculeEgnn({ channels: 2, layers: 2, hidden: 8, nodeFeatures: 6 }),
    seed: 0,
    epochs: 2,
    batchSize: 8,
    executor: "wasm",
  });
  const [energies, wide] = [await trained.predict(data), await trained.predict(molecules(24, 9))];
  energies.forEach((energy, m) => assert.ok(Math.abs(energy - wide[m]) < 1e-4 * Math.abs(energy)));
  const own = await trained.forces(data);
  own.energies.forEach((energy, m) => assert.ok(Math.abs(energy - energies[m]) < 1e-5 * Math.abs(energy)));
  const frames = [0, 1, 2].map((m) => {
    const atoms = 2 + m % 4, first = 3 * m * data.nodes;
    return {
      atomicNumbers: Uint8Array.from({ length: atoms }, (_, i) => (i + m) % 3 === 0 ? 6 : 1),
      positions: Float64Array.from(data.positions.subarray(first, first + 3 * atoms)),
      forces: own.forces.slice(first, first + 3 * atoms),
      energy: own.energies[m],
      info: {},
      columns: {},
    };
  });
  assert.deepEqual(readExtendedXyz(writeExtendedXyz(frames)), frames);
  const wrong = { ...data, nodeFeatures: data.nodeFeatures.subarray(0, 24 * 6 * 3) };
  await assert.rejects(trained.forces(wrong), /there must be 6 atom features: current value is 3/);
});
