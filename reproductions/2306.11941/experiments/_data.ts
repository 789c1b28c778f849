import type { JobContext } from "../../../lib/harness/mod.ts";
import {
  acrobot,
  cartPole,
  type Environment,
  type Episode,
  type EpisodeSet,
  type MujocoEnvironment,
  type MujocoFiles,
  openRunner,
  openSuiteTask,
  oscillatorPolicy,
  pendulum,
  randomSearch,
  recordEpisode,
  type RunnerName,
  RUNNERS,
  type Scaling,
  scalingOf,
  slowManifold,
  splitEpisodes,
  standardiseEpisodes,
  type SuiteTask,
} from "../../../lib/environments/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { type Quality, qualityEpisodes } from "./_qualities.ts";

/** Simulators of this project, runners on MuJoCo, and tasks of the DeepMind Control Suite. */
export type EnvironmentName =
  | "slow manifold"
  | "pendulum"
  | "cart-pole"
  | "acrobot"
  | RunnerName
  | SuiteTask;

/** A set of recorded episodes; it is the same for all models and seeds. */
export type DataConfig = {
  readonly environment: EnvironmentName;
  readonly transitions: number;
  /** Longest episode. */
  readonly episodeSteps: number;
  /** Seed of the data; what a job's own seed draws is the training. @default 3 */
  readonly seed?: number;
  /**
   * Of a runner's behaviour. @default "full-replay": all that a short search did in order, or many strengths
   * and frequencies of gaits
   */
  readonly quality?: Quality;
};

/** Seed of data whose configuration has none. */
const SEED = 3;

/** Share of the episodes that are kept for testing; the paper splits 80 : 20. */
const TEST_SHARE = 0.2;

/** The simulators of this project by name. */
export const SIMULATORS = {
  "slow manifold": slowManifold,
  pendulum,
  "cart-pole": cartPole,
  acrobot,
} as const;

/** Settings of the search whose whole history is the data; the alive bonus would reward standing still. */
const SEARCH = { stepSize: 0.05, noise: 0.05, directions: 8, best: 4, aliveBonus: 0, iterations: 10_000 };

/** Ranges of the oscillations that move what cannot fall; the policy of an episode is drawn from them. */
interface Oscillations {
  /** As a share of the action's bound. */
  readonly amplitude: readonly [low: number, high: number];
  /** In Hz, drawn by its logarithm. */
  readonly frequency: readonly [low: number, high: number];
  /** σ of the noise, as a share of the bound. */
  readonly noise: readonly [low: number, high: number];
  /** Number of sets of phases that the episodes take in turn; absent: one for each episode. */
  readonly gaits?: number;
}

const OSCILLATING: Oscillations = { amplitude: [0, 1], frequency: [0.1, 2], noise: [0, 0.3] };

/**
 * Under search few of half-cheetah's episodes hold most of the variance: predicting the training mean had an
 * error of 4.4 on held-out ones. Two gaits at many strengths and frequencies make episodes of one kind.
 */
const RUNNING: Oscillations = { amplitude: [0.4, 0.8], frequency: [1, 2], noise: [0, 0.1], gaits: 2 };

/** What runs in gaits; everything else oscillates, each part for itself. */
const GAITS: readonly EnvironmentName[] = ["half_cheetah", "cheetah-run", "walker-walk"];

/** Control steps of the suite that an action is kept, so that an action takes 0.02 to 0.04 s. */
const REPEATS: Readonly<Record<SuiteTask, number>> = {
  "cheetah-run": 4,
  "cartpole-swingup": 4,
  "acrobot-swingup": 4,
  "finger-spin": 2,
  "ball-in-cup-catch": 1,
  "walker-walk": 1,
};

/** Whether an environment is one of {@link SIMULATORS}, and not on MuJoCo. */
export const isSimulator = (name: EnvironmentName): name is keyof typeof SIMULATORS =>
  Object.hasOwn(SIMULATORS, name);

const isRunner = (name: EnvironmentName): name is RunnerName => RUNNERS.includes(name as RunnerName);

/** Whose behaviour is that of augmented random search; all others oscillate (a central pattern generator). */
const isSearched = (name: EnvironmentName) => name === "hopper" || name === "walker2d";

