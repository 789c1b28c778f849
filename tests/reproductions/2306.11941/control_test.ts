import assert from "node:assert/strict";
import { TDMPC } from "../../../reproductions/2306.11941/control_studies.ts";
import { openTask } from "../../../reproductions/2306.11941/experiments/_control_tasks.ts";
import { pixels } from "../../../reproductions/2306.11941/experiments/pixels.ts";
import { tdmpc } from "../../../reproductions/2306.11941/experiments/tdmpc.ts";
import { PIXELS } from "../../../reproductions/2306.11941/pixel_studies.ts";
import { stream } from "../../../lib/random/mod.ts";
import { context } from "@refigure/refigure/testing";

const average = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;

Deno.test("hanging scores nothing and upright all, on the pendulum", async () => {
  const { environment, most } = await openTask("pendulum", context(0));
  environment.reset(stream(1));
  environment.setState([Math.PI, 0]);
  const hanging = environment.step([0]).reward;
  assert.ok(Math.abs(hanging) < 1e-12, `${hanging}`);
  environment.setState([0, 0]);
  assert.equal(environment.step([0]).reward, 1);
  assert.equal(most, environment.episodeSteps);
  environment.dispose();
});

Deno.test("TD-MPC learns the swing-up from a dozen episodes, and does nothing without learning", async () => {
  const { config } = TDMPC.variants({ profile: "laptop" }, ["pendulum mlp"])[0];
  const short = { ...config, episodes: 14, evaluations: 2 };
  const [learned, idle] = [
    await tdmpc.run(short, context(900)),
    await tdmpc.run({ ...short, learningRate: 0 }, context(900)),
  ];
  assert.equal(learned.training.length, 14);
  assert.ok(average(learned.final) > 0.3, `${learned.final}`);
  assert.ok(average(idle.final) < 0.2, `${idle.final}`);
  assert.ok(Math.max(...learned.heights) > 0.9 && learned.heights.length === 101);
});

Deno.test("every agent of the smoke profile has finite scores, the same again", async () => {
  for (const { config } of TDMPC.variants({ profile: "smoke" })) {
    const one = await tdmpc.run(config, context(1));
    assert.ok([...one.training, ...one.final].every(Number.isFinite));
    assert.deepEqual(one, await tdmpc.run(config, context(1)));
  }
  for (const { config } of PIXELS.variants({ profile: "smoke" })) {
    const one = await pixels.run(config, context(1));
    assert.equal(one.training.length, config.episodes);
    assert.deepEqual(one, await pixels.run(config, context(1)));
  }
});

Deno.test("agents differ in what is compared only", () => {
  const of = (name: "pendulum koopman" | "pendulum longMlp" | "pendulum inconsistent") =>
    TDMPC.variants({ profile: "laptop" }, [name])[0].config;
  assert.deepEqual({ ...of("pendulum koopman"), dynamics: "mlp" }, of("pendulum longMlp"));
  assert.deepEqual({ ...of("pendulum koopman"), consistency: 0 }, of("pendulum inconsistent"));
});
