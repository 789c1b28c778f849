/** Exact starts, waves, functions drawn in every step, causal weights. */
import assert from "node:assert/strict";
import {
  objectiveOf,
  operatorEvaluator,
  solveHeat,
  trainOperator,
  type TrainOperatorOptions,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { causalWeights } from "../../../../lib/methods/lie_symmetry/_loss.ts";
import { tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { grid, held, initial, OPTIONS, PROBLEM } from "./_training.ts";

const byteOf = ({ parameters }: Awaited<ReturnType<typeof trainOperator>>) => JSON.stringify(parameters);

Deno.test("trainOperator() with an exact start has the initial values whatever the parameters", async () => {
  for (const pointsOf of ["shared", "per function"] as const) {
    const options = {
      ...OPTIONS,
      pointsOf,
      start: "exact",
      objective: objectiveOf("pinn", PROBLEM, { alpha: 1 }),
    } as const;
    const { parameters, losses } = await trainOperator({
      ...options,
      activation: "sin",
      steps: 200,
      every: 50,
    });
    assert.ok(losses[3] < losses[0], `${losses}`);
    const evaluator = await operatorEvaluator(parameters, {
      problem: PROBLEM,
      sensors: 8,
      initial: held,
      grid,
      activation: "sin",
      start: "exact",
    });
    const { values, residuals } = await evaluator.evaluate(parameters);
    const truth = solveHeat(held, { nu: 0.1, grid });
    for (let k = 0; k < held.coefficients.rows; k++) {
      for (let j = 0; j < 8; j++) assert.ok(Math.abs(values[k * 40 + j] - truth.values[k * 40 + j]) < 1e-5);
    }
    // Δ against differences of the predictions on a fine grid.
    const h = 0.02, x = 1.3, t = 0.4;
    const fine = { positions: Float64Array.of(x - h, x, x + h), times: Float64Array.of(t - h, t, t + h) };
    const near = await operatorEvaluator(parameters, {
      problem: PROBLEM,
      sensors: 8,
      initial: held,
      grid: fine,
      activation: "sin",
      start: "exact",
    });
    const { values: u, residuals: delta } = await near.evaluate(parameters);
    const rate = (u[7] - u[1]) / (2 * h) - 0.1 * (u[3] - 2 * u[4] + u[5]) / h ** 2;
    assert.ok(Math.abs(rate - delta[4]) < 5e-3 * (1 + Math.abs(delta[4])), `${rate} and ${delta[4]}`);
    assert.ok(residuals.every(Number.isFinite));
    await evaluator.dispose();
    await near.dispose();
  }
});

Deno.test("trainOperator() with waves asks for initial values only, and with an exact start for the equation only", async () => {
  const sizes = { ...OPTIONS.sizes, waves: 2 };
  const train = (change: Partial<TrainOperatorOptions>) =>
    trainOperator({ ...OPTIONS, sizes, activation: "sin", learningRate: 1e-2, ...change });
  const objective = objectiveOf("pinn", PROBLEM, { alpha: 1 });
  const { losses } = await train({ objective, steps: 400, every: 100 });
  assert.ok(losses[3] < 0.1 * losses[0], `${losses}`);
  // Periodicity costs nothing, asked for or not.
  const [asked, not] = await Promise.all(
    [true, false].map((matchSlopes) => train({ objective, matchSlopes })),
  );
  assert.equal(byteOf(asked), byteOf(not));
  const exact = (gamma: number) =>
    train({ objective: objectiveOf("pinn", PROBLEM, { alpha: 1, gamma }), start: "exact" });
  assert.equal(byteOf(await exact(1)), byteOf(await exact(100)));
});

Deno.test("trainOperator() takes so many of its functions in every step, with what belongs to them", async () => {
  const lossOf = async (change: Partial<TrainOperatorOptions>) =>
    (await trainOperator({ ...OPTIONS, steps: 1, learningRate: 0, ...change })).losses[0];
  // All of them, in another order: the same mean loss, also with points or true values of their own.
  const truth = solveHeat(initial, { nu: 0.1, grid });
  for (
    const change of [{}, { pointsOf: "per function" }, {
      objective: { supervised: 1 },
      truth,
      pointsOf: "per function",
    }] as const
  ) {
    const [all, chosen] = [await lossOf(change), await lossOf({ ...change, functionsPerStep: 8 })];
    assert.ok(Math.abs(all / chosen - 1) < 1e-5, `${all} and ${chosen}`);
  }
  // Two of them, others in every step: of the same points and network the loss differs from step to step.
  const { losses } = await trainOperator({
    ...OPTIONS,
    objective: { residual: 1 },
    functionsPerStep: 2,
    learningRate: 0,
    steps: 4,
    every: 1,
  });
  assert.ok(new Set(losses).size > 1, `${losses}`);
  for (const functionsPerStep of [0, 9, 1.5]) {
    await assert.rejects(
      trainOperator({ ...OPTIONS, functionsPerStep }),
      /functionsPerStep must be an integer in \[1, 8\]/,
    );
  }
});

Deno.test("causal weights are those of brute force, at points in any order, and constants for gradients", () => {
  const delta = [[0.5, -1, 2, 0.1], [1.5, 0, -1, 0.3]], times = [0.7, 0.2, 0.9, 0.4];
  tf.tidy(() => {
    const t = tf.tensor2d([times]);
    const weights = causalWeights(tf.tensor2d(delta), t, 3).dataSync();
    times.forEach((time, i) => {
      const before = times.reduce(
        (sum, other, j) => other < time ? sum + (delta[0][j] ** 2 + delta[1][j] ** 2) / 2 : sum,
        0,
      );
      assert.ok(Math.abs(weights[i] - Math.exp(-3 * before / 4)) < 1e-6, `${i}`);
    });
    assert.equal(weights[1], 1); // the earliest
    const { grads } = valueAndGrad(({ d }) => tf.sum(causalWeights(d, t, 3)), { d: tf.tensor2d(delta) });
    assert.ok(grads.d.dataSync().every((value) => value === 0));
  });
});

Deno.test("trainOperator() with causal weights: none of strength 0, all methods alike, and shared points only", async () => {
  const train = (method: "pinn" | "symmetry" | "pinn-weighted", causal?: number) =>
    trainOperator({
      ...OPTIONS,
      objective: objectiveOf(method, PROBLEM, { alpha: 1, beta: 0.1, gamma: 0, causal }),
    });
  const [plain, none, some] = await Promise.all([undefined, 0, 1e3].map((causal) => train("pinn", causal)));
  assert.ok(Math.abs(plain.losses[0] / none.losses[0] - 1) < 1e-6);
  assert.ok(some.losses[0] < 0.9 * plain.losses[0], `${some.losses[0] / plain.losses[0]}`);
  // The point form is the weighted loss with causal weights, too.
  const [symmetry, weighted] = [await train("symmetry", 20), await train("pinn-weighted", 20)];
  assert.ok(Math.abs(symmetry.losses[0] / weighted.losses[0] - 1) < 1e-4);
  await assert.rejects(
    trainOperator({ ...OPTIONS, objective: { residual: 1, causal: 1 }, pointsOf: "per function" }),
    /interior points must be shared/,
  );
});
