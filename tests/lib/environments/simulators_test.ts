import assert from "node:assert/strict";
import {
  acrobot,
  acrobotDerivative,
  cartPole,
  cartPoleDerivative,
  drawCartPole,
  drawPendulum,
  type Environment,
  EnvironmentBatch,
  pendulum,
  pendulumDerivative,
  rungeKutta,
  slowManifold,
  wrapAngle,
} from "../../../lib/environments/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { needs, sharedText } from "./_shared_data.ts";

interface Golden {
  readonly u: number[];
  readonly traj: number[][];
  readonly s0?: number[];
  readonly x0?: number[];
}

/** u_t = scale ((5t mod 9) − 4)/4. */
const control = (t: number) => ((5 * t) % 9 - 4) / 4;

/** States of the paper's card after 10 and a later number of steps, computed by independent code. */
const CASES: readonly {
  make: () => Environment;
  key: string;
  start: number[];
  scale: number;
  states: readonly (readonly [step: number, state: readonly number[]])[];
}[] = [
  {
    make: slowManifold,
    key: "slow_manifold",
    start: [1.2, -0.5],
    scale: 1,
    states: [[10, [1.085804902, 0.426058726]], [30, [0.888981865, 0.757579485]]],
  },
  {
    make: pendulum,
    key: "pendulum",
    start: [Math.PI - 0.1, 0],
    scale: 2,
    states: [[10, [3.116937852, 0.300415969]], [40, [3.045046685, -0.10836576]]],
  },
  {
    make: cartPole,
    key: "cartpole",
    start: [0, Math.PI - 0.05, 0, 0],
    scale: 5,
    states: [
      [10, [-0.057154792, 3.100614776, -0.166354861, 0.283276085]],
      [40, [-0.238053053, 3.063735943, -0.170725712, 0.005999456]],
    ],
  },
  {
    make: acrobot,
    key: "acrobot",
    start: [0.1, -0.2, 0, 0],
    scale: 2,
    states: [
      [10, [-0.100668833, 0.324867494, -0.201906438, 0.325556137]],
      [40, [0.061641845, -0.115147936, -0.052548753, 0.352991313]],
    ],
  },
];

const text = sharedText("koopman-vectors/vectors.json");
const vectors = text && JSON.parse(text) as Record<string, Golden>;

for (const { make, key, start, scale, states } of CASES) {
  Deno.test(`${key} follows the reference states`, () => {
    const environment = make();
    environment.setState(start);
    for (let t = 0; t < 40; t++) {
      environment.step([scale * control(t)]);
      const known = states.find(([step]) => step === t + 1)?.[1];
      known?.forEach((value, i) =>
        assert.ok(Math.abs(environment.getState()[i] - value) < 2e-9, `${t}: ${i}`)
      );
    }
  });

  Deno.test({
    name: `${key} follows the golden trajectory to 1e-10${needs(vectors)}`,
    ignore: vectors === undefined,
    fn() {
      const { u, traj } = vectors![key as keyof typeof vectors] as Golden;
      const environment = make();
      environment.setState(start);
      traj.forEach((state, t) => {
        environment.step([u[t]]);
        const now = environment.getState();
        state.forEach((value, i) =>
          assert.ok(Math.abs(now[i] - value) < 1e-10, `step ${t}: ${now[i]} ${value}`)
        );
      });
    },
  });

  Deno.test(`${key}: seeded starts, clipped actions, states that can be set`, () => {
    const [one, two] = [make(), make()];
    assert.deepEqual(one.reset(stream(3, "start")), two.reset(stream(3, "start")));
    assert.notDeepEqual(one.getState(), (two.reset(stream(4, "start")), two.getState()));
    assert.equal(one.reset(stream(3)).length, one.observationSize);
    two.setState(one.getState());
    const { bound } = one.action;
    assert.deepEqual(one.step([100 * bound]), two.step([bound]));
    assert.throws(() => one.step([0, 0]), /length must be 1: current value is 2/);
    assert.throws(() => one.setState([0]), /length must be/);
  });
}

/**
 * Energies without damping; the pendulum's and cart-pole's angles are measured from upright, the acrobot's
 * from hanging.
 */
