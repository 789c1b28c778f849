import assert from "node:assert/strict";
import {
  branchFeatures,
  burgers,
  type DeepOnet,
  heat,
  initDeepOnet,
  isPeriodic,
  kuramotoSivashinsky,
  meanWeight,
  objectiveOf,
  operatorJet,
  pointWeight,
  symmetryDerivatives,
  symmetryLoss,
  type SymmetryLossOptions,
  symmetryTerms,
  totalDerivative,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { constants } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { flattenTree, type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { arbitraryJet } from "./_jets.ts";

const NU = 0.05;
const EQUATIONS = [heat(NU), burgers(NU)];
const DOMAIN = { length: 2 * Math.PI, duration: 2 };
const SIZES = { sensors: 8, hiddenLayers: 2, width: 10, features: 6 };

/** Random points in the domain, `[points, 2]`, and random sensor values, `[3, sensors]`. */
function inputs(points = 20): { points: Tensor; sensors: Tensor } {
  const random = stream(4, "inputs");
  const coordinates = random.uniform(new Float32Array(2 * points)).map((v, i) =>
    v * (i % 2 === 0 ? DOMAIN.length : DOMAIN.duration)
  );
  return {
    points: tf.tensor2d(coordinates, [points, 2]),
    sensors: tf.tensor2d(random.normal(new Float32Array(3 * SIZES.sensors)), [3, SIZES.sensors]),
  };
}

/** What the losses read, from a network. */
function valuesOf(network: DeepOnet, derivatives: readonly string[]): Record<string, Tensor> {
  const { points, sensors } = inputs();
  const column = (i: number) => tf.reshape(tf.slice(points, [0, i], [-1, 1]), [1, -1]);
  const jet = operatorJet(network, branchFeatures(network, sensors), { ...DOMAIN, points, derivatives });
  return { x: column(0), t: column(1), ...jet };
}

const ALL = ["x", "t", "xx", "xt", "tt", "xxx", "xxt"];
const network = () => constants<DeepOnet>(initDeepOnet(stream(2, "network"), SIZES));

/** A loss and its gradient as plain numbers. */
function lossAndGradient(
  loss: (values: Record<string, Tensor>) => Tensor,
): { value: number; gradient: number[] } {
  return tf.tidy(() => {
    const { value, grads } = valueAndGrad(
      (parameters: DeepOnet) => loss(valuesOf(parameters, ALL)),
      network(),
    );
    const leaves = flattenTree(grads).leaves as unknown as Tensor[];
    return { value: value.dataSync()[0], gradient: leaves.flatMap((leaf) => Array.from(leaf.dataSync())) };
  });
}

function assertSame(
  a: ReturnType<typeof lossAndGradient>,
  b: ReturnType<typeof lossAndGradient>,
  tolerance: number,
): void {
  assert.ok(Math.abs(a.value - b.value) <= tolerance * Math.abs(b.value), `${a.value} instead of ${b.value}`);
  const scale = Math.max(...b.gradient.map(Math.abs));
  assert.ok(scale > 0);
  a.gradient.forEach((g, i) =>
    assert.ok(
      Math.abs(g - b.gradient[i]) <= tolerance * scale,
      `gradient[${i}]: ${g} instead of ${b.gradient[i]}`,
    )
  );
}

const residualOf = (equation: typeof EQUATIONS[number], v: Record<string, Tensor>): Tensor =>
  equation.name === "heat"
    ? tf.sub(v.u_t, tf.mul(NU, v.u_xx))
    : tf.sub(tf.add(v.u_t, tf.mul(v.u, v.u_x)), tf.mul(NU, v.u_xx));

for (const equation of EQUATIONS) {
  for (const generic of [false, true]) {
    Deno.test(`the point form of ${equation.name}${generic ? ", generic," : ""} is the residual loss with the known weight`, () => {
      const symmetric = lossAndGradient((v) => symmetryLoss(v, { equation, generic }));
      const weighted = lossAndGradient((v) => {
        // Heat: 5 + x² + (x² + 10νt)²; Burgers: 9(1 + t²).
        const squareX = tf.square(v.x);
        const weight = equation.name === "heat"
          ? tf.add(tf.add(5, squareX), tf.square(tf.add(squareX, tf.mul(10 * NU, v.t))))
          : tf.mul(9, tf.add(1, tf.square(v.t)));
        return tf.mean(tf.mul(weight, tf.square(residualOf(equation, v))));
      });
      assertSame(symmetric, weighted, generic ? 2e-5 : 3e-6);
    });
  }

  Deno.test(`symmetryTerms() of ${equation.name} are those of float64 polynomials in every form`, () => {
    const jet = arbitraryJet(1.3, 0.7, 4);
    const tensors = (): Record<string, Tensor> =>
      Object.fromEntries(Object.entries(jet).map(([name, value]) => [name, tf.tensor2d([[value]])]));
    const delta = equation.residual.evaluate(jet);
    const [dx, dt] = (["x", "t"] as const).map((letter) =>
      totalDerivative(equation.residual, letter).evaluate(jet)
    );
    const { x, t } = jet;
    const q: Record<string, number> = equation.name === "heat"
      ? { v3: 1, v4: -2, v5: -x, v6: -(x * x + 10 * NU * t) }
      : { v4: -3, v5: -3 * t };
    const wanted = (form: string) =>
      Object.fromEntries(equation.generators.map(({ name, xi, tau }) => {
        const flow = xi.evaluate(jet) * dx + tau.evaluate(jet) * dt;
        return [name, (q[name] ?? 0) * delta + (form === "point" ? 0 : form === "total" ? flow : -flow)];
      }));
    tf.tidy(() => {
      for (const form of ["point", "total", "evolutionary"] as const) {
        const terms = symmetryTerms(tensors(), { equation, form });
        const names = form === "point" ? Object.keys(q) : equation.generators.map(({ name }) => name);
        assert.deepEqual(Object.keys(terms), names);
        for (const name of names) {
          const value = terms[name].dataSync()[0];
          assert.ok(
            Math.abs(value - wanted(form)[name]) < 2e-5 * Math.max(1, Math.abs(wanted(form)[name])),
            `${form} ${name}`,
          );
        }
      }
    });
  });

  Deno.test(`the cosine form of ${equation.name} is a cosine, and its variants are what they say`, () => {
    tf.tidy(() => {
      const values = valuesOf(network(), ALL);
      const terms = (options: SymmetryLossOptions) =>
        symmetryTerms(values, { equation, form: "cosine", ...options });
      const point = symmetryTerms(values, { equation });
      const [none, epsilon, bare] = (["none", "epsilon", "no-norms"] as const).map((stability) =>
        terms({ stability })
      );
      for (const name of Object.keys(point)) {
        const list = (tensor: Tensor) => Array.from(tensor.dataSync());
        assert.ok(list(none[name]).every((cosine) => Math.abs(cosine) <= 1));
        assert.deepEqual(list(bare[name]), list(point[name]));
        list(epsilon[name]).forEach((value, i) => {
          const cosine = list(none[name])[i];
          assert.ok(Math.abs(value) <= Math.abs(cosine) * (1 + 1e-6) && Math.abs(value - cosine) < 1e-3);
        });
      }
    });
    const loss = (options: SymmetryLossOptions) =>
      lossAndGradient((v) => symmetryLoss(v, { equation, form: "cosine", ...options }));
    const moving = loss({ stability: "epsilon" }), fixed = loss({ stability: "constant-norms" });
    assert.equal(moving.value, fixed.value);
    // Norms without a gradient change the gradient, not the value.
    const scale = Math.max(...moving.gradient.map(Math.abs));
    assert.ok(moving.gradient.some((g, i) => Math.abs(g - fixed.gradient[i]) > 1e-3 * scale));
    assertSame(loss({ stability: "epsilon", generic: true }), moving, 1e-3);
  });
}

Deno.test("the total form with the translations is the gradient-enhanced loss", () => {
  for (const equation of EQUATIONS) {
    const form = lossAndGradient((v) =>
      symmetryLoss(v, { equation, form: "total", generators: ["v1", "v2"] })
    );
    const byHand = lossAndGradient((v) => {
      const dx = equation.name === "heat"
        ? tf.sub(v.u_xt, tf.mul(NU, v.u_xxx))
        : tf.sub(tf.addN([v.u_xt, tf.square(v.u_x), tf.mul(v.u, v.u_xx)]), tf.mul(NU, v.u_xxx));
      const dt = equation.name === "heat"
        ? tf.sub(v.u_tt, tf.mul(NU, v.u_xxt))
        : tf.sub(tf.addN([v.u_tt, tf.mul(v.u_t, v.u_x), tf.mul(v.u, v.u_xt)]), tf.mul(NU, v.u_xxt));
      return tf.add(tf.mean(tf.square(dx)), tf.mean(tf.square(dt)));
    });
    assertSame(form, byHand, 1e-5);
  }
});

Deno.test("a generator without its φ gives another loss, a dropped one a smaller", () => {
  tf.tidy(() => {
    const [equation] = EQUATIONS;
    const values = valuesOf(network(), ALL);
    const value = (options: SymmetryLossOptions, of = equation) =>
      symmetryLoss(values, { ...options, equation: of }).dataSync()[0];
    const without = (name: string) =>
      equation.generators.map((g) => g.name).filter((other) => other !== name);
    const all = value({});
    for (const { name } of equation.generators.slice(2)) {
      assert.ok(value({ generators: without(name) }) < all);
    }
    assert.equal(value({ generators: without("v1") }), all);
    const broken = {
      ...equation,
      generators: equation.generators.map((g) => g.name === "v5" ? { ...g, phi: g.phi.times(0) } : g),
    };
    assert.throws(() => value({}, broken), /criterion of v5 for heat/);
    assert.throws(() => value({ generators: ["v9"] }), /one of v1, v2, v3, v4, v5, v6: current value is v9/);
  });
});

Deno.test("Kuramoto-Sivashinsky has no point term; forms say which derivatives they need", () => {
  tf.tidy(() => assert.equal(symmetryLoss({}, { equation: kuramotoSivashinsky() }).dataSync()[0], 0));
  assert.deepEqual(symmetryDerivatives(kuramotoSivashinsky()), []);
  assert.deepEqual(symmetryDerivatives(heat(NU)), ["t", "xx"]);
  assert.deepEqual(symmetryDerivatives(burgers(NU)), ["", "t", "x", "xx"]);
  assert.deepEqual(symmetryDerivatives(heat(NU), { form: "cosine" }), ["", "t", "tt", "x", "xt", "xx"]);
  assert.deepEqual(symmetryDerivatives(heat(NU), { form: "total" }), ["t", "tt", "xt", "xx", "xxt", "xxx"]);
});

Deno.test("meanWeight() gives the known means", () => {
  const length = 2 * Math.PI, duration = 16;
  const weight = pointWeight(heat(0.01));
  // The mean of 5 + x² + (x² + t/10)², integrated by hand: 351.78.
  const byHand = 5 + length ** 2 / 3 + length ** 4 / 5 + length ** 2 * duration / 30 + duration ** 2 / 300;
  const mean = meanWeight(weight, { length, duration });
  assert.ok(Math.abs(mean - byHand) < 1e-10 && Math.abs(mean - 351.78) < 0.005);
  assert.ok(Math.abs(weight.evaluate({ x: length, t: duration }) - 1731.9) < 0.05);
  const projection = meanWeight(pointWeight(heat(0.01), { generators: ["v6"] }), { length, duration });
  assert.ok(Math.abs(projection / mean - 0.948) < 5e-4);
  const shocks = meanWeight(pointWeight(burgers(0.1)), { length, duration: 2.475 });
  assert.ok(Math.abs(shocks - 27.4) < 0.05);
});

Deno.test("objectiveOf() matches the controls to the symmetry loss", () => {
  const problem = { equation: heat(0.01), length: 2 * Math.PI, duration: 16 };
  assert.deepEqual(objectiveOf("pinn", problem), { residual: 150, data: 20 });
  assert.deepEqual(objectiveOf("symmetry-only", problem), {
    residual: 0,
    data: 20,
    symmetry: { weight: 100 },
  });
  const { residual } = objectiveOf("pinn-matched", problem);
  assert.ok(Math.abs(residual! - (150 + 100 * 351.78)) < 1);
  assert.deepEqual(objectiveOf("pinn-weighted", problem, { alpha: 0 }), {
    residual: 0,
    data: 20,
    weightedResidual: 100,
  });
  assert.throws(() => objectiveOf("magic" as "pinn", problem), /must be one of pinn,symmetry/);
});

Deno.test("the DeepONet has the known numbers of parameters at the paper's scale", () => {
  const { branch, trunk } = initDeepOnet(stream(0), {
    sensors: 200,
    hiddenLayers: 7,
    width: 100,
    features: 100,
  });
  const count = (layers: typeof branch) =>
    layers.reduce((total, { weight, bias }) => total + weight.data.length + bias.data.length, 0);
  assert.deepEqual([count(branch), count(trunk)], [90_800, 71_000]);
});

Deno.test("permuting hidden units leaves the DeepONet as it is; moving weights without their unit does not", () => {
  tf.tidy(() => {
    const original = network();
    const order = [3, 1, 0, 2, 5, 4, 9, 7, 8, 6];
    const permuted = (layers: DeepOnet["trunk"], alsoNext = true) =>
      layers.map((layer, i) => {
        if (i === 0) {
          return { weight: tf.gather(layer.weight, order, 1), bias: tf.gather(layer.bias, order) };
        }
        return i === 1 && alsoNext ? { ...layer, weight: tf.gather(layer.weight, order, 0) } : layer;
      });
    const outputs = (of: DeepOnet) => valuesOf(of, ["xx"]);
    const distance = (of: DeepOnet) => {
      const [a, b] = [outputs(original), outputs(of)];
      return Math.max(...["u", "u_xx"].map((key) => tf.max(tf.abs(tf.sub(a[key], b[key]))).dataSync()[0]));
    };
    const both = { branch: permuted(original.branch), trunk: permuted(original.trunk) };
    assert.ok(distance(both) < 1e-6);
    assert.ok(distance({ ...original, trunk: permuted(original.trunk, false) }) > 1e-4);
  });
});

Deno.test("operatorJet() gives derivatives in x and t themselves, rescaled inputs or not", () => {
  tf.tidy(() => {
    const parameters = network();
    const features = branchFeatures(parameters, inputs().sensors);
    const at = (x: number, t: number, derivatives: string[] = []) =>
      operatorJet(parameters, features, { ...DOMAIN, points: tf.tensor2d([[x, t]]), derivatives });
    const h = 0.02;
    const { u_x, u_t } = at(1, 0.5, ["x", "t"]);
    const slope = (a: Record<string, Tensor>, b: Record<string, Tensor>) =>
      tf.div(tf.sub(a.u, b.u), 2 * h).dataSync();
    const [alongX, alongT] = [slope(at(1 + h, 0.5), at(1 - h, 0.5)), slope(at(1, 0.5 + h), at(1, 0.5 - h))];
    u_x.dataSync().forEach((value, i) => assert.ok(Math.abs(value - alongX[i]) < 2e-4));
    u_t.dataSync().forEach((value, i) => assert.ok(Math.abs(value - alongT[i]) < 2e-4));
  });
});

Deno.test("a trunk of waves makes u and its derivatives periodic, and they are differences of each other", () => {
  tf.tidy(() => {
    const sizes = { ...SIZES, waves: 3 };
    const parameters = constants<DeepOnet>(initDeepOnet(stream(2, "network"), sizes));
    assert.deepEqual(parameters.trunk[0].weight.shape, [7, 10]);
    const { points, sensors } = inputs(6);
    const features = branchFeatures(parameters, sensors);
    const at = (dx: number, dt: number) =>
      operatorJet(parameters, features, {
        ...DOMAIN,
        points: tf.add(points, tf.tensor2d([[dx, dt]])),
        derivatives: ALL,
        activation: "tanh",
      });
    const here = at(0, 0), around = at(DOMAIN.length, 0);
    const h = 0.01;
    const sides = { x: [at(h, 0), at(-h, 0)], t: [at(0, h), at(0, -h)] };
    for (const index of ["", ...ALL]) {
      const name = index === "" ? "u" : `u_${index}`;
      const [values, same] = [here[name].dataSync(), around[name].dataSync()];
      const scale = Math.max(...values.map(Math.abs));
      assert.ok(scale > 1e-3, `${name} is not 0`);
      values.forEach((value, i) => assert.ok(Math.abs(value - same[i]) < 2e-5 * (1 + scale), name));
      if (index === "") continue;
      // u_J against differences of u without J's last letter.
      const [above, below] = sides[index.at(-1) as "x" | "t"];
      const lower = index.length === 1 ? "u" : `u_${index.slice(0, -1)}`;
      const [up, down] = [above[lower].dataSync(), below[lower].dataSync()];
      values.forEach((value, i) => {
        const slope = (up[i] - down[i]) / (2 * h);
        assert.ok(Math.abs(value - slope) < 5e-3 * (1 + scale), `${name}: ${value}, not ${slope}`);
      });
    }
    assert.ok(isPeriodic(parameters) && !isPeriodic(network()));
  });
});

Deno.test("losses leave no tensors behind", () => {
  const before = tf.memory().numTensors;
  for (const form of ["point", "cosine", "total", "evolutionary"] as const) {
    lossAndGradient((v) => symmetryLoss(v, { equation: burgers(NU), form }));
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("operatorJet() at points of each function's own is the shared product's row at that function", () => {
  tf.tidy(() => {
    const { points, sensors } = inputs(12);
    const parameters = network();
    const features = branchFeatures(parameters, sensors);
    const own = tf.reshape(points, [3, 4, 2]);
    const shared = operatorJet(parameters, features, { ...DOMAIN, points, derivatives: ALL });
    const each = operatorJet(parameters, features, { ...DOMAIN, points: own, derivatives: ALL });
    for (const [name, values] of Object.entries(each)) {
      assert.deepEqual(values.shape, [3, 4]);
      const [all, few] = [shared[name].dataSync(), values.dataSync()];
      few.forEach((value, at) => {
        const wanted = all[Math.floor(at / 4) * 12 + at];
        assert.ok(Math.abs(value - wanted) < 1e-5 * (1 + Math.abs(wanted)), `${name} ${value} ${wanted}`);
      });
    }
  });
});
