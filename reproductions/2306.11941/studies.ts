/** What each profile runs: experiments in named variants. */
import { type Json, type Plan, type Seeds, study, type Variant } from "../../lib/harness/mod.ts";
import { type DataConfig, type EnvironmentName, isSimulator, nameData } from "./experiments/_data.ts";
import type { DynamicsConfig } from "./experiments/_models.ts";
import { QUALITIES, type Quality } from "./experiments/_qualities.ts";
import { behaviour, type BehaviourConfig } from "./experiments/behaviour.ts";
import { pictures, type PicturesConfig } from "./experiments/pictures.ts";
import { prediction, type PredictionConfig } from "./experiments/prediction.ts";
import { trivial, type TrivialConfig } from "./experiments/trivial.ts";

/**
 * Δt of the Koopman model at the start: its slowest mode then turns by 0.03 rad a step. With the default of
 * 1/(2m) it hardly learned.
 */
const TIME_STEP = 0.01;

/** A model of the comparison, with what was found for it in pilots. */
interface ModelSpec {
  readonly label: string;
  readonly dynamics: DynamicsConfig;
  /** Weight of the latent consistency loss. @default 1 */
  readonly consistency?: number;
  /** Learning rate relative to the others'. @default 1 */
  readonly pace?: number;
}

/** Models of the comparison. */
export const MODELS = {
  koopman: { label: "Koopman", dynamics: { kind: "koopman", timeStep: TIME_STEP } },
  mlp: { label: "MLP, 10 steps", dynamics: { kind: "mlp", residual: true } },
  gru: { label: "GRU", dynamics: { kind: "gru" }, consistency: 0.1 },
  transformer: { label: "Transformer", dynamics: { kind: "transformer" }, consistency: 0, pace: 0.3 },
  ssm: { label: "Diagonal SSM", dynamics: { kind: "ssm" }, consistency: 0 },
} as const satisfies Record<string, ModelSpec>;

/** Names of the models. */
export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

/** Those that are compared on the further qualities of behaviour. */
export const QUALITY_MODELS = ["koopman", "mlp", "gru"] as const satisfies readonly ModelName[];

/** Steps that the MLP is trained on: the paper's, as longer windows made it diverge there. */
export const MLP_HORIZON = 10;

/** Models whose gradients a claim is about. */
const WITH_GRADIENTS: readonly ModelName[] = ["koopman", "mlp"];

/** Environments of every profile but smoke. */
const FIRST = {
  pendulum: "pendulum",
  cartPole: "cart-pole",
  acrobot: "acrobot",
  hopper: "hopper",
  walker: "walker2d",
  cheetah: "half_cheetah",
} as const satisfies Record<string, EnvironmentName>;

/** Tasks of the Control Suite, which `decide` adds; those of the paper's control are among them. */
const SUITE = {
  suiteCheetah: "cheetah-run",
  suiteWalker: "walker-walk",
  suiteFinger: "finger-spin",
  suiteCup: "ball-in-cup-catch",
  suiteCartPole: "cartpole-swingup",
  suiteAcrobot: "acrobot-swingup",
} as const satisfies Record<string, EnvironmentName>;

/** Environments, in the order of figures and tables. */
export const ENVIRONMENTS = { ...FIRST, ...SUITE };
export type EnvironmentKey = keyof typeof ENVIRONMENTS;
export const ENVIRONMENT_KEYS = Object.keys(ENVIRONMENTS) as readonly EnvironmentKey[];

const SUITE_KEYS = Object.keys(SUITE) as readonly EnvironmentKey[];

/** The paper's environments, of which there are several qualities of behaviour. */
export const RUNNER_KEYS = ["hopper", "walker", "cheetah"] as const satisfies readonly EnvironmentKey[];
type QualityKey = `${typeof RUNNER_KEYS[number]} ${Quality}`;
const qualityKeys = (quality: Quality) => RUNNER_KEYS.map((runner): QualityKey => `${runner} ${quality}`);
const QUALITY_KEYS = QUALITIES.flatMap(qualityKeys);

/** A set of behaviour data: an environment's, or one of a runner's further qualities. */
export type SetKey = EnvironmentKey | QualityKey;
/** The runners' sets: those of the paper's three qualities, then the fourth. */
export const RUNNER_SETS: readonly SetKey[] = [
  ...qualityKeys("expert"),
  ...qualityKeys("medium-expert"),
  ...RUNNER_KEYS,
  ...qualityKeys("medium"),
];
export const SET_KEYS: readonly SetKey[] = [...ENVIRONMENT_KEYS, ...QUALITY_KEYS];

/** The environment of a set, and its quality if it is a further one. */
export function partsOf(key: SetKey): Pick<DataConfig, "environment" | "quality"> {
  const [environment, quality] = key.split(" ") as [EnvironmentKey, Quality?];
  return { environment: ENVIRONMENTS[environment], ...(quality && { quality }) };
}

