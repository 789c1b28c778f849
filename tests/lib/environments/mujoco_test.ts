import assert from "node:assert/strict";
import { join } from "node:path";
import { dataRoots } from "../../../lib/data/mod.ts";
import {
  type MujocoEnvironment,
  type MujocoFiles,
  openMujoco,
  openRunner,
  openSuiteTask,
  type RunnerName,
  RUNNERS,
  SUITE_TASKS,
  type SuiteTask,
  tolerance,
} from "../../../lib/environments/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { needs, sharedText } from "./_shared_data.ts";

interface Golden {
  readonly models: Record<string, { readonly qpos: number[]; readonly qvel: number[] }>;
}

const text = sharedText("mujoco-models/golden-mujoco-3.14.0.json");
const golden = text && (JSON.parse(text) as Golden);
const ignore = golden === undefined;

/** All XML files below a folder of the models. */
function filesOf(folder: string): MujocoFiles {
  const root = dataRoots().map((path) => join(path, "mujoco-models", folder)).find((path) => {
    try {
      return Deno.statSync(path).isDirectory;
    } catch {
      return false;
    }
  })!;
  const list = (below: string): [string, string][] =>
    [...Deno.readDirSync(join(root, below))].flatMap(({ name, isDirectory }) =>
      isDirectory
        ? list(join(below, name))
        : name.endsWith(".xml")
        ? [[join(below, name), Deno.readTextFileSync(join(root, below, name))]]
        : []
    );
  return Object.fromEntries(list(""));
}

Deno.test({
  name: `openMujoco() follows the golden trajectories of nine models to 1e-9${needs(golden)}`,
  ignore,
  async fn() {
    for (const [name, { qpos, qvel }] of Object.entries((golden as Golden).models)) {
      const [folder, model] = name.split("/");
      const physics = await openMujoco({ files: filesOf(folder), path: `${model}.xml` });
      for (let i = 0; i < 50; i++) {
        physics.setControls(Array.from({ length: physics.nu }, (_, k) => ((7 * i + 3 * k) % 11 - 5) / 5));
        physics.step();
      }
      const far = (got: Float64Array, wanted: number[]) =>
        Math.max(...wanted.map((x, i) => Math.abs(x - got[i])));
      assert.ok(far(physics.positions, qpos) < 1e-9 && far(physics.velocities, qvel) < 1e-9, name);
      physics.dispose();
    }
  },
});

for (const name of RUNNERS) {
  Deno.test({
    name: `openRunner(): ${name} has the layout, rewards and starts of its rules${needs(golden)}`,
    ignore,
    async fn() {
      const runner = await openRunner(name, { files: filesOf("gymnasium") });
      const sizes: Record<RunnerName, [number, number, number]> = {
        hopper: [11, 3, 0.008],
        walker2d: [17, 6, 0.008],
        half_cheetah: [17, 6, 0.05],
      };
      assert.deepEqual([runner.observationSize, runner.action.size], sizes[name].slice(0, 2));
      assert.ok(Math.abs(runner.timeStep - sizes[name][2]) < 1e-15);
      const first = runner.reset(stream(1, "start"));
      assert.deepEqual(runner.reset(stream(1, "start")), first);
      // By hand: qpos without x, clipped qvel, and the way made over the time.
      const before = runner.physics.positions[0];
      const { observation, reward, terminated } = runner.step(new Array(runner.action.size).fill(0.5));
      const { positions, velocities } = runner.physics;
      assert.deepEqual(
        [...observation],
        [...positions.slice(1), ...velocities].map((x, i) =>
          i < positions.length - 1 || name === "half_cheetah" ? x : Math.min(Math.max(x, -10), 10)
        ),
      );
      const squares = 0.25 * runner.action.size;
      const wanted = (positions[0] - before) / runner.timeStep +
        (name === "half_cheetah" ? -0.1 * squares : 1 - 1e-3 * squares);
      assert.ok(Math.abs(reward - wanted) < 1e-12);
      assert.equal(terminated, false);
      // Falls over: only the cheetah may go on.
      const state = runner.getState();
      state[2] = 1.2;
      runner.setState(state);
      assert.equal(runner.step(new Array(runner.action.size).fill(0)).terminated, name !== "half_cheetah");
      assert.ok(runner.physics.geometries().some(({ type }) => type === "capsule"));
      runner.dispose();
    },
  });
}