const ENERGY = {
  pendulum: {
    derivative: pendulumDerivative({ damping: 0 }),
    start: [2, 0.5],
    energy: ([angle, speed]: Float64Array) => speed ** 2 / 2 + 9.81 * Math.cos(angle),
  },
  "cart-pole": {
    derivative: cartPoleDerivative({ cartDamping: 0, poleDamping: 0 }),
    start: [0, 2, 0.3, 0.5],
    energy: ([, angle, speed, turn]: Float64Array) => {
      const [m, l] = [0.1, 0.5];
      return (1 + m) * speed ** 2 / 2 + m * l * Math.cos(angle) * speed * turn + m * l ** 2 * turn ** 2 / 2 +
        m * 9.81 * l * Math.cos(angle);
    },
  },
  acrobot: {
    derivative: acrobotDerivative({ damping: 0 }),
    start: [1, -0.7, 0.2, 0.4],
    energy: ([q1, q2, v1, v2]: Float64Array) => {
      const c = 0.5, inertia = 1 / 12, both = v1 + v2;
      const kinetic = (c ** 2 + inertia) * v1 ** 2 / 2 + inertia * both ** 2 / 2 +
        (v1 ** 2 + c ** 2 * both ** 2 + 2 * c * v1 * both * Math.cos(q2)) / 2;
      return kinetic - 9.81 * (c * Math.cos(q1) + Math.cos(q1) + c * Math.cos(q1 + q2));
    },
  },
};

for (const [name, { derivative, start, energy }] of Object.entries(ENERGY)) {
  Deno.test(`${name} keeps its energy without damping and control`, () => {
    const state = Float64Array.from(start), before = energy(state);
    rungeKutta(derivative, state, { control: 0, timeStep: 5, substeps: 2500 });
    assert.ok(Math.abs(energy(state) - before) < 2e-8, `${energy(state) - before}`);
    // The measure is not blind: a torque changes it.
    rungeKutta(derivative, state, { control: 0.5, timeStep: 0.5, substeps: 250 });
    assert.ok(Math.abs(energy(state) - before) > 1e-3);
  });
}

Deno.test("slowManifold() is linear in (x1, x2, x1²)", () => {
  const system = slowManifold();
  // y' = A y with the exponential of A for a step, by its series.
  const [a, b, h] = [-0.1, -0.8, 0.1];
  const generator = [[a, 0, 0], [0, b, -b], [0, 0, 2 * a]];
  let term = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], step = term.map((row) => row.slice());
  for (let k = 1; k < 20; k++) {
    term = term.map((row) =>
      generator[0].map((_, j) => row.reduce((sum, x, i) => sum + x * generator[i][j] * h / k, 0))
    );
    step = step.map((row, i) => row.map((x, j) => x + term[i][j]));
  }
  let [x1, x2] = system.setState([1.2, -0.5]);
  for (let t = 0; t < 30; t++) {
    const lifted = [x1, x2, x1 ** 2];
    const [y1, y2, y3] = step.map((row) => row.reduce((sum, x, i) => sum + x * lifted[i], 0));
    [x1, x2] = system.step([0]).observation;
    for (const [got, wanted] of [[x1, y1], [x2, y2], [x1 ** 2, y3]]) {
      assert.ok(Math.abs(got - wanted) < 1e-14);
    }
  }
});

Deno.test("wrapAngle() brings angles to (−π, π]", () => {
  for (
    const [angle, wanted] of [[0, 0], [Math.PI, Math.PI], [-Math.PI, Math.PI], [7, 7 - 2 * Math.PI], [
      -4,
      -4 + 2 * Math.PI,
    ]]
  ) {
    assert.ok(Math.abs(wrapAngle(angle) - wanted) < 1e-12, `${angle}`);
  }
});

Deno.test("EnvironmentBatch is its environments side by side", () => {
  const batch = new EnvironmentBatch(pendulum, { rows: 3 });
  const alone = [0, 1, 2].map((row) => {
    const environment = pendulum();
    environment.reset(stream(5, "batch", `${row}`));
    return environment;
  });
  batch.reset(stream(5, "batch"));
  const { observations, rewards } = batch.step(Float64Array.of(1, -1, 0.5));
  [1, -1, 0.5].forEach((action, row) => {
    const { observation, reward } = alone[row].step([action]);
    assert.deepEqual(observations.slice(3 * row, 3 * row + 3), observation);
    assert.equal(rewards[row], reward);
  });
  assert.throws(() => new EnvironmentBatch(pendulum, { rows: 0 }), /rows must be an integer >= 1/);
});

Deno.test("drawPendulum() and drawCartPole() put the light where the mechanism is", () => {
  const up = drawPendulum(0), right = drawPendulum(Math.PI / 2);
  assert.equal(up[8 * 32 + 16], 1);
  assert.equal(up[24 * 32 + 16], 0);
  // A quarter turn of the picture.
  for (let i = 0; i < 32; i++) {
    for (let j = 0; j < 32; j++) assert.ok(Math.abs(right[i * 32 + j] - up[(31 - j) * 32 + i]) < 1e-6);
  }
  const cart = drawCartPole({ position: 1, angleRad: 0 });
  assert.equal(cart[16 * 32 + 24], 1);
  assert.equal(cart[16 * 32 + 8], 0);
  // 4 m to the side it looks the same.
  assert.deepEqual(drawCartPole({ position: 5, angleRad: 0 }), cart);
});
