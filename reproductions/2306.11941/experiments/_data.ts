import type { JobContext } from "../../../lib/harness/mod.ts";
import {
  acrobot,
  cartPole,
  type Environment,
  type Episode,
  type EpisodeSet,
  type MujocoFiles,
  openRunner,
  oscillatorPolicy,
  pendulum,
  randomSearch,
  recordEpisode,
  type RunnerName,
  scalingOf,
  slowManifold,
  splitEpisodes,
  standardiseEpisodes,
} from "../../../lib/environments/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";

/** Simulators of this project, and runners on MuJoCo. */
export type EnvironmentName = "slow manifold" | "pendulum" | "cart-pole" | "acrobot" | RunnerName;

/** A set of recorded episodes; it is the same for all models and seeds. */
export type DataConfig = {
  readonly environment: EnvironmentName;
  readonly transitions: number;
  /** Longest episode. */
  readonly episodeSteps: number;
  /** Seed of the data; what a job's own seed draws is the training. @default 3 */
  readonly seed?: number;
};

/** Share of the episodes that are kept for testing; the paper splits 80 : 20. */
const TEST_SHARE = 0.2;

const SIMULATORS = { "slow manifold": slowManifold, pendulum, "cart-pole": cartPole, acrobot } as const;

/** Settings of the search whose whole history is the data; the alive bonus would reward standing still. */
const SEARCH = {
  hopper: { stepSize: 0.05, noise: 0.05, aliveBonus: 0 },
  walker2d: { stepSize: 0.05, noise: 0.05, aliveBonus: 0 },
  half_cheetah: { stepSize: 0.02, noise: 0.03, aliveBonus: 0 },
} as const;

const isSimulator = (name: EnvironmentName): name is keyof typeof SIMULATORS =>
  Object.hasOwn(SIMULATORS, name);

/** The data set with the models that an environment needs. */
export const modelsOf = (name: EnvironmentName): readonly string[] =>
  isSimulator(name) ? [] : ["mujoco/gymnasium"];

/** Standardised episodes, by the moments of the training part. */
export interface SplitData {
  readonly train: EpisodeSet;
  readonly test: EpisodeSet;
}

/** A worker runs several jobs on the same data. */
const made = new Map<string, Promise<SplitData>>();

/** Makes a set of episodes and splits it by episode. */
export function loadEpisodes(config: DataConfig, context: JobContext): Promise<SplitData> {
  const key = JSON.stringify(config);
  let data = made.get(key);
  if (data === undefined) made.set(key, data = makeEpisodes(config, context));
  return data;
}

async function makeEpisodes(config: DataConfig, context: JobContext): Promise<SplitData> {
  const { environment: name, seed = 3 } = config;
  const draws = stream(seed, "behaviour", name);
  const environment = isSimulator(name)
    ? SIMULATORS[name]()
    : await openRunner(name, { files: (await context.loadData<MujocoFiles>("mujoco/gymnasium")).value });
  const episodes = isSimulator(name) ? mixedEpisodes(environment, config, draws) : [
    ...randomSearch(environment, {
      ...SEARCH[name],
      stream: draws,
      iterations: 10_000,
      directions: 8,
      best: 4,
      steps: config.episodeSteps,
      transitions: config.transitions,
    }).episodes,
  ];
  environment.dispose();
  const { observationSize, action: { size: actionSize } } = environment;
  const [train, test] = splitEpisodes({ observationSize, actionSize, episodes }, {
    share: TEST_SHARE,
    stream: draws.split("test"),
  });
  const scaling = scalingOf(train);
  return { train: standardiseEpisodes(train, scaling), test: standardiseEpisodes(test, scaling) };
}

/** Oscillations of random strength and frequency (0.1 to 2 Hz) with noise, one policy an episode. */
function mixedEpisodes(
  environment: Environment,
  { transitions, episodeSteps }: DataConfig,
  draws: Stream,
): Episode[] {
  return Array.from({ length: Math.ceil(transitions / episodeSteps) }, (_, i) => {
    const own = draws.split(`${i}`);
    const [amplitude, rate, noise] = own.split("kind").uniform(new Float64Array(3));
    const policy = oscillatorPolicy(environment, {
      stream: own.split("policy"),
      amplitude,
      frequency: 0.1 * 20 ** rate,
      noise: 0.3 * noise,
    });
    return recordEpisode(environment, { policy, stream: own.split("start"), steps: episodeSteps });
  });
}