/** What is known by hand of a task: sizes, duration of a control step, states of full reward. */
const CHECKS: Partial<Record<SuiteTask, (task: MujocoEnvironment) => void>> = {
  "finger-spin"(task) {
    assert.deepEqual([task.observationSize, task.action.size, task.timeStep], [9, 2, 0.04]);
    const [, , x, z] = task.reset(stream(3, "start"));
    assert.ok(Math.abs(Math.hypot(x, z) - 0.13) < 1e-12, "the spinner's tip is 0.13 m from its hinge");
    assert.equal(task.physics.contacts, 0);
    for (const [speed, reward] of [[-20, 2], [-14, 0], [20, 0]]) {
      task.setState([0.5, 0.5, 0, 0, 0, speed]);
      assert.equal(task.step([0, 0]).reward, reward, `${speed} rad/s`);
    }
  },
  "ball-in-cup-catch"(task) {
    assert.deepEqual([task.observationSize, task.action.size, task.timeStep], [8, 2, 0.04]);
    task.reset(stream(3, "start"));
    assert.equal(task.physics.contacts, 0);
    // The ball's own height is 0.2 m, and the middle of the cup's 0.55 m.
    for (const [height, reward] of [[0.35, 2], [0.1, 0]]) {
      task.setState([0, 0, 0, height, 0, 0, 0, 0]);
      assert.equal(task.step([0, 0]).reward, reward);
    }
  },
  "walker-walk"(task) {
    assert.deepEqual([task.observationSize, task.action.size, task.timeStep], [24, 6, 0.05]);
    const bodies = task.reset(stream(3, "start"));
    for (let i = 0; i < 14; i += 2) assert.ok(Math.abs(Math.hypot(bodies[i], bodies[i + 1]) - 1) < 1e-9);
    // Upright at a speed of 2 m/s; standing still is worth a sixth, lying next to nothing.
    const still = new Array(18).fill(0), walking = still.with(9 + 1, 2), lying = still.with(2, Math.PI / 2);
    task.setState(walking);
    assert.ok(task.step(new Array(6).fill(0)).reward > 1.95);
    task.setState(still);
    const { reward } = task.step(new Array(6).fill(0));
    assert.ok(Math.abs(reward - 1 / 3) < 0.02, `${reward}`);
    task.setState(lying.with(0, -1.1));
    assert.ok(task.step(new Array(6).fill(0)).reward < 0.1);
  },
};

for (const name of SUITE_TASKS) {
  Deno.test({
    name: `openSuiteTask(): ${name} has rewards in [0, 1] and seeded starts${needs(golden)}`,
    ignore,
    async fn() {
      const task = await openSuiteTask(name, { files: filesOf("dm_control_suite"), repeat: 2 });
      const first = task.reset(stream(2, "start"));
      assert.deepEqual(task.reset(stream(2, "start")), first);
      assert.equal(first.length, task.observationSize);
      for (let i = 0; i < 5; i++) {
        const { reward } = task.step(new Array(task.action.size).fill(1 - i / 2));
        assert.ok(reward >= 0 && reward <= 2, `${reward}`);
      }
      if (name === "cartpole-swingup") {
        // Upright, still and in the middle, without a push: all factors are 1.
        task.setState([0, 0, 0, 0]);
        assert.ok(Math.abs(task.step([0]).reward - 2) < 1e-6);
      }
      if (name === "acrobot-swingup") {
        task.setState([0, 0, 0, 0]);
        assert.ok(task.step([0]).reward > 1.99);
      }
      CHECKS[name]?.(task);
      task.dispose();
    },
  });
}

Deno.test("tolerance() is 1 within bounds and 0.1 at the margin", () => {
  assert.equal(tolerance(0.5, { bounds: [0, 1], margin: 2 }), 1);
  assert.ok(Math.abs(tolerance(3, { bounds: [0, 1], margin: 2 }) - 0.1) < 1e-12);
  assert.ok(Math.abs(tolerance(-5, { margin: 5 }) - 0.1) < 1e-12);
});

Deno.test("openMujoco() names what is missing and what cannot be read", async () => {
  await assert.rejects(openMujoco({ files: { "a.xml": "" }, path: "b.xml" }), /path must be one of a\.xml/);
  await assert.rejects(
    openMujoco({ files: { "a.xml": "<mujoco><nonsense/></mujoco>" }, path: "a.xml" }),
    /Cannot open the model a\.xml/,
  );
});
