import assert from "node:assert/strict";
import {
  chargedParticles,
  type DynamicsData,
  moleculeData,
  trainDynamics,
  trainMolecules,
} from "../../../../lib/nn/graphs/mod.ts";
import { moleculeEgnn, multichannelEgnn } from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

function free(name: string, { nodes = 2, scale = 1 } = {}): DynamicsData {
  const random = stream(0, name), n = 8 * nodes * 3;
  const positions = random.normal(new Float32Array(n)).map((value) => value * scale);
  const velocities = random.normal(new Float32Array(n));
  const targets = positions.map((value, i) => value + velocities[i]);
  return chargedParticles({ nodes, positions, velocities, targets }, Array(8 * nodes).fill(1));
}
const fit = async (data: Partial<Record<"train" | "valid" | "test", DynamicsData>>, more: object = {}) => {
  const splits = { train: free("a"), valid: free("b"), test: free("c"), ...data };
  const model = multichannelEgnn({
    channels: 2,
    layers: 2,
    hidden: 4,
    edgeAttributes: splits.train.nodes > 1 ? 2 : 0,
  });
  await using trained = await trainDynamics(splits, {
    model,
    seed: 0,
    epochs: 1,
    batchSize: 4,
    executor: "wasm",
    ...more,
  });
  return trained.best.test;
};
const changed = (field: "positions" | "velocities" | "targets", at: number, value: number) => {
  const data = free("d"), list = data[field].slice();
  list[at] = value;
  return { ...data, [field]: list };
};

Deno.test("trainDynamics() names split, sample and number of what no network can take", async () => {
  assert.ok(Number.isFinite(await fit({})));
  const cases: [Promise<number>, RegExp][] = [
    [
      fit({ train: free("a", { scale: 1e20 }) }),
      /train samples as their positions must be at most 1000000000000000/,
    ],
    [
      fit({ train: changed("positions", 7, NaN) }),
      /train samples as their positions must be finite: current value 1 of sample 1 is NaN/,
    ],
    [
      fit({ valid: changed("velocities", 13, Infinity) }),
      /valid .* velocities must be finite: current value 1 of sample 2/,
    ],
    [
      fit({ test: changed("targets", 0, NaN) }),
      /test .* targets must be finite: current value 0 of sample 0/,
    ],
  ];
  for (const [result, message] of cases) await assert.rejects(result, { name: "RangeError", message });
});

Deno.test("trainDynamics() names a body at rest where displacements weight the loss", async () => {
  const rest = free("d"), targets = rest.targets.slice();
  targets.set(rest.positions.subarray(9, 12), 9);
  await assert.rejects(fit({ train: { ...rest, targets } }, { loss: "displacementWeighted" }), {
    name: "RangeError",
    message: /body 1 of train sample 1 is at rest/,
  });
  assert.ok(Number.isFinite(await fit({ train: { ...rest, targets } })), "other losses do not mind");
});

Deno.test("graphs of a single node are refused with a remedy, which works", async () => {
  const one = (name: string) => free(name, { nodes: 1 });
  await assert.rejects(fit({ train: one("a"), valid: one("b"), test: one("c") }), {
    name: "RangeError",
    message: /graphs must have >= 2 nodes: current value is 1; add a node of padding/,
  });
  const atoms = [1, 6, 7, 8].map((z) => ({ atomicNumbers: [z], positions: [0, 0, 0] }));
  const train = async (nodes?: number) => {
    const data = moleculeData(atoms, { targets: [1, 6, 7, 8], nodes });
    const model = moleculeEgnn({ channels: 2, layers: 2, hidden: 4 });
    const options = { model, seed: 0, epochs: 1, batchSize: 4, executor: "wasm" } as const;
    await using trained = await trainMolecules({ train: data, valid: data, test: data }, options);
    return trained.best.test;
  };
  await assert.rejects(train(), /graphs must have >= 2 nodes/);
  assert.ok(Number.isFinite(await train(2)));
});