/** What a set is called. */
export const nameOfSet = (key: SetKey): string => nameData(partsOf(key));

/** What is asked of one profile's predictions. */
export interface Scale {
  readonly sets: readonly SetKey[];
  /** Those that `decide` adds. */
  readonly beyond?: readonly SetKey[];
  readonly models: readonly ModelName[];
  readonly transitions: number;
  /** Longest episodes of the runners; the others' have half as many steps. */
  readonly episodeSteps: number;
  readonly latent: number;
  readonly parameters: number;
  readonly training: Pick<
    PredictionConfig,
    "horizon" | "steps" | "batchSize" | "learningRate" | "testHorizon" | "windows" | "gradientHorizons"
  >;
  readonly seeds: number;
  /** Whether the models of the claim about one environment have more seeds. */
  readonly alone?: boolean;
}

/** What is recorded of a set. */
export function dataOf(key: SetKey, { transitions, episodeSteps }: Scale): DataConfig {
  const { environment, ...rest } = partsOf(key);
  return {
    environment,
    // What this project simulates costs next to nothing.
    transitions: isSimulator(environment) ? 2 * transitions : transitions,
    episodeSteps: environment === "hopper" || environment === "walker2d"
      ? episodeSteps
      : Math.ceil(episodeSteps / 2),
    ...rest,
  };
}

/** A variant of the comparison. */
interface PredictionVariant extends Variant<PredictionConfig> {
  readonly environment: SetKey;
  readonly model: ModelName;
}

type PredictionName = `${SetKey} ${ModelName}`;

function predictions(scale: Scale): Partial<Record<PredictionName, PredictionVariant>> {
  const { sets, beyond, models, latent, parameters, training, seeds, alone } = scale;
  return Object.fromEntries(
    sets.flatMap((environment) =>
      models.map((model) => {
        const { label, dynamics, consistency, pace = 1 }: ModelSpec = MODELS[model];
        const horizon = model === "mlp" ? Math.min(MLP_HORIZON, training.horizon) : training.horizon;
        const config: PredictionConfig = {
          ...training,
          data: dataOf(environment, scale),
          model: { dynamics, latent, parameters, ...(consistency !== undefined && { consistency }) },
          learningRate: pace * training.learningRate,
          horizon,
          // As many states in an update for shorter windows.
          batchSize: Math.round(training.batchSize * training.horizon / horizon),
          gradientHorizons: WITH_GRADIENTS.includes(model) ? training.gradientHorizons : [],
        };
        const name = `${environment} ${model}`;
        return [name, {
          label,
          config,
          seeds: beyond?.includes(environment)
            ? { beyond: Array.from({ length: seeds }, (_, seed) => seed) }
            : alone && ALONE.includes(name)
            ? ALONE_SEEDS
            : seeds,
          environment,
          model,
        }];
      })
    ),
  );
}

/** Simulators only. */
export const SMOKE: Scale = {
  sets: ["pendulum"],
  models: MODEL_NAMES,
  transitions: 800,
  episodeSteps: 160,
  latent: 8,
  parameters: 4000,
  training: {
    horizon: 10,
    steps: 30,
    batchSize: 8,
    learningRate: 3e-3,
    testHorizon: 20,
    windows: 32,
    gradientHorizons: [10],
  },
  seeds: 1,
};

/** A few minutes. */
export const LAPTOP: Scale = {
  sets: SET_KEYS,
  beyond: [...SUITE_KEYS, ...QUALITY_KEYS],
  models: MODEL_NAMES,
  transitions: 20_000,
  episodeSteps: 400,
  latent: 32,
  parameters: 30_000,
  training: {
    horizon: 100,
    steps: 500,
    batchSize: 16,
    learningRate: 1e-2,
    testHorizon: 100,
    windows: 256,
    gradientHorizons: [100],
  },
  seeds: 2,
  alone: true,
};

/** Seeds where the claim is about one environment. */
const ALONE = ["hopper koopman", "hopper mlp"];
const ALONE_SEEDS = 4;

/** Sizes of the card's paper scale; the paper's own are not known. */
export const PAPER: Scale = {
  ...LAPTOP,
  beyond: SUITE_KEYS,
  transitions: 1_000_000,
  episodeSteps: 1000,
  latent: 256,
  parameters: 1_000_000,
  training: {
    ...LAPTOP.training,
    horizon: 100,
    steps: 100_000,
    batchSize: 256,
    learningRate: 1e-3,
    windows: 50_000,
  },
  seeds: 3,
};

/** The plan that has what is beyond the profile, too, with the seeds of the others. */
export const WIDER: Plan = { profile: "laptop", seeds: LAPTOP.seeds };

