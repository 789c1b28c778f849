import assert from "node:assert/strict";
import {
  advection,
  assertSymmetries,
  burgers,
  compareSolutions,
  generator,
  heat,
  initDeepOnet,
  METHODS,
  objectiveOf,
  operatorEvaluator,
  operatorGradient,
  type OperatorPrediction,
  type OperatorProblem,
  regularGrid,
  sampleInitialConditions,
  solveAdvection,
  solveHeat,
  SYMMETRY_FORMS,
  trainOperator,
  type TrainOperatorOptions,
  variable,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { causalWeights } from "../../../../lib/methods/lie_symmetry/_loss.ts";
import { tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";

const PROBLEM: OperatorProblem = { equation: heat(0.1), length: 2 * Math.PI, duration: 1 };
const grid = regularGrid({ ...PROBLEM, positions: 8, times: 5 });
const initial = sampleInitialConditions(stream(1, "train"), { count: 8, modes: 2, waves: 2 });
const held = sampleInitialConditions(stream(1, "test"), { count: 4, modes: 2, waves: 2 });

const OPTIONS: TrainOperatorOptions = {
  problem: PROBLEM,
  sizes: { sensors: 8, hiddenLayers: 2, width: 16, features: 8 },
  objective: objectiveOf("pinn", PROBLEM),
  initial,
  interiorPoints: 24,
  initialPoints: 16,
  boundaryTimes: 8,
  steps: 20,
  seed: 1,
};

const byteOf = ({ parameters }: Awaited<ReturnType<typeof trainOperator>>) => JSON.stringify(parameters);

for (const equation of [heat(0.1), burgers(0.1)]) {
  for (const method of METHODS) {
    Deno.test(`trainOperator() lowers the loss of ${method} on ${equation.name}`, async () => {
      const problem = { ...PROBLEM, equation };
      const { losses } = await trainOperator({
        ...OPTIONS,
        problem,
        // With the default weights and ELU so small a network stays near u = 0 for long.
        objective: objectiveOf(method, problem, { alpha: 1, beta: 0.01 }),
        truth: method === "supervised" ? solveHeat(initial, { nu: 0.1, grid }) : undefined,
        clipNorm: 10,
        activation: "sin",
        learningRate: 1e-2,
        steps: 600,
        every: 100,
      });
      assert.equal(losses.length, 6);
      assert.ok(losses[5] < 0.8 * losses[0], `${losses}`);
    });
  }
}

Deno.test("trainOperator() runs every form on native and wasm alike", async () => {
  for (const form of SYMMETRY_FORMS) {
    const objective = objectiveOf("symmetry", PROBLEM, { form });
    const [native, wasm] = await Promise.all(
      (["native", "wasm"] as const).map((executor) =>
        trainOperator({ ...OPTIONS, objective, executor, steps: 3, every: 1 })
      ),
    );
    native.losses.forEach((loss, i) =>
      assert.ok(Math.abs(loss - wasm.losses[i]) <= 1e-3 * loss, `${form}: ${loss} and ${wasm.losses[i]}`)
    );
  }
});

Deno.test("trainOperator() is reproducible, and checkpoints change nothing", async () => {
  const truth = solveHeat(held, { nu: 0.1, grid });
  const a = await trainOperator({ ...OPTIONS, executor: "wasm" });
  const b = await trainOperator({ ...OPTIONS, executor: "wasm", every: 5, test: { initial: held, truth } });
  const other = await trainOperator({ ...OPTIONS, executor: "wasm", seed: 2 });
  assert.equal(byteOf(a), byteOf(b));
  assert.notEqual(byteOf(a), byteOf(other));
  assert.deepEqual(b.checkpoints.map(({ step }) => step), [5, 10, 15, 20]);
  assert.equal(a.checkpoints.length, 0);
});

Deno.test("trainOperator(): pinn-weighted takes the steps of the point form", async () => {
  const losses = async (method: "symmetry" | "pinn-weighted" | "pinn") =>
    (await trainOperator({ ...OPTIONS, objective: objectiveOf(method, PROBLEM), every: 1 })).losses;
  const [symmetry, weighted, plain] = [
    await losses("symmetry"),
    await losses("pinn-weighted"),
    await losses("pinn"),
  ];
  symmetry.forEach((loss, i) => assert.ok(Math.abs(loss - weighted[i]) < 1e-3 * loss, `step ${i}`));
  assert.ok(plain.some((loss, i) => Math.abs(loss - symmetry[i]) > 0.01 * loss));
});

Deno.test("matching slopes adds to the loss", async () => {
  const first = async (matchSlopes: boolean) =>
    (await trainOperator({ ...OPTIONS, objective: { data: 1 }, matchSlopes, steps: 1 })).losses[0];
  assert.ok(await first(true) > await first(false));
});

Deno.test("trainOperator(): fixed points are the same in every step, fresh ones are not", async () => {
  // The network stands still, and the loss sees nothing but interior points.
  const losses = async (points: "fixed" | "fresh" | undefined, pointsOf?: "per function") =>
    (await trainOperator({
      ...OPTIONS,
      objective: { residual: 1 },
      points,
      pointsOf,
      learningRate: 0,
      steps: 4,
      every: 1,
    })).losses;
  for (const pointsOf of [undefined, "per function"] as const) {
    const [fixed, fresh] = [await losses("fixed", pointsOf), await losses("fresh", pointsOf)];
    assert.equal(new Set(fixed).size, 1);
    assert.equal(new Set(fresh).size, 4);
    assert.equal(fresh[0], fixed[0]);
    assert.deepEqual(await losses(undefined, pointsOf), fixed);
  }
  assert.notEqual((await losses("fixed"))[0], (await losses("fixed", "per function"))[0]);
});

for (const method of ["pinn", "supervised"] as const) {
  Deno.test(`trainOperator() with points of each function's own lowers the loss of ${method}`, async () => {
    const { losses, checkpoints } = await trainOperator({
      ...OPTIONS,
      objective: objectiveOf(method, PROBLEM, { alpha: 1 }),
      truth: solveHeat(initial, { nu: 0.1, grid }),
      pointsOf: "per function",
      clipNorm: 10,
      activation: "sin",
      learningRate: 1e-2,
      steps: 600,
      every: 150,
      test: { initial, truth: solveHeat(initial, { nu: 0.1, grid }) },
    });
    assert.ok(losses[3] < 0.5 * losses[0], `${losses}`);
    // On the training functions themselves: truths and points belong together.
    if (method === "supervised") {
      assert.ok(checkpoints[3].meanSquaredError < 0.5 * checkpoints[0].meanSquaredError);
    }
  });
}

Deno.test("operatorGradient(): the symmetry loss and the weighted PDE loss have one gradient, the plain loss another", async () => {
  const { parameters } = await trainOperator({ ...OPTIONS, steps: 10 });
  const at = (method: "symmetry" | "pinn-weighted" | "pinn", executor: "native" | "wasm" | "eager") =>
    operatorGradient(parameters, {
      ...OPTIONS,
      objective: objectiveOf(method, PROBLEM),
      sensors: OPTIONS.sizes.sensors,
      executor,
    });
  const apart = (a: Float32Array, b: Float32Array) =>
    Math.sqrt(
      a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / b.reduce((sum, v) => sum + v * v, 0),
    );
  const symmetry = await at("symmetry", "native");
  assert.ok(apart((await at("pinn-weighted", "native")).gradient, symmetry.gradient) < 1e-5);
  assert.ok(apart((await at("pinn", "native")).gradient, symmetry.gradient) > 0.5);
  for (const executor of ["wasm", "eager"] as const) {
    assert.ok(apart((await at("symmetry", executor)).gradient, symmetry.gradient) < 1e-4, executor);
  }
  // The first step of a training at rate 0 has this loss.
  const { losses } = await trainOperator({
    ...OPTIONS,
    objective: objectiveOf("symmetry", PROBLEM),
    learningRate: 0,
    steps: 1,
  });
  const start = initDeepOnet(stream(OPTIONS.seed, "operator").split("parameters"), OPTIONS.sizes);
  const first = await operatorGradient(start, {
    ...OPTIONS,
    objective: objectiveOf("symmetry", PROBLEM),
    sensors: OPTIONS.sizes.sensors,
  });
  assert.ok(Math.abs(first.loss - losses[0]) < 1e-5 * losses[0]);
});

Deno.test("operatorEvaluator() predicts in parts, on every executor alike", async () => {
  const { parameters } = await trainOperator({ ...OPTIONS, steps: 5 });
  // More points than one call takes.
  const fine = regularGrid({ ...PROBLEM, positions: 80, times: 60 });
  const truth = solveHeat(held, { nu: 0.1, grid: fine });
  const options = { problem: PROBLEM, sensors: 8, initial: held, grid: fine };
  const predictions: OperatorPrediction[] = [];
  for (const executor of ["eager", "native", "wasm"] as const) {
    const evaluator = await operatorEvaluator(parameters, { ...options, executor });
    predictions.push(await evaluator.evaluate(parameters));
    await evaluator.dispose();
  }
  for (const prediction of predictions) {
    prediction.values.forEach((value, i) => assert.ok(Math.abs(value - predictions[0].values[i]) < 1e-5));
  }
  const { meanSquaredError, perFunction } = compareSolutions(predictions[0], truth);
  assert.equal(perFunction.length, 4);
  const mean = perFunction.reduce((sum, value) => sum + value, 0) / 4;
  assert.ok(Math.abs(mean - meanSquaredError) < 1e-12 && meanSquaredError > 0);
  const exact = { ...truth, residuals: new Float64Array(truth.values.length) };
  assert.deepEqual(compareSolutions(exact, truth), {
    meanSquaredError: 0,
    perFunction: [0, 0, 0, 0],
    meanSquaredResidual: 0,
    residualPerFunction: [0, 0, 0, 0],
  });
  assert.throws(() => compareSolutions(exact, solveHeat(held, { nu: 0.1, grid })), TypeError);
});

Deno.test("trainOperator() refuses what does not fit and leaves no tensors", async () => {
  const before = tf.memory().numTensors;
  const cases: [Partial<TrainOperatorOptions>, RegExp][] = [
    [{ steps: 0 }, /steps must be an integer >= 1/],
    [{ every: 7 }, /every must divide 20: current value is 7/],
    [{ interiorPoints: 0 }, /interiorPoints/],
    [{ objective: {} }, /must have a term of positive weight/],
    [{ objective: { supervised: 1 } }, /truth of 8 functions: current value is of 0/],
    [{ problem: { ...PROBLEM, length: 1 } }, /problem's length 1/],
    [{ objective: objectiveOf("symmetry", PROBLEM, { generators: ["v7"] }) }, /current value is v7/],
  ];
  for (const [change, message] of cases) {
    await assert.rejects(trainOperator({ ...OPTIONS, ...change }), message);
  }
  await trainOperator({ ...OPTIONS, steps: 2 });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a user's own equation: advection with its generators, checked and trained", async () => {
  // The equation u_t + c u_x = 0 and its symmetries: translations, scaling of u, and scaling of x and t
  // together.
  const c = 1.5, u = variable("u"), x = variable("x"), t = variable("t");
  const equation = {
    name: "my advection",
    residual: variable("u_t").plus(variable("u_x").times(c)),
    generators: [
      generator("right", { xi: 1 }),
      generator("later", { tau: 1 }),
      generator("louder", { phi: u }),
      generator("larger", { xi: x, tau: t }),
    ],
  };
  assertSymmetries(equation);
  const wrong = { ...equation, generators: [...equation.generators, generator("boost", { xi: t, phi: 1 })] };
  assert.throws(() => assertSymmetries(wrong), /it does not for boost, where it is/);

  const problem: OperatorProblem = { equation, length: 2 * Math.PI, duration: 1 };
  const truth = solveAdvection(held, { speed: c, grid });
  const { checkpoints } = await trainOperator({
    ...OPTIONS,
    problem,
    objective: objectiveOf("symmetry", problem, { form: "evolutionary", alpha: 1, beta: 0.1 }),
    interiorPoints: 64,
    steps: 800,
    every: 200,
    activation: "sin",
    learningRate: 1e-2,
    test: { initial: held, truth },
  });
  const [first, last] = [checkpoints[0], checkpoints[3]];
  assert.ok(
    last.meanSquaredError < first.meanSquaredError && last.loss < 0.6 * first.loss,
    JSON.stringify(checkpoints),
  );
  assert.deepEqual(advection(c).residual, equation.residual);
});

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
