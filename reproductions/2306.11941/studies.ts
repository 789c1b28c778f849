/** What each profile runs: experiments in named variants. */
import { type Plan, type Seeds, study, type Variant } from "../../lib/harness/mod.ts";
import { type DataConfig, type EnvironmentName, isSimulator } from "./experiments/_data.ts";
import type { DynamicsConfig } from "./experiments/_models.ts";
import { pictures, type PicturesConfig } from "./experiments/pictures.ts";
import { planning, type PlanningConfig } from "./experiments/planning.ts";
import { prediction, type PredictionConfig } from "./experiments/prediction.ts";
import { speed, type SpeedConfig } from "./experiments/speed.ts";
import { trivial, type TrivialConfig } from "./experiments/trivial.ts";

/**
 * Δt of the Koopman model at the start: its slowest mode then turns by 0.03 rad a step. With the default of
 * 1/(2m) it hardly learned.
 */
const TIME_STEP = 0.01;

/** Models of the comparison, each with the horizon it is trained on relative to the others'. */
export const MODELS = {
  koopman: { label: "Koopman", dynamics: { kind: "koopman", timeStep: TIME_STEP } },
  mlp: { label: "MLP, 10 steps", dynamics: { kind: "mlp", residual: true } },
  gru: { label: "GRU", dynamics: { kind: "gru" } },
  transformer: { label: "Transformer", dynamics: { kind: "transformer" } },
  ssm: { label: "Diagonal SSM", dynamics: { kind: "ssm" } },
} as const satisfies Record<string, { label: string; dynamics: DynamicsConfig }>;

/** Names of the models. */
export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

/** Steps that the MLP is trained on: the paper's, as longer windows made it diverge there. */
const MLP_HORIZON = 10;

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

const isSuite = (key: EnvironmentKey) => Object.hasOwn(SUITE, key);

