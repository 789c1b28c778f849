import assert from "node:assert/strict";
import { digestEpisodes } from "../../../lib/environments/mod.ts";
import { loadEpisodes } from "../../../reproductions/2306.11941/experiments/_data.ts";
import type { Quality } from "../../../reproductions/2306.11941/experiments/_qualities.ts";
import { behaviour } from "../../../reproductions/2306.11941/experiments/behaviour.ts";
import { buildModel } from "../../../reproductions/2306.11941/experiments/_models.ts";
import { pictures } from "../../../reproductions/2306.11941/experiments/pictures.ts";
import { planning } from "../../../reproductions/2306.11941/experiments/planning.ts";
import { CAP, prediction } from "../../../reproductions/2306.11941/experiments/prediction.ts";
import { recovery } from "../../../reproductions/2306.11941/experiments/recovery.ts";
import { trivial } from "../../../reproductions/2306.11941/experiments/trivial.ts";
import { PLANNING } from "../../../reproductions/2306.11941/planning_studies.ts";
import { RECOVERY } from "../../../reproductions/2306.11941/spectrum_studies.ts";
import {
  MODELS,
  nameOfSet,
  PICTURES,
  PREDICTION,
  RUNNER_SETS,
  TRIVIAL,
} from "../../../reproductions/2306.11941/studies.ts";
import { needs, sharedText } from "../../lib/environments/_shared_data.ts";
import { context } from "@refigure/refigure/testing";

const LAPTOP = { profile: "laptop" } as const, SMOKE = { profile: "smoke" } as const;

Deno.test("all models of the laptop profile have the same number of parameters within 5 %", () => {
  for (const sizes of [{ observationSize: 3, actionSize: 1 }, { observationSize: 17, actionSize: 6 }]) {
    for (const { config } of PREDICTION.variants(LAPTOP)) {
      const { parameters } = buildModel(config.model, sizes);
      assert.ok(Math.abs(parameters / config.model.parameters - 1) < 0.05, `${parameters}`);
    }
  }
});

const hasModels = sharedText("mujoco-models/SOURCE.md");

Deno.test({
  name: `every environment has a picture, and data that can be standardised${needs(hasModels)}`,
  ignore: hasModels === undefined,
  async fn() {
    for (const { config } of PICTURES.variants(LAPTOP)) {
      const { frames } = await pictures.run({ ...config, frames: 2 }, context(0, "real"));
      assert.ok(frames.length === 2 && frames[0].length > 0, config.environment);
      assert.ok(frames.flat(2).every(Number.isFinite));
      assert.notDeepEqual(frames[0], frames[1]);
      const data = { environment: config.environment, transitions: 100, episodeSteps: 20 };
      const { train, test } = await loadEpisodes(data, context(0, "real"));
      const all = [...train.episodes, ...test.episodes];
      assert.ok(all.every(({ observations }) => observations.every(Number.isFinite)), config.environment);
      assert.ok(all.length >= 5);
    }
  },
});

Deno.test("data are the same for all seeds, standardised, and split by episode", async () => {
  const [{ config: { data } }] = PREDICTION.variants(SMOKE);
  const [one, two] = await Promise.all([0, 1].map((seed) => loadEpisodes({ ...data }, context(seed))));
  assert.equal(one, two);
  const { train, test } = one;
  assert.ok(train.episodes.length > test.episodes.length && test.episodes.length > 0);
  const values = train.episodes.flatMap(({ rewards }) => Array.from(rewards));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  assert.ok(Math.abs(mean) < 1e-4, `${mean}`);
  for (const episode of test.episodes) {
    assert.ok(!train.episodes.some(({ observations }) => observations[0] === episode.observations[0]));
  }
  const other = await loadEpisodes({ ...data, seed: 4 }, context(0));
  assert.notDeepEqual(other.train.episodes[0].observations, train.episodes[0].observations);
});

