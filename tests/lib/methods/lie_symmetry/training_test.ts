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
  solveAdvection,
  solveHeat,
  SYMMETRY_FORMS,
  trainOperator,
  type TrainOperatorOptions,
  variable,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { tf } from "../../../../lib/tensor/mod.ts";
import { grid, held, initial, OPTIONS, PROBLEM } from "./_training.ts";
import { andC } from "../../compile/_executors.ts";

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
  for (const executor of andC("eager", "native", "wasm")) {
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