/** What is asked of one profile's predictions. */
interface Scale {
  readonly environments: readonly EnvironmentKey[];
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

const dataOf = (key: EnvironmentKey, { transitions, episodeSteps }: Scale): DataConfig => ({
  environment: ENVIRONMENTS[key],
  // What this project simulates costs next to nothing.
  transitions: isSimulator(ENVIRONMENTS[key]) ? 2 * transitions : transitions,
  episodeSteps: key === "hopper" || key === "walker" ? episodeSteps : Math.ceil(episodeSteps / 2),
});

/** A variant of the comparison. */
interface PredictionVariant extends Variant<PredictionConfig> {
  readonly environment: EnvironmentKey;
  readonly model: ModelName;
}

type PredictionName = `${EnvironmentKey} ${ModelName}`;

function predictions(scale: Scale): Partial<Record<PredictionName, PredictionVariant>> {
  const { environments, models, latent, parameters, training, seeds, alone } = scale;
  return Object.fromEntries(
    environments.flatMap((environment) =>
      models.map((model) => {
        const { label, dynamics } = MODELS[model];
        const horizon = model === "mlp" ? Math.min(MLP_HORIZON, training.horizon) : training.horizon;
        const config: PredictionConfig = {
          ...training,
          data: dataOf(environment, scale),
          model: { dynamics, latent, parameters },
          horizon,
          // As many states in an update for shorter windows.
          batchSize: Math.round(training.batchSize * training.horizon / horizon),
          gradientHorizons: WITH_GRADIENTS.includes(model) ? training.gradientHorizons : [],
        };
        const name = `${environment} ${model}`;
        return [name, {
          label,
          config,
          seeds: isSuite(environment)
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

const SMOKE: Scale = {
  environments: ["pendulum"],
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

const LAPTOP: Scale = {
  environments: ENVIRONMENT_KEYS,
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
const PAPER: Scale = {
  ...LAPTOP,
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

/** The plan that has the Control Suite's tasks, too, with the seeds of the others. */
export const WIDER: Plan = { profile: "laptop", seeds: LAPTOP.seeds };

/** All models on all environments. */
export const PREDICTION = study(prediction, {
  smoke: predictions(SMOKE),
  laptop: predictions(LAPTOP),
  paper: predictions(PAPER),
});

function trivials(scale: Scale) {
  const { testHorizon, windows } = scale.training;
  return Object.fromEntries(scale.environments.map((environment) => [
    environment,
    {
      label: ENVIRONMENTS[environment],
      config: { data: dataOf(environment, scale), testHorizon, windows },
      seeds: isSuite(environment) ? { beyond: [0] } : { only: 0 },
    },
  ])) as Partial<Record<EnvironmentKey, Variant<TrivialConfig>>>;
}

/** What needs no network, on the same windows. */
export const TRIVIAL = study(trivial, {
  smoke: trivials(SMOKE),
  laptop: trivials(LAPTOP),
  paper: trivials(PAPER),
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

/** Models whose training is timed: the Koopman model in all its forms, too. */
export const TIMED = {
  ...MODELS,
  // The fastest of all ways on one thread.
  koopman: { ...MODELS.koopman, dynamics: { ...MODELS.koopman.dynamics, method: "blocks" } },
  mlp: { ...MODELS.mlp, label: "MLP" },
  recurrence: { label: "Koopman, recurrence", dynamics: MODELS.koopman.dynamics },
  doubling: { label: "Koopman, doubling scan", dynamics: { ...MODELS.koopman.dynamics, method: "doubling" } },
  toeplitz: { label: "Koopman, Toeplitz", dynamics: { ...MODELS.koopman.dynamics, method: "toeplitz" } },
  fft: { label: "Koopman, FFT", dynamics: { ...MODELS.koopman.dynamics, method: "fft" } },
  dense: { label: "Dense Koopman", dynamics: { kind: "dense" } },
} as const satisfies Record<string, { label: string; dynamics: DynamicsConfig }>;
export type TimedName = keyof typeof TIMED;

/** The other forms are timed at the longest horizon only. */
function timings(
  { horizons, names, ...base }: Omit<SpeedConfig, "models" | "horizon"> & {
    readonly horizons: readonly number[];
    readonly names: readonly TimedName[];
  },
  { latent, parameters }: Pick<Scale, "latent" | "parameters">,
) {
  const longest = Math.max(...horizons);
  return Object.fromEntries(horizons.map((horizon) => {
    const timed = names.filter((name) => horizon === longest || Object.hasOwn(MODELS, name));
    const models = Object.fromEntries(
      timed.map((name) => [name, { dynamics: TIMED[name].dynamics, latent, parameters }]),
    );
    return [`${horizon} steps`, { config: { ...base, horizon, models }, seeds: { only: 0 } }];
  })) as Record<string, Variant<SpeedConfig>>;
}

const ALL_TIMED = Object.keys(TIMED) as TimedName[];

/** Gradients a second by horizon. */
export const SPEED = study(speed, {
  smoke: timings(
    { horizons: [4, 8], names: ["koopman", "gru"], batchSize: 4, rounds: 3, gradients: 2 },
    SMOKE,
  ),
  laptop: timings(
    { horizons: [10, 20, 50, 100], names: ALL_TIMED, batchSize: 32, rounds: 5, gradients: 3 },
    LAPTOP,
  ),
  paper: timings(
    { horizons: [10, 20, 50, 100], names: ALL_TIMED, batchSize: 256, rounds: 7, gradients: 20 },
    PAPER,
  ),
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

/** What plans the swing-up. */
export const PLANNERS = {
  koopman: MODELS.koopman,
  mlp: MODELS.mlp,
  simulator: { label: "the simulator itself" },
} as const satisfies Record<string, { label: string; dynamics?: DynamicsConfig }>;
export type PlannerName = keyof typeof PLANNERS;

/** Steps that are looked ahead: the paper's for MLP and Koopman. */
export const SHORT_PLAN = 5, LONG_PLAN = 20;

function planners(
  scale: Scale,
  { seeds, ...search }:
    & Pick<PlanningConfig, "samples" | "elites" | "iterations" | "episodes" | "episodeSteps">
    & { readonly seeds: number },
): Record<PlannerName, Variant<PlanningConfig>> {
  const { latent, parameters, training: { horizon, steps, batchSize, learningRate } } = scale;
  return Object.fromEntries(
    Object.entries(PLANNERS).map(([name, { label, ...model }]) => {
      const window = name === "mlp" ? Math.min(MLP_HORIZON, horizon) : horizon;
      const config: PlanningConfig = {
        data: dataOf("pendulum", scale),
        ...("dynamics" in model && { model: { dynamics: model.dynamics, latent, parameters } }),
        horizon: window,
        steps,
        batchSize: Math.round(batchSize * horizon / window),
        learningRate,
        ahead: [SHORT_PLAN, LONG_PLAN],
        ...search,
      };
      return [name, { label, config, seeds }];
    }),
  ) as Record<PlannerName, Variant<PlanningConfig>>;
}

const SEARCH = { samples: 128, elites: 16, iterations: 4, episodes: 2, episodeSteps: 200, seeds: 2 };

/** Swing-up of the pendulum with learned models. */
export const PLANNING = study(planning, {
  smoke: planners(SMOKE, { samples: 8, elites: 2, iterations: 1, episodes: 1, episodeSteps: 5, seeds: 1 }),
  laptop: planners(LAPTOP, SEARCH),
  paper: planners(PAPER, { ...SEARCH, samples: 512, elites: 64, iterations: 6, episodes: 10, seeds: 4 }),
});
