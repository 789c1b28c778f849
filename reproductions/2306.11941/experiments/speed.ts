import type { Experiment } from "../../../lib/harness/mod.ts";
import { compile, type ExecutorName } from "../../../lib/compile/mod.ts";
import { type LatentInput, type SequenceBatch, WindowSampler } from "../../../lib/methods/koopman/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import { buildModel, type ModelConfig } from "./_models.ts";

/** Speed of all models at one horizon, at the sizes of half-cheetah. */
export type SpeedConfig = {
  readonly models: Readonly<Record<string, ModelConfig>>;
  /** Steps of a training window. */
  readonly horizon: number;
  readonly batchSize: number;
  /** Every round times every model, one after the other. */
  readonly rounds: number;
  /** Gradients that are timed in a round. */
  readonly gradients: number;
};

/** What was measured of one model. */
export type Timing = {
  /** Seconds to trace and compile the gradient of the whole model. */
  readonly compile: number;
  /** Gradients of the whole loss a second, by round. */
  readonly whole: readonly number[];
  /** Gradients of the roll-out alone, encoders and decoders left out, a second, by round. */
  readonly rollout: readonly number[];
};

export type SpeedResult = { readonly models: Readonly<Record<string, Timing>> };

/** Observations and actions of half-cheetah. */
const SIZES = { observationSize: 17, actionSize: 6 };

/** Gradients that are taken before the first that is timed. */
const UNTIMED = 2;

/** Gradients a second of the whole training loss and of the roll-out alone. */
export const speed: Experiment<SpeedConfig, SpeedResult> = {
  id: "speed",
  title: "Training speed by horizon",
  module: import.meta.url,
  usesExecutor: true,
  timing: true,
  memory: 1792,
  cost: ({ models, horizon, rounds, gradients }) =>
    Object.keys(models).length * (3 + rounds * gradients * horizon * 4e-4),
  async run({ models, horizon, batchSize, rounds, gradients }, { seed, executor, progress }) {
    const timed: { name: string; compile: number; whole: Timer; rollout: Timer }[] = [];
    for (const [name, config] of Object.entries(models)) {
      const draws = stream(seed, "speed", name);
      const started = performance.now();
      const whole = await wholeGradient(config, { horizon, batchSize, draws, executor });
      const seconds = (performance.now() - started) / 1000;
      const rollout = await rolloutGradient(config, { horizon, batchSize, draws, executor });
      for (let i = 0; i < UNTIMED; i++) {
        await whole.run();
        await rollout.run();
      }
      timed.push({ name, compile: seconds, whole: new Timer(whole), rollout: new Timer(rollout) });
      progress(0.5 * timed.length / Object.keys(models).length);
    }
    try {
      for (let round = 0; round < rounds; round++) {
        for (const { whole } of timed) await whole.measure(gradients);
        for (const { rollout } of timed) await rollout.measure(gradients);
        progress(0.5 + 0.5 * (round + 1) / rounds);
      }
    } finally {
      for (const { whole, rollout } of timed) {
        await whole.program.dispose();
        await rollout.program.dispose();
      }
    }
    return {
      models: Object.fromEntries(timed.map(({ name, compile, whole, rollout }) => [
        name,
        { compile, whole: whole.rates, rollout: rollout.rates },
      ])),
    };
  },
};

/** A compiled gradient with its arguments. */
interface Program {
  run(): Promise<unknown>;
  dispose(): Promise<void>;
}

/** Runs a second, measured again and again. */
class Timer {
  readonly rates: number[] = [];

  constructor(readonly program: Program) {}

  async measure(times: number): Promise<void> {
    const started = performance.now();
    for (let i = 0; i < times; i++) await this.program.run();
    this.rates.push(1000 * times / (performance.now() - started));
  }
}

interface GradientOptions {
  readonly horizon: number;
  readonly batchSize: number;
  readonly draws: Stream;
  readonly executor: ExecutorName;
}

/** Forward and backward of the training loss, with respect to all parameters. */
async function wholeGradient(
  config: ModelConfig,
  { horizon, batchSize, draws, executor }: GradientOptions,
): Promise<Program> {
  const { model } = buildModel(config, SIZES);
  const parameters = model.init(draws.split("model"));
  const normal = (n: number) => draws.normal(new Float32Array(n));
  const { observationSize, actionSize } = SIZES;
  const steps = horizon + batchSize;
  const sampler = new WindowSampler({
    ...SIZES,
    episodes: [{
      observations: normal((steps + 1) * observationSize),
      actions: normal(steps * actionSize),
      rewards: normal(steps),
      steps,
    }],
  }, horizon);
  const batch = sampler.example(batchSize);
  sampler.fill(batch, draws.split("windows"));
  const program = await compile(
    (p: typeof parameters, b: SequenceBatch) =>
      valueAndGrad((p) => model.loss(p as never, b).total, p as never).grads,
    [parameters, batch] as never,
    { executor, name: "gradient" },
  );
  return { run: () => program.run(parameters as never, batch as never), dispose: () => program.dispose() };
}

/** Forward and backward of the mean square of the predicted latent states. */
async function rolloutGradient(
  config: ModelConfig,
  { horizon, batchSize, draws, executor }: GradientOptions,
): Promise<Program> {
  const { dynamics } = buildModel(config, SIZES).model.options;
  const { latent, actionLatent } = dynamics;
  const normal = (shape: number[]) =>
    hostTensor(draws.normal(new Float32Array(shape.reduce((size, n) => size * n, 1))), shape);
  const leaves = {
    parameters: dynamics.init(draws.split("dynamics")),
    input: { start: normal([batchSize, latent]), actions: normal([horizon, batchSize, actionLatent]) },
  };
  const program = await compile(
    (leaves: { parameters: unknown; input: LatentInput }) =>
      valueAndGrad(
        ({ parameters, input }: { parameters: unknown; input: LatentInput }) =>
          tf.mean(tf.square(dynamics.rollout(parameters, input))),
        leaves as never,
      ).grads,
    [leaves] as never,
    { executor, name: "roll-out" },
  );
  return { run: () => program.run(leaves as never), dispose: () => program.dispose() };
}