/**
 * What a set is called; never D4RL. Where nothing is searched for, all strengths and frequencies are a replay
 * of nothing.
 */
export function nameData({ environment, quality }: Pick<DataConfig, "environment" | "quality">): string {
  return isSearched(environment)
    ? `${environment}-ars-${quality ?? "full-replay"}`
    : `${environment}-cpg-${quality ?? "mixture"}`;
}

/** The data set with the models that an environment needs. */
export function modelsOf(name: EnvironmentName): readonly string[] {
  if (isSimulator(name)) return [];
  if (isRunner(name)) return ["mujoco/gymnasium"];
  const contacts = ["finger-spin", "ball-in-cup-catch", "walker-walk"].includes(name);
  return [contacts ? "mujoco/control-suite-contacts" : "mujoco/control-suite"];
}

/** Opens an environment on MuJoCo. */
export async function openMujocoEnvironment(
  name: Exclude<EnvironmentName, keyof typeof SIMULATORS>,
  { loadData }: Pick<JobContext, "loadData">,
): Promise<MujocoEnvironment> {
  const { value: files } = await loadData<MujocoFiles>(modelsOf(name)[0]);
  return isRunner(name) ? openRunner(name, { files }) : openSuiteTask(name, { files, repeat: REPEATS[name] });
}

/** Recorded episodes, and standardised by the moments of the training part. */
export interface SplitData {
  /** As they were recorded. */
  readonly recorded: EpisodeSet;
  readonly train: EpisodeSet;
  readonly test: EpisodeSet;
  /** What they were standardised by. */
  readonly scaling: Scaling;
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
  const { environment: name, seed = SEED } = config;
  const draws = stream(seed, "behaviour", name);
  const environment = isSimulator(name) ? SIMULATORS[name]() : await openMujocoEnvironment(name, context);
  const episodes = recordedEpisodes(environment, config, draws);
  environment.dispose();
  const { observationSize, action: { size: actionSize } } = environment;
  const recorded = { observationSize, actionSize, episodes };
  const [train, test] = splitEpisodes(recorded, {
    share: TEST_SHARE,
    stream: draws.split("test"),
  });
  const scaling = scalingOf(train);
  return {
    recorded,
    train: standardiseEpisodes(train, scaling),
    test: standardiseEpisodes(test, scaling),
    scaling,
  };
}

function recordedEpisodes(environment: Environment, config: DataConfig, draws: Stream): readonly Episode[] {
  const { environment: name, transitions, episodeSteps: steps, quality, seed = SEED } = config;
  if (quality !== undefined) {
    const by = isSearched(name) ? "search" : "gaits";
    return qualityEpisodes(environment, {
      by,
      quality,
      seed,
      transitions,
      steps,
    });
  }
  if (isSearched(name)) {
    return randomSearch(environment, { ...SEARCH, stream: draws, steps, transitions }).episodes;
  }
  const ranges = GAITS.includes(name) ? RUNNING : OSCILLATING;
  return oscillatingEpisodes(environment, { ...ranges, config, draws });
}

/** One policy an episode. */
function oscillatingEpisodes(
  environment: Environment,
  { config: { transitions, episodeSteps }, draws, ...ranges }: Oscillations & {
    readonly config: DataConfig;
    readonly draws: Stream;
  },
): Episode[] {
  const phases = Array.from(
    { length: ranges.gaits ?? 0 },
    (_, gait) =>
      draws.split(`gait ${gait}`).uniform(new Float64Array(environment.action.size), { high: 2 * Math.PI }),
  );
  return Array.from({ length: Math.ceil(transitions / episodeSteps) }, (_, i) => {
    const own = draws.split(`${i}`);
    const [strength, rate, noise] = own.split("kind").uniform(new Float64Array(3));
    const [slowest, fastest] = ranges.frequency;
    const policy = oscillatorPolicy(environment, {
      stream: own.split("policy"),
      amplitude: within(ranges.amplitude, strength),
      frequency: slowest * (fastest / slowest) ** rate,
      noise: within(ranges.noise, noise),
      ...(phases.length > 0 && { phases: phases[i % phases.length] }),
    });
    return recordEpisode(environment, { policy, stream: own.split("start"), steps: episodeSteps });
  });
}

const within = ([low, high]: readonly [number, number], share: number) => low + (high - low) * share;
