import assert from "node:assert/strict";
import { compile, type HostTensor, type HostTree } from "../../../../lib/compile/mod.ts";
import { decoratedLattices } from "../../../../lib/data/mod.ts";
import {
  cellColouring,
  cgcnnModel,
  type CrystalBatch,
  CrystalBatches,
  type CrystalModel,
  type CrystalSample,
  ecnModel,
  initSet2Set,
  megnetModel,
  plainColouring,
  primitiveGraph,
  type Set2Set,
  set2set,
  siteWidthFor,
  supercellGraph,
  trainCrystals,
} from "../../../../lib/methods/crystal_symmetry/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import {
  flattenTree,
  mapTree,
  type Tensor,
  tf,
  unflattenTree,
  valueAndGrad,
} from "../../../../lib/tensor/mod.ts";
import { EXECUTORS } from "../../nn/_check.ts";
import { distance, evaluate, oneBatch, SMALL } from "./_helpers.ts";
import { andC } from "../../compile/_executors.ts";

const RULE = { cutoff: 4 };

function samples(count: number, seed = 1): CrystalSample[] {
  return decoratedLattices({ samples: count, stream: stream(seed, "training") })
    .map(({ crystal, properties }) => ({ graph: primitiveGraph(crystal, RULE), target: properties.energy }));
}

const MODELS: readonly CrystalModel[] = [
  ecnModel({ ...SMALL, group: "pcubic" }),
  ecnModel({ ...SMALL, group: "set", hierarchical: true }),
  ecnModel({ ...SMALL, group: "pmonoclinic", regular: true }),
  cgcnnModel({ site: 6, bond: 4, hidden: 5 }),
  megnetModel({ embedding: 8, hidden: 16, width: 8 }),
] as readonly unknown[] as readonly CrystalModel[];

/** Predictions for some graphs in one batch. */
async function predictions(
  model: CrystalModel,
  parameters: HostTree<unknown>,
  graphs: readonly CrystalSample["graph"][],
): Promise<Float32Array> {
  const { batch, layout } = oneBatch(graphs, model.colouring);
  const output = await evaluate(
    "wasm",
    (batch: CrystalBatch, parameters: unknown) => model.predict(batch, { parameters, layout }),
    batch,
    parameters,
  );
  return (output as unknown as HostTensor).data as Float32Array;
}

for (const model of MODELS) {
  Deno.test(`${model.name}: parameters are counted, order and company of crystals do not matter`, async () => {
    const parameters = model.init(stream(0, "weights")) as HostTree<unknown>;
    const leaves = flattenTree(parameters).leaves as unknown as HostTensor[];
    assert.equal(leaves.reduce((sum, { data }) => sum + data.length, 0), model.parameterCount);
    const graphs = samples(6).map(({ graph }) => graph);
    const together = await predictions(model, parameters, graphs);
    const reversed = await predictions(model, parameters, graphs.toReversed());
    const alone = await Promise.all(
      graphs.map(async (graph) => (await predictions(model, parameters, [graph]))[0]),
    );
    assert.ok(distance(together, reversed.toReversed()) < 1e-5);
    assert.ok(distance(together, alone) < 1e-5);
    assert.ok(Math.max(...together) - Math.min(...together) > 1e-4, `${together}`);
  });

  Deno.test(`${model.name}: gradients equal finite differences`, async () => {
    const graphs = samples(3).map(({ graph }) => graph);
    const { batch, layout } = oneBatch(graphs, model.colouring);
    const parameters = model.init(stream(3, "weights")) as HostTree<unknown>;
    const program = await compile(
      (parameters: unknown, batch: CrystalBatch) => {
        const loss = (parameters: unknown) =>
          tf.sum(tf.square(tf.add(model.predict(batch, { parameters, layout }), 1)));
        const { value, grads } = valueAndGrad(loss, parameters);
        return { value, grads };
      },
      [parameters, batch],
      { executor: "wasm" },
    );
    const evaluateAt = async (at: HostTree<unknown>) => {
      const { value, grads } = await program.run(at, batch) as {
        value: HostTensor;
        grads: HostTree<unknown>;
      };
      return { value: value.data[0], gradient: grads };
    };
    const { gradient } = await evaluateAt(parameters);
    const { leaves } = flattenTree(parameters),
      slopes = flattenTree(gradient).leaves as unknown as HostTensor[];
    const step = 1e-3;
    // One entry of each leaf, the one with the steepest slope.
    for (let l = 0; l < leaves.length; l++) {
      const { data, shape } = leaves[l] as unknown as HostTensor;
      const slope = slopes[l].data as Float32Array;
      const at = slope.reduce((best, x, k) => Math.abs(x) > Math.abs(slope[best]) ? k : best, 0);
      const moved = async (by: number) => {
        const copy = (data as Float32Array).slice();
        copy[at] += by;
        const tree = unflattenTree(
          parameters,
          leaves.map((leaf, k) => k === l ? hostTensor(copy, shape) : leaf),
        );
        return (await evaluateAt(tree as HostTree<unknown>)).value;
      };
      const found = (await moved(step) - await moved(-step)) / (2 * step);
      // Kinks of relu and float32 cost accuracy.
      assert.ok(
        Math.abs(found - slope[at]) < 3e-2 * Math.abs(slope[at]) + 5e-3,
        `${flattenTree(parameters).paths[l]}: ${slope[at]}, differences ${found}`,
      );
    }
    await program.dispose();
  });

  Deno.test(`${model.name}: training lowers the error below the mean predictor's`, async () => {
    const all = samples(120, 2);
    const data = { train: all.slice(0, 80), valid: all.slice(80, 100), test: all.slice(100) };
    const options = {
      model,
      seed: 5,
      epochs: model.name === "MEGNet" ? 60 : 30,
      batchSize: 16,
      learningRate: 1e-2,
    };
    const { best, waste, predict } = await trainCrystals(data, options);
    const mean = data.train.reduce((sum, { target }) => sum + target, 0) / 80;
    const guess = data.test.reduce((sum, { target }) => sum + Math.abs(target - mean), 0) / 20;
    assert.ok(best.test < 0.8 * guess, `${best.test}, the mean's is ${guess}`);
    assert.ok(waste > 0 && waste < 0.35, `${waste}`);
    const predicted = await predict(data.test.map(({ graph }) => graph));
    const error = predicted.reduce((sum, y, i) => sum + Math.abs(y - data.test[i].target), 0) / 20;
    assert.ok(Math.abs(error - best.test) < 1e-9);
  });
}

