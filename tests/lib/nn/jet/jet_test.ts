import assert from "node:assert/strict";
import type { HostTree } from "../../../../lib/compile/mod.ts";
import {
  constants,
  type Dense,
  hostTensor,
  initDense,
  type JetActivation,
  jetComponents,
  jetMlp,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS } from "../_check.ts";
import { evaluate64, jet64, type Layer64, toFloat64 } from "../_float64_network.ts";

const NAMES: readonly JetActivation[] = ["elu", "tanh", "sin", "softplus", "silu"];
const ALL = ["xxx", "xxt", "tt"];
const COMPONENTS = ["", "x", "t", "xx", "xt", "tt", "xxx", "xxt"];
const DIRECTIONS = { x: [1, 0], t: [0, 1] };

function network(sizes: readonly number[], seed = 3): HostTree<Dense[]> {
  return sizes.slice(1).map((outputs, i) =>
    initDense(stream(seed, "layer", String(i)), {
      inputs: sizes[i],
      outputs,
      initialiser: { normal: 1.2 / Math.sqrt(sizes[i]) },
    })
  ) as HostTree<Dense[]>;
}

const layers = network([2, 12, 12, 1]);
const layers64 = toFloat64(layers);
/** Points at which no hidden unit of this network is within a difference step of the kink of ELU. */
const points = Array.from(stream(5, "points").uniform(new Float32Array(16), { low: -1, high: 1 }));

Deno.test("jetComponents() closes under sub-indices, lower orders first", () => {
  assert.deepEqual(jetComponents(ALL, ["x", "t"]), COMPONENTS);
  assert.deepEqual(jetComponents(["tx"], ["x", "t"]), ["", "x", "t", "xt"]);
  assert.deepEqual(jetComponents([], ["x"]), [""]);
  assert.throws(() => jetComponents(["xy"], ["x", "t"]), /at most 4 letters of x, t: current value is xy/);
  assert.throws(() => jetComponents(["xxxxx"], ["x"]), RangeError);
});

Deno.test("float64 reference jets agree with central differences", () => {
  // Steps near the optimum of each difference in float64: Richardson extrapolation of two central
  // differences.
  const difference = (f: (a: number) => number, step: number) =>
    (8 * (f(step) - f(-step)) - (f(2 * step) - f(-2 * step))) / (12 * step);
  for (const activation of NAMES) {
    for (let i = 0; i < points.length; i += 2) {
      const [x, t] = points.slice(i, i + 2);
      const jet = (dx: number, dt: number) => jet64(layers64, [x + dx, t + dt], activation);
      const u = (dx: number, dt: number) => evaluate64(layers64, [x + dx, t + dt], activation);
      const wanted = jet(0, 0);
      const inX = (key: string) => difference((d) => jet(d, 0)[key], 1e-4);
      const inT = (key: string) => difference((d) => jet(0, d)[key], 1e-4);
      const close = (key: string, value: number, tolerance: number) =>
        assert.ok(
          Math.abs(value - wanted[key]) <= tolerance * Math.max(1, Math.abs(wanted[key])),
          `${activation} u_${key}: ${value} instead of ${wanted[key]}`,
        );
      close("x", difference((d) => u(d, 0), 1e-3), 1e-8);
      close("t", difference((d) => u(0, d), 1e-3), 1e-8);
      const second = (f: (d: number) => number, h: number) => (f(h) - 2 * f(0) + f(-h)) / h ** 2;
      const fourthOrder = (f: (d: number) => number, h: number) => (4 * second(f, h) - second(f, 2 * h)) / 3;
      close("xx", fourthOrder((d) => u(d, 0), 1e-3), 1e-6);
      close("tt", fourthOrder((d) => u(0, d), 1e-3), 1e-6);
      close("xt", inT("x"), 1e-6);
      close("xxx", inX("xx"), 1e-4);
      close("xxt", inT("xx"), 1e-4);
    }
  }
});

