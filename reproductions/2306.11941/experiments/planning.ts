import type { Experiment } from "../../../lib/harness/mod.ts";
import type { Environment } from "../../../lib/environments/mod.ts";
import {
  latentPlanner,
  type Plan,
  planActions,
  type PlanOptions,
  trainLatentModel,
} from "../../../lib/methods/koopman/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { type DataConfig, loadEpisodes, SIMULATORS } from "./_data.ts";
import { buildModel, type ModelConfig } from "./_models.ts";
import { risingAndFalling } from "./_schedule.ts";

/** Swinging the pendulum up by planning with a model that was learned from recorded episodes. */
export type PlanningConfig = {
  readonly data: DataConfig;
  /** Absent: the simulator itself, what planning could come to. */
  readonly model?: ModelConfig;
  /** Steps of a training window. */
  readonly horizon: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** How far is looked ahead. */
  readonly ahead: readonly number[];
  readonly samples: number;
  readonly elites: number;
  readonly iterations: number;
  readonly episodes: number;
  readonly episodeSteps: number;
};

/** What planning came to at one horizon. */
export type Planned = {
  readonly ahead: number;
  /** Mean reward of a step, by episode. */
  readonly rewards: readonly number[];
  /** Share of the steps within 25° of upright, by episode. */
  readonly upright: readonly number[];
};

export type PlanningResult = {
  readonly planned: readonly Planned[];
  /** Height of the tip over the first episode, by horizon. */
  readonly heights: readonly (readonly number[])[];
};

/** cos 25°. */
const UPRIGHT = Math.cos(25 / 180 * Math.PI);

/** Hanging, up to 0.1 rad. */
function hang(environment: Environment, draws: Stream): Float64Array {
  const [angle] = draws.uniform(new Float64Array(1), { low: -0.1, high: 0.1 });
  return environment.setState([Math.PI + angle, 0]);
}

/** Chooses an action in the environment's units. */
interface Agent {
  reset(draws: Stream): void;
  act(observation: Float64Array): Promise<ArrayLike<number>>;
  free(): Promise<void>;
}

/** Swing-up by planning. */
export const planning: Experiment<PlanningConfig, PlanningResult> = {
  id: "planning",
  title: "Planning the pendulum's swing-up",
  module: import.meta.url,
  usesExecutor: true,
  cost: ({ steps, horizon, batchSize, episodes, episodeSteps, iterations, ahead }) =>
    2 + steps * horizon * batchSize * 4e-6 + episodes * episodeSteps * iterations * ahead.length * 1e-3,
  async run(config, context) {
    const { ahead, episodes, episodeSteps } = config;
    const environment = SIMULATORS.pendulum();
    const make = config.model === undefined
      ? await simulating(config, context)
      : await learning(config, context);
    const planned: Planned[] = [], heights: number[][] = [];
    for (const [which, horizon] of ahead.entries()) {
      const agent = await make(horizon);
      const rewards: number[] = [], upright: number[] = [];
      try {
        for (let episode = 0; episode < episodes; episode++) {
          const draws = stream(context.seed, "planning", `${episode}`);
          agent.reset(draws.split("noise"));
          let observation = hang(environment, draws.split("start")), sum = 0, up = 0;
          const curve: number[] = [];
          for (let step = 0; step < episodeSteps; step++) {
            const transition = environment.step(await agent.act(observation));
            observation = transition.observation;
            sum += transition.reward / episodeSteps;
            if (observation[0] > UPRIGHT) up += 1 / episodeSteps;
            curve.push(observation[0]);
          }
          rewards.push(sum);
          upright.push(up);
          if (episode === 0) heights.push(curve);
          context.progress(0.5 + 0.5 * (which + (episode + 1) / episodes) / ahead.length);
        }
      } finally {
        await agent.free();
      }
      planned.push({ ahead: horizon, rewards, upright });
    }
    return { planned, heights };
  },
};

/** Trains a model, and plans with it. */
async function learning(
  config: PlanningConfig,
  context: Parameters<typeof planning.run>[1],
): Promise<(horizon: number) => Promise<Agent>> {
  const { train, scaling: { observations, actions } } = await loadEpisodes(config.data, context);
  const { model } = buildModel(config.model!, train);
  const { horizon, steps, batchSize, learningRate } = config;
  const { parameters } = await trainLatentModel(model, {
    sequences: train,
    horizon,
    steps,
    batchSize,
    learningRate: risingAndFalling(learningRate, steps),
    seed: context.seed,
    executor: context.executor,
    onProgress: ({ fraction }) => context.progress(0.5 * fraction),
  });
  const { bound } = SIMULATORS.pendulum().action;
  const [mean, std] = [actions.mean[0], actions.std[0]];
  return async (horizon) => {
    const planner = await latentPlanner(model, {
      ...searchOf(config),
      horizon,
      bounds: [[(-bound - mean) / std, (bound - mean) / std]],
      parameters,
      executor: context.executor,
    });
    return {
      reset: (draws) => planner.reset(draws),
      act: async (observation) => {
        const [action] = await planner.act(
          observation.map((x, i) => (x - observations.mean[i]) / observations.std[i]),
        );
        return [action * std + mean];
      },
      free: async () => await planner[Symbol.asyncDispose](),
    };
  };
}

const searchOf = ({ samples, elites, iterations }: PlanningConfig) => ({ samples, elites, iterations });

/** Plans with the simulator, which knows the future. */
async function simulating(
  config: PlanningConfig,
  context: Parameters<typeof planning.run>[1],
): Promise<(horizon: number) => Promise<Agent>> {
  // Values in the units in which the models predict, as elites are weighted by them.
  const unit = (await loadEpisodes(config.data, context)).scaling.rewards.std[0];
  const model = SIMULATORS.pendulum(), { bound } = model.action;
  return (horizon) => {
    let draws: Stream, last: Plan | undefined;
    const options: PlanOptions = { ...searchOf(config), horizon, bounds: [[-bound, bound]] };
    return Promise.resolve({
      reset(own) {
        draws = own;
        last = undefined;
      },
      async act([cos, sin, speed]) {
        const state = [Math.atan2(sin, cos), speed];
        last = await planActions(
          (actions) =>
            Promise.resolve(Float64Array.from({ length: config.samples }, (_, s) => {
              model.setState(state);
              let sum = 0;
              for (let k = 0; k < horizon; k++) {
                sum += model.step([actions[k * config.samples + s]]).reward / unit;
              }
              return sum;
            })),
          { ...options, stream: draws, last },
        );
        return [last[0]];
      },
      free: () => Promise.resolve(),
    });
  };
}