Deno.test("planTraining() takes every crystal at most once an epoch, in batches of equal size", () => {
  const graphs = samples(50).map(({ graph }) => graph);
  const batches = new CrystalBatches(graphs, cellColouring("pcubic"));
  const plan = batches.planTraining({ batchSize: 8, epochs: 3, stream: stream(1, "plan") });
  assert.equal(plan.stepsPerEpoch, 6);
  assert.equal(plan.steps.length, 18);
  for (let epoch = 0; epoch < 3; epoch++) {
    const rows = plan.steps.slice(6 * epoch, 6 * epoch + 6).flatMap((step) => [...step]);
    assert.equal(new Set(rows).size, 48);
  }
  assert.notDeepEqual(plan.steps[0], plan.steps[6]);
  const pass = batches.planPass({ batchSize: 8 });
  assert.equal(new Set(pass.steps.flatMap((step) => [...step])).size, 50);
  assert.ok(pass.steps.every((step) => step.length <= 8));
  // Everything fits: filling never writes past a block.
  for (const { steps, layout } of [plan, pass]) {
    for (const rows of steps) {
      const batch = batches.example(layout);
      batches.fill(batch, { rows, layout });
      const edges = rows.reduce((sum, row) => sum + graphs[row].receivers.length, 0);
      const real = batch.all.receivers.data.filter((i) => i < layout.nodes - 1).length;
      assert.equal(real, edges);
    }
  }
  assert.throws(
    () => batches.planTraining({ batchSize: 51, epochs: 1, stream: stream(1, "plan") }),
    /batchSize must be an integer in \[1, 50\]: current value is 51/,
  );
});

Deno.test("trainCrystals() gives the same numbers every time, on wasm to the bit", async () => {
  const all = samples(30, 2),
    data = { train: all.slice(0, 16), valid: all.slice(16, 22), test: all.slice(22) };
  for (const executor of andC("native", "wasm")) {
    const options = { model: MODELS[0], seed: 5, epochs: 2, batchSize: 8, executor };
    const [one, two] = [await trainCrystals(data, options), await trainCrystals(data, options)];
    assert.deepEqual(one.evaluations, two.evaluations);
    assert.equal(one.best.test, two.best.test);
  }
});

Deno.test("trainCrystals() learns on supercells with cell one-hots, and by a rate that falls on plateaus", async () => {
  const all = decoratedLattices({ samples: 60, stream: stream(3, "training") })
    .map(({ crystal, properties }) => ({
      graph: supercellGraph(crystal, RULE),
      target: properties.energy,
    }));
  const data = { train: all.slice(0, 40), valid: all.slice(40, 50), test: all.slice(50) };
  const options = {
    model: ecnModel({ ...SMALL, group: "pcubic", breakSymmetry: true }),
    seed: 5,
    epochs: 40,
    batchSize: 8,
    learningRate: 1e-2,
  };
  const { epochLosses, steps } = await trainCrystals(data, { ...options, schedule: "constant" });
  assert.ok(epochLosses.at(-1)! < 0.7 * epochLosses[0], `${epochLosses}`);
  assert.equal(steps, 40 * 5);
  // Two falls to a hundredth end it before its time; without a fall it is the constant rate's training.
  const impatient = { factor: 0.1, patience: 0, least: 1e-4 };
  assert.ok((await trainCrystals(data, { ...options, schedule: impatient })).steps < 40 * 5);
  const patient = await trainCrystals(data, { ...options, schedule: { patience: 40 } });
  assert.deepEqual(patient.epochLosses, epochLosses);
});

