import assert from "node:assert/strict";
import { compile } from "../../../../../lib/compile/mod.ts";
import {
  discriminatorLogit,
  discriminatorLoss,
  gofarValueLoss,
  trainGofar,
} from "../../../../../lib/methods/merlin/mod.ts";
import { type Dense, hostTensor } from "../../../../../lib/nn/mod.ts";
import { flattenTree, type HostTree, type Tensor, tf, valueAndGrad } from "../../../../../lib/tensor/mod.ts";
import { applyPlain, type PlainMlp, plainMlp, plainRows, toTensors } from "./_layers.ts";
import { assertClose, meanOf } from "./_numbers.ts";
import { assertLearns, pointEpisodes } from "./_trained.ts";

const judge = plainMlp(3, [2, 4, 3, 1]);
const achieved = plainRows(5, 4, 1), goal = plainRows(6, 4, 1), mix = [[0.1], [0.5], [0.9], [0.3]];
const PENALTY = 0.7;
const logit = (layers: PlainMlp, pair: readonly number[]) => applyPlain(layers, pair, Math.tanh)[0];

/** The loss in float64, with the gradient by the pair from central differences. */
function plainLoss(layers: PlainMlp): number {
  const rows = goal.map(([g], i) => {
    const a = achieved[i][0], u = mix[i][0], pair = [u * g + (1 - u) * a, g], e = 1e-4;
    const slopes = pair.map((_, k) => {
      const moved = (by: number) => logit(layers, pair.map((x, j) => j === k ? x + by : x));
      return (moved(e) - moved(-e)) / (2 * e);
    });
    const told = Math.log1p(Math.exp(-logit(layers, [g, g]))) + Math.log1p(Math.exp(logit(layers, [a, g])));
    return told + PENALTY * (Math.hypot(...slopes) - 1) ** 2;
  });
  return meanOf(rows);
}

const batch = () => ({ achieved: tf.tensor2d(achieved), goal: tf.tensor2d(goal), mix: tf.tensor2d(mix) });

Deno.test("discriminatorLoss() and its gradient, through the penalty's own, are those of differences", () => {
  tf.tidy(() => {
    const { value, grads } = valueAndGrad(
      (layers: readonly Dense[]) => discriminatorLoss(layers, { ...batch(), penalty: PENALTY }),
      toTensors(judge),
    );
    assertClose(value.dataSync(), [plainLoss(judge)]);
    const e = 1e-4;
    judge.forEach(({ weight, bias }, layer) => {
      const changed = (change: (copy: { weight: number[][]; bias: number[] }) => void) => {
        const copy = structuredClone(judge) as { weight: number[][]; bias: number[] }[];
        change(copy[layer]);
        return plainLoss(copy);
      };
      const byWeight = weight.map((row, j) =>
        row.map((_, k) =>
          (changed((to) => to.weight[j][k] += e) - changed((to) => to.weight[j][k] -= e)) / (2 * e)
        )
      );
      const byBias = bias.map((_, k) =>
        (changed((to) => to.bias[k] += e) - changed((to) => to.bias[k] -= e)) / (2 * e)
      );
      assertClose(grads[layer].weight.dataSync(), byWeight.flat(), 1e-4);
      assertClose(grads[layer].bias.dataSync(), byBias, 1e-4);
    });
  });
});

Deno.test("discriminatorLoss() has the same second derivatives in a compiled program", async () => {
  const layers = judge.map(({ weight, bias }) => ({ weight: hostTensor(weight), bias: hostTensor(bias) }));
  const host = { achieved: hostTensor(achieved), goal: hostTensor(goal), mix: hostTensor(mix) };
  type Input = { achieved: Tensor; goal: Tensor; mix: Tensor };
  await using program = await compile(
    (layers: readonly Dense[], input: Input) =>
      valueAndGrad(
        (layers: readonly Dense[]) => discriminatorLoss(layers, { ...input, penalty: PENALTY }),
        layers,
      )
        .grads,
    [layers as HostTree<readonly Dense[]>, host],
  );
  const compiled = flattenTree(await program.run(layers as HostTree<readonly Dense[]>, host)).leaves;
  tf.tidy(() => {
    const { grads } = valueAndGrad(
      (layers: readonly Dense[]) => discriminatorLoss(layers, { ...batch(), penalty: PENALTY }),
      toTensors(judge),
    );
    (flattenTree(grads).leaves as Tensor[]).forEach((leaf, i) =>
      assertClose(compiled[i].data, leaf.dataSync(), 1e-5)
    );
  });
});

Deno.test("discriminatorLogit() is log D − log(1 − D)", () => {
  tf.tidy(() => {
    const found = discriminatorLogit(toTensors(judge), batch()).dataSync();
    const expected = achieved.map(([a], i) => {
      const d = 1 / (1 + Math.exp(-logit(judge, [a, goal[i][0]])));
      return Math.log(d) - Math.log(1 - d);
    });
    assertClose(found, expected);
  });
});

Deno.test("gofarValueLoss() is (1 − γ) V(s_0) + (e + 1)², and its weights are relu(e + 1)", () => {
  const value = plainMlp(8, [3, 4, 1]), discount = 0.9, backup = [0.5, -3, 1, -1.2];
  const [s, initial] = [plainRows(9, 4, 2), plainRows(10, 4, 2)];
  const v = (rows: number[][]) => rows.map((row, i) => applyPlain(value, [...row, ...goal[i]])[0]);
  const raised = v(s).map((v, i) => backup[i] - v + 1);
  assert.ok(raised.some((x) => x < 0) && raised.some((x) => x > 0));
  tf.tidy(() => {
    const { value: loss, aux } = gofarValueLoss(toTensors(value), {
      ...{ observation: tf.tensor2d(s), initial: tf.tensor2d(initial), goal: tf.tensor2d(goal) },
      ...{ backup: tf.tensor1d(backup), discount },
    });
    assertClose(loss.dataSync(), [0.1 * meanOf(v(initial)) + meanOf(raised.map((x) => x ** 2))]);
    assertClose(aux.dataSync(), raised.map((x) => Math.max(0, x)));
  });
});

Deno.test("trainGofar() reaches goals from the expert's data", async () => {
  const options = { seed: 1, steps: 400, batchSize: 128, hidden: [64, 64], learningRate: 2e-3 };
  await assertLearns(() => trainGofar(pointEpisodes(200, { expert: true }), options), { least: 12 });
});