for (const activation of NAMES) {
  Deno.test(`jetMlp() with ${activation} agrees with the float64 reference on every executor`, async () => {
    const batch = hostTensor(Float32Array.from(points), [points.length / 2, 2]);
    for (const executor of EXECUTORS) {
      const jet = await evaluate(
        executor,
        (x: Tensor) => ({
          ...jetMlp(constants<Dense[]>(layers), x, { activation, directions: DIRECTIONS, derivatives: ALL }),
        }),
        batch,
      );
      for (const key of COMPONENTS) {
        const wanted = Array.from(
          { length: points.length / 2 },
          (_, i) => jet64(layers64, points.slice(2 * i, 2 * i + 2), activation)[key],
        );
        assertClose(jet[key], wanted, { tolerance: 1e-5, what: `${executor} u_${key}` });
      }
    }
  });

  Deno.test(`jetMlp() with ${activation}: the fourth derivative is that of the third`, () => {
    tf.tidy(() => {
      const at = (x: number) =>
        jetMlp(constants<Dense[]>(layers), tf.tensor2d([[x, 0.3]]), {
          activation,
          directions: DIRECTIONS,
          derivatives: ["xxxx"],
        });
      const h = 0.004; // no unit passes the kink of ELU on the way
      const [low, high] = [at(0.21 - h), at(0.21 + h)].map(({ xxx }) => xxx.dataSync()[0]);
      const fourth = at(0.21).xxxx.dataSync()[0];
      assertClose([(high - low) / (2 * h)], [fourth], { tolerance: 5e-4 });
    });
  });
}

Deno.test("jetMlp() agrees with nested tf.grad", () => {
  tf.tidy(() => {
    const parameters = constants<Dense[]>(layers);
    for (const activation of ["tanh", "sin", "softplus", "silu"] as const) {
      const options = { activation, directions: DIRECTIONS, derivatives: ["xx", "xt"] };
      const u = (x: Tensor) => tf.sum(jetMlp(parameters, x, { ...options, derivatives: [] })[""]);
      const x = tf.tensor2d(points, [points.length / 2, 2]);
      const first = tf.grad(u)(x);
      const ofX = tf.grad((y: Tensor) => tf.sum(tf.slice(tf.grad(u)(y), [0, 0], [-1, 1])))(x);
      const jet = jetMlp(parameters, x, options);
      const column = (tensor: Tensor, i: number) => tf.slice(tensor, [0, i], [-1, 1]).dataSync();
      assertClose(jet.x.dataSync(), column(first, 0), { tolerance: 1e-5, what: `${activation} x` });
      assertClose(jet.t.dataSync(), column(first, 1), { tolerance: 1e-5, what: `${activation} t` });
      assertClose(jet.xx.dataSync(), column(ofX, 0), { tolerance: 1e-5, what: `${activation} xx` });
      assertClose(jet.xt.dataSync(), column(ofX, 1), { tolerance: 1e-5, what: `${activation} xt` });
    }
  });
});

Deno.test("jetMlp(): the chain factor of a rescaled input goes into the direction", () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[0.2, -0.4]]);
    const options = { activation: "tanh", derivatives: ["xxt"] } as const;
    const plain = jetMlp(constants<Dense[]>(layers), x, { ...options, directions: DIRECTIONS });
    const scaled = jetMlp(constants<Dense[]>(layers), x, {
      ...options,
      directions: { x: [2, 0], t: [0, 3] },
    });
    assertClose(scaled.xxt.dataSync(), [12 * plain.xxt.dataSync()[0]], { tolerance: 1e-5 });
  });
});

Deno.test("jetMlp() of a single layer has constant first derivatives and no others", () => {
  tf.tidy(() => {
    const jet = jetMlp(constants<Dense[]>(network([2, 3])), tf.zeros([4, 2]), {
      activation: "elu",
      directions: DIRECTIONS,
      derivatives: ["xx"],
    });
    assert.deepEqual(jet.x.shape, [4, 3]);
    assert.deepEqual(Array.from(jet.xx.dataSync()), Array(12).fill(0));
  });
});

/** A loss that needs every component. */
const WEIGHTS: Readonly<Record<string, number>> = {
  "": 0.7,
  x: -0.4,
  t: 0.9,
  xx: 0.3,
  xt: -0.5,
  tt: 0.2,
  xxx: 0.1,
  xxt: 0.15,
};