Deno.test("the digest of behaviour is that of the episodes recorded: of its seed, and the same again", async () => {
  const data = { environment: "pendulum", transitions: 60, episodeSteps: 20 } as const;
  const digest = async (seed: number) =>
    (await behaviour.run({ data: { ...data, seed } }, context(0))).digest;
  // From an accepted run: it changes with the simulator, the policy, the streams or what is hashed.
  assert.equal(await digest(3), "523fdb61a0ece2f36b2a0998823a62744d520b093d7beb3061abe79c06950702");
  assert.notEqual(await digest(4), await digest(3));
  assert.equal((await behaviour.run({ data }, context(1))).digest, await digest(3));
  const { recorded } = await loadEpisodes({ ...data, seed: 3 }, context(0));
  assert.equal(digestEpisodes(recorded), await digest(3));
});

Deno.test({
  name: `qualities of behaviour differ, and the mixed one is half of each${needs(hasModels)}`,
  ignore: hasModels === undefined,
  async fn() {
    const of = async (quality: Quality) => {
      const data = { environment: "half_cheetah", transitions: 400, episodeSteps: 50, quality } as const;
      const [{ recorded: { episodes } }, result] = await Promise.all([
        loadEpisodes(data, context(0, "real")),
        behaviour.run({ data }, context(0, "real")),
      ]);
      return { ...result, episodes };
    };
    const [medium, mixed, expert] = await Promise.all(
      (["medium", "medium-expert", "expert"] as const).map(of),
    );
    assert.ok(expert.meanReturn > mixed.meanReturn && mixed.meanReturn > medium.meanReturn);
    assert.deepEqual(mixed.episodes, [...medium.episodes.slice(0, 4), ...expert.episodes.slice(0, 4)]);
    assert.equal(new Set([medium, mixed, expert].map(({ digest }) => digest)).size, 3);
  },
});

Deno.test("sets are called by what made them, and their quality", () => {
  assert.deepEqual(RUNNER_SETS.slice(0, 3).map(nameOfSet), [
    "hopper-ars-expert",
    "walker2d-ars-expert",
    "half_cheetah-cpg-expert",
  ]);
  assert.equal(nameOfSet("hopper"), "hopper-ars-full-replay");
  assert.equal(nameOfSet("cheetah"), "half_cheetah-cpg-mixture");
});

Deno.test("an unlearned model predicts about as badly as the mean; its errors are capped", async () => {
  const [{ config }] = PREDICTION.variants(SMOKE, ["pendulum koopman"]);
  const result = await prediction.run({ ...config, steps: 10, learningRate: 1e-6 }, context(0));
  const bars = await trivial.run(TRIVIAL.variants(SMOKE)[0].config, context(0));
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  assert.ok(Math.abs(mean(result.stateErrors) / mean(bars.mean) - 1) < 0.2);
  assert.ok(result.stateErrors.every((error) => error <= CAP));
  assert.equal(result.eigenvalues?.real.length, config.model.latent / 2);
  assert.equal(Object.keys(MODELS).length, PREDICTION.variants(SMOKE).length);
});

Deno.test("eigenvalues come nearer to the true ones with training, and not without it", async () => {
  const [{ config }] = RECOVERY.variants(LAPTOP);
  const short = { ...config, horizon: 20, steps: 600, transitions: 1200 };
  const [trained, untrained] = await Promise.all([
    recovery.run(short, context(900)),
    recovery.run({ ...short, steps: 10, learningRate: 1e-9 }, context(900)),
  ]);
  assert.ok(Math.abs(untrained.error - 0.4) < 0.01, `${untrained.error}`);
  assert.ok(trained.error < 0.25, `${trained.error}`);
  assert.ok(trained.stateError < untrained.stateError / 10);
});

Deno.test("planning with the simulator swings up, far enough ahead; an untrained model does not", async () => {
  const variants = PLANNING.variants(LAPTOP);
  const config = (name: string) => ({
    ...variants.find((variant) => variant.name === name)!.config,
    samples: 64,
    episodes: 1,
  });
  const [truth, untrained] = await Promise.all([
    planning.run(config("simulator"), context(900)),
    planning.run({ ...config("koopman"), steps: 10, learningRate: 1e-9, episodeSteps: 60 }, context(900)),
  ]);
  const [short, long] = truth.planned.map(({ rewards }) => rewards[0]);
  assert.ok(long > -7 && long > short + 1, `${short}, ${long}`);
  assert.ok(Math.max(...truth.heights[1]) > 0.9);
  assert.ok(Math.max(...untrained.heights[1]) < 0, `${untrained.heights[1]}`);
});