Deno.test("planTraining() wastes little on a few hundred crystals", () => {
  // Neighbours by covalent radii, whose number is bounded.
  const graphs = decoratedLattices({ samples: 320, stream: stream(1, "training") })
    .map(({ crystal }) => primitiveGraph(crystal, { covalent: 0.5 }));
  for (const group of ["set", "pcubic", "ptriclinic"] as const) {
    const batches = new CrystalBatches(graphs, cellColouring(group));
    const { waste } = batches.planTraining({ batchSize: 32, epochs: 20, stream: stream(1, "plan") });
    assert.ok(waste < 0.3, `${group}: ${waste}`);
  }
});

Deno.test("trainCrystals() says what is wrong with the targets", async () => {
  const same = samples(8).map(({ graph }) => ({ graph, target: 1 }));
  await assert.rejects(
    trainCrystals({ train: same, valid: same, test: same }, {
      model: MODELS[0],
      seed: 0,
      epochs: 1,
      batchSize: 4,
    }),
    /targets must differ: their standard deviation is 0/,
  );
  const sound = samples(8), broken = sound.with(3, { ...sound[3], target: NaN });
  const options = { model: MODELS[0], seed: 0, epochs: 1, batchSize: 4 };
  await assert.rejects(
    trainCrystals({ train: sound, valid: broken, test: sound }, options),
    /targets must be finite: current value of valid sample 3 is NaN/,
  );
});

Deno.test("siteWidthFor() finds the width with the nearest number of parameters", () => {
  const sizes = { bondEmbedding: 8, layers: 2, final: 16 };
  const wanted = ecnModel({ ...sizes, site: 24, group: "set" }).parameterCount;
  for (const group of ["set", "pcubic", "ptriclinic"] as const) {
    const { colours } = cellColouring(group);
    const site = siteWidthFor(wanted, { ...sizes, colours });
    const count = (width: number) => ecnModel({ ...sizes, site: width, group }).parameterCount;
    for (const other of [site - 1, site + 1]) {
      assert.ok(Math.abs(count(site) - wanted) <= Math.abs(count(other) - wanted));
    }
  }
  assert.equal(siteWidthFor(wanted, { ...sizes, colours: 2 }), 24);
  assert.throws(() => siteWidthFor(10, { ...sizes, colours: 2 }), /parameters must be at least/);
  assert.equal(plainColouring().colours, 1);
});

for (const executor of EXECUTORS) {
  Deno.test(`set2set() reads sets as the definition says, on ${executor}`, async () => {
    const random = stream(4, "set2set"), F = 3, sizes = [2, 4];
    const x = random.normal(new Float32Array(6 * F)), sets = Int32Array.of(0, 1, 1, 0, 1, 1);
    const parameters = initSet2Set(random.split("weights"), { features: F });
    const found = await evaluate(
      executor,
      (x: Tensor, sets: Tensor, parameters: Set2Set) => set2set(x, { parameters, sets, count: 2, steps: 3 }),
      hostTensor(x, [6, F]),
      hostTensor(sets),
      parameters,
    );
    const { weight, bias } = mapTree(parameters, (leaf) => leaf).gates as HostTree<Set2Set>["gates"];
    const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
    const wanted = sizes.flatMap((_, set) => {
      const members = [...sets.keys()].filter((i) => sets[i] === set).map((
        i,
      ) => [...x.subarray(F * i, F * i + F)]);
      let answer = new Array<number>(2 * F).fill(0);
      const hidden = new Array<number>(F).fill(0), cell = hidden.slice();
      for (let step = 0; step < 3; step++) {
        const input = [...answer, ...hidden];
        const gates = Array.from(
          { length: 4 * F },
          (_, g) => input.reduce((sum, value, k) => sum + value * weight.data[k * 4 * F + g], bias.data[g]),
        );
        for (let k = 0; k < F; k++) {
          cell[k] = sigmoid(gates[F + k]) * cell[k] + sigmoid(gates[k]) * Math.tanh(gates[2 * F + k]);
          hidden[k] = sigmoid(gates[3 * F + k]) * Math.tanh(cell[k]);
        }
        const scores = members.map((member) =>
          Math.exp(member.reduce((sum, value, k) => sum + value * hidden[k], 0))
        );
        const total = scores.reduce((sum, score) => sum + score, 0);
        const read = hidden.map((_, k) =>
          members.reduce((sum, member, i) => sum + scores[i] / total * member[k], 0)
        );
        answer = [...hidden, ...read];
      }
      return answer;
    });
    assert.ok(distance((found as unknown as HostTensor).data, wanted) < 1e-5);
  });
}