/** All models on all environments. */
export const PREDICTION = study(prediction, {
  smoke: predictions(SMOKE),
  laptop: predictions(LAPTOP),
  paper: predictions(PAPER),
});

/** A variant for each set, run once. */
function bySet<C extends Json>(scale: Scale, config: (data: DataConfig) => C) {
  return Object.fromEntries(scale.sets.map((key) => [
    key,
    {
      label: nameOfSet(key),
      config: config(dataOf(key, scale)),
      seeds: scale.beyond?.includes(key) ? { beyond: [0] } : { only: 0 },
      set: key,
    },
  ])) as Partial<Record<SetKey, Variant<C> & { readonly set: SetKey }>>;
}

function trivials(scale: Scale) {
  const { testHorizon, windows } = scale.training;
  return bySet(scale, (data): TrivialConfig => ({ data, testHorizon, windows }));
}

/** What needs no network, on the same windows. */
export const TRIVIAL = study(trivial, {
  smoke: trivials(SMOKE),
  laptop: trivials(LAPTOP),
  paper: trivials(PAPER),
});

const behaviours = (scale: Scale) => bySet(scale, (data): BehaviourConfig => ({ data }));

/** What was recorded. */
export const BEHAVIOUR = study(behaviour, {
  smoke: behaviours(SMOKE),
  laptop: behaviours(LAPTOP),
  paper: behaviours(PAPER),
});

/** Eigenvalues of the ablation; the first is the paper's default. */
const ABLATIONS = {
  decaying: { label: "μ = −0.2, fixed", dynamics: MODELS.koopman.dynamics },
  unitary: { label: "μ = 0, fixed", dynamics: { ...MODELS.koopman.dynamics, real: { fixed: 0 } } },
  ranged: {
    label: "μ learned in [−0.3, −0.1]",
    dynamics: { ...MODELS.koopman.dynamics, real: { start: -0.2, range: [-0.3, -0.1] } },
  },
  free: {
    label: "μ learned without limits",
    dynamics: { ...MODELS.koopman.dynamics, real: { start: -0.2 } },
  },
  random: {
    label: "μ = −0.2, ω random",
    dynamics: { ...MODELS.koopman.dynamics, frequencies: "random" },
  },
  inconsistent: { label: "no consistency loss", dynamics: MODELS.koopman.dynamics, consistency: 0 },
} as const satisfies Record<string, { label: string; dynamics: DynamicsConfig; consistency?: number }>;
export type AblationName = keyof typeof ABLATIONS;

function ablations(
  scale: Scale,
  { environment, seeds }: { readonly environment: EnvironmentKey; readonly seeds: Seeds },
): Record<AblationName, Variant<PredictionConfig>> {
  const { latent, parameters, training } = scale;
  return Object.fromEntries(
    Object.entries(ABLATIONS).map(([name, { label, ...model }]) => [name, {
      label,
      config: {
        ...training,
        // The default is one of the comparison's models, too: with the seed of its data said, its jobs are
        // its own.
        data: { ...dataOf(environment, scale), ...(name === "decaying" && { seed: 3 }) },
        model: { ...model, latent, parameters },
      },
      seeds,
    }]),
  ) as Record<AblationName, Variant<PredictionConfig>>;
}

/** Initialisations of the eigenvalues, on seeds of their own. */
export const ABLATION = study(prediction, {
  smoke: ablations({ ...SMOKE, training: { ...SMOKE.training, steps: 10 } }, {
    environment: "pendulum",
    seeds: [10],
  }),
  // As for planning, the claims' other seeds are in decided.json.
  laptop: ablations(LAPTOP, {
    environment: "hopper",
    seeds: { list: Array.from({ length: 16 }, (_, i) => 10 + i), first: 2 },
  }),
  paper: ablations(PAPER, { environment: "hopper", seeds: [10, 11, 12, 13] }),
});

/** Steps between two frames where they are not 6. */
const EVERY: Partial<Record<EnvironmentKey, number>> = {
  hopper: 20,
  walker: 20,
  suiteCup: 12,
  suiteWalker: 10,
};

const strips = (keys: readonly EnvironmentKey[]) =>
  Object.fromEntries(keys.map((key) => [key, {
    label: ENVIRONMENTS[key],
    config: {
      environment: ENVIRONMENTS[key],
      frames: 4,
      every: EVERY[key] ?? 6,
    },
    seeds: { only: 0 },
  }])) as Partial<Record<EnvironmentKey, Variant<PicturesConfig>>>;

/** Film strips. */
export const PICTURES = study(pictures, {
  smoke: strips(["pendulum"]),
  laptop: strips(ENVIRONMENT_KEYS),
  paper: strips(ENVIRONMENT_KEYS),
});
