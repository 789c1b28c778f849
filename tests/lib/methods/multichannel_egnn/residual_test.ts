/** Networks that predict the residual to a straight line. */
import assert from "node:assert/strict";
import { loadDataSet, type SolarData } from "../../../../lib/data/mod.ts";
import { compile, type HostTensor } from "../../../../lib/compile/mod.ts";
import {
  driftPredictor,
  type DynamicsInputs,
  type DynamicsModel,
  residualToDrift,
  scoreDynamics,
} from "../../../../lib/nn/graphs/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { type MultichannelEgnn, multichannelEgnn } from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mapTree } from "../../../../lib/tensor/mod.ts";
import { bodiesOf } from "../../../../reproductions/2309.03139/experiments/solar.ts";
import { fit, splits } from "./_particles.ts";

const { value: solar } = await loadDataSet<SolarData>("solar/short", "stand-in");
const data = bodiesOf(solar, solar.test);
const network = (channels: number) =>
  multichannelEgnn({
    channels,
    layers: 3,
    hidden: 8,
    nodeFeatures: 2,
    edgeAttributes: 1,
    normaliseDifferences: true,
  });

/** Drawn parameters; all maps that move coordinates are 0 if `still`. */
function drawn(model: DynamicsModel<MultichannelEgnn>, still: boolean) {
  return mapTree(model.init(stream(0, "residual")), (leaf, path) => {
    const { data, shape } = leaf as unknown as HostTensor;
    const moves = /coordinates\.mixing|velocity\.mixing/.test(path);
    return hostTensor((data as Float32Array).map((x) => still && moves ? 0 : x), shape);
  }) as unknown as ReturnType<typeof model.init>;
}

async function predict(model: DynamicsModel<MultichannelEgnn>, still: boolean): Promise<Float32Array> {
  const { samples, nodes } = data;
  const parameters = drawn(model, still);
  const inputs = {
    positions: hostTensor(data.positions, [samples, nodes, 3]),
    velocities: hostTensor(data.velocities, [samples, nodes, 3]),
    nodeFeatures: hostTensor(data.nodeFeatures, [samples, nodes, 2]),
    edgeAttributes: hostTensor(data.edgeAttributes, [samples, nodes * (nodes - 1), 1]),
  };
  await using program = await compile(
    (inputs: DynamicsInputs, parameters: MultichannelEgnn) => model.predict(inputs, parameters),
    [inputs, parameters],
    { executor: "wasm", name: "residual" },
  );
  return (await program.run(inputs, parameters) as HostTensor).data as Float32Array;
}

for (const channels of [1, 3]) {
  // The mean over three equal channels at the end rounds.
  const ulps = channels === 1 ? 0 : 2;

  Deno.test(`a residual network that moves nothing is the drift, K = ${channels}: ${ulps} ulp`, async () => {
    const coefficient = Math.fround(solar.horizonDays);
    const model = residualToDrift(network(channels), { coefficient });
    const predicted = await predict(model, true);
    const { positions: x, velocities: v } = data;
    predicted.forEach((value, i) => {
      const wanted = Math.fround(x[i] + Math.fround(coefficient * v[i]));
      assert.ok(Math.abs(value - wanted) <= ulps * 2 ** -23 * Math.abs(x[i]), `${value} and ${wanted}`);
    });
    // So is its error, as far as float32 goes.
    const loss = "displacementWeighted";
    const [own, drift] = [predicted, driftPredictor(coefficient)(data)]
      .map((positions) => scoreDynamics(positions, { data, loss }));
    assert.ok(Math.abs(own.loss - drift.loss) < 1e-5 * drift.loss, `${own.loss} and ${drift.loss}`);
  });

  Deno.test(`a residual network adds the drift to the network's own motion, K = ${channels}`, async () => {
    const plain = network(channels), coefficient = 0.5;
    const [own, residual] = [
      await predict(plain, false),
      await predict(residualToDrift(plain, { coefficient }), false),
    ];
    const still = await predict(plain, true);
    still.forEach((value, i) => {
      const x = data.positions[i];
      assert.ok(Math.abs(value - x) <= ulps * 2 ** -23 * Math.abs(x), `${value} and ${x}`);
    });
    assert.ok(own.some((value, i) => Math.abs(value - data.positions[i]) > 1e-4));
    residual.forEach((value, i) =>
      assert.ok(Math.abs(value - own[i] - coefficient * data.velocities[i]) < 4e-6, `${i}`)
    );
  });
}

Deno.test("a residual network learns what the straight line leaves over", async () => {
  // Particles that drift by v and are pushed a little: the push is what is left to learn.
  const model = residualToDrift(multichannelEgnn({ layers: 2, hidden: 16 }), { coefficient: 1 });
  const drift = scoreDynamics(driftPredictor(1)(splits.test), { data: splits.test, loss: "meanSquared" });
  const { best } = await fit(model, { epochs: 30 });
  assert.ok(best.test < 0.5 * drift.loss, `${best.test} of ${drift.loss}`);
});

Deno.test("residualToDrift() refuses a time that is no number", () => {
  assert.throws(
    () => residualToDrift(multichannelEgnn(), { coefficient: NaN }),
    new RangeError("Cannot predict the residual to x + c v as c must be finite: current value is NaN"),
  );
});