for (const activation of NAMES) {
  Deno.test(`the gradient of a jet loss with ${activation} agrees with finite differences`, () => {
    const loss64 = (network: readonly Layer64[]) => {
      let total = 0;
      for (let i = 0; i < points.length; i += 2) {
        const jet = jet64(network, points.slice(i, i + 2), activation);
        total += COMPONENTS.reduce((sum, key) => sum + WEIGHTS[key] * jet[key], 0) ** 2;
      }
      return total / (points.length / 2);
    };
    tf.tidy(() => {
      const { value, grads } = valueAndGrad((parameters: Dense[]) => {
        const jet = jetMlp(parameters, tf.tensor2d(points, [points.length / 2, 2]), {
          activation,
          directions: DIRECTIONS,
          derivatives: ALL,
        });
        return tf.mean(tf.square(tf.addN(COMPONENTS.map((key) => tf.mul(jet[key], WEIGHTS[key])))));
      }, constants<Dense[]>(layers));
      assertClose(value.dataSync(), [loss64(layers64)], { tolerance: 1e-4 });
      const h = 1e-5;
      for (const [l, layer] of layers64.entries()) {
        const numbers = [...layer.weight, layer.bias];
        const actual = [...grads[l].weight.arraySync() as number[][], grads[l].bias.arraySync() as number[]];
        const difference = numbers.map((row) =>
          row.map((value, j) => {
            const at = (moved: number) => {
              row[j] = moved;
              return loss64(layers64);
            };
            const slope = (at(value + h) - at(value - h)) / (2 * h);
            row[j] = value;
            return slope;
          })
        );
        const scale = Math.max(...difference.flat().map(Math.abs));
        actual.flat().forEach((gradient, i) => {
          const wanted = difference.flat()[i];
          assert.ok(Math.abs(gradient - wanted) <= 1e-4 * scale, `layer ${l}: ${gradient}, not ${wanted}`);
        });
      }
    });
  });
}

Deno.test("jetMlp() leaves no tensors and refuses what it cannot do", () => {
  const before = tf.memory().numTensors;
  const options = { activation: "elu", directions: DIRECTIONS, derivatives: ["xxx"] } as const;
  tf.tidy(() => {
    const parameters = constants<Dense[]>(layers);
    const x = tf.zeros([1, 2]);
    jetMlp(parameters, x, options);
    assert.throws(() => jetMlp([], x, options), /must have a layer/);
    assert.throws(
      () => jetMlp(parameters, x, { ...options, activation: "relu" as "elu" }),
      /must be one of elu/,
    );
    assert.throws(() => jetMlp(parameters, x, { ...options, directions: { xy: [1, 0] } }), /one-letter name/);
    assert.throws(() => jetMlp(parameters, x, { ...options, directions: { x: [1] } }), /2 entries/);
  });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("jetMlp() carries no component that nobody asked for", () => {
  tf.tidy(() => {
    const jet = jetMlp(constants<Dense[]>(layers), tf.zeros([1, 2]), {
      activation: "elu",
      directions: DIRECTIONS,
      derivatives: ["xx", "t"],
    });
    assert.deepEqual(Object.keys(jet), ["", "x", "t", "xx"]);
  });
});

Deno.test("jetMlp() carries a combination of derivatives as one component, gradients included", () => {
  for (const activation of NAMES) {
    tf.tidy(() => {
      const terms: Readonly<Record<string, number>> = { t: 1, xx: -0.3, xt: 0.2, xxx: 0.05 };
      const evaluate = (combine: boolean) =>
        valueAndGrad((parameters: Dense[]) => {
          const jet = jetMlp(parameters, tf.tensor2d(points, [points.length / 2, 2]), {
            activation,
            directions: DIRECTIONS,
            ...combine
              ? { derivatives: [], combinations: { operator: terms } }
              : { derivatives: Object.keys(terms) },
          });
          if (combine) assert.deepEqual(Object.keys(jet), ["", "x", "t", "xx", "operator"]);
          const operator = combine
            ? jet.operator
            : tf.addN(Object.entries(terms).map(([index, c]) => tf.mul(jet[index], c)));
          return tf.mean(tf.square(operator));
        }, constants<Dense[]>(layers));
      const [together, apart] = [evaluate(true), evaluate(false)];
      assertClose(together.value.dataSync(), apart.value.dataSync(), { tolerance: 1e-5 });
      apart.grads.forEach(({ weight }, i) => {
        const scale = tf.max(tf.abs(weight)).dataSync()[0];
        const distance = tf.max(tf.abs(tf.sub(weight, together.grads[i].weight))).dataSync()[0];
        assert.ok(distance <= 1e-5 * scale, `${activation}, layer ${i}: ${distance} of ${scale}`);
      });
    });
  }
  const options = { activation: "elu", directions: DIRECTIONS, derivatives: [] } as const;
  const refused: [Record<string, Record<string, number>>, RegExp][] = [
    [{ a: { x: 1 } }, /two letters at least and be no index/],
    [{ xt: { x: 1 } }, /two letters at least and be no index/],
    [{ heat: { y: 1 } }, /current value is y/],
    [{ heat: { "": 1 } }, /orders must be >= 1/],
  ];
  tf.tidy(() => {
    for (const [combinations, message] of refused) {
      assert.throws(
        () => jetMlp(constants<Dense[]>(layers), tf.zeros([1, 2]), { ...options, combinations }),
        message,
      );
    }
  });
});
