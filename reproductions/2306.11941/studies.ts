/** What each profile runs: experiments in named variants. */
import { study, type Variant } from "../../lib/harness/mod.ts";
import type { DataConfig, EnvironmentName } from "./experiments/_data.ts";
import type { DynamicsConfig } from "./experiments/_models.ts";
import { prediction, type PredictionConfig } from "./experiments/prediction.ts";
import { recovery, type RecoveryConfig } from "./experiments/recovery.ts";
import { rollouts, type RolloutsConfig } from "./experiments/rollouts.ts";
import { trivial, type TrivialConfig } from "./experiments/trivial.ts";

/** Real parts of the systems on which the identities are checked. */
const REALS = [-0.3, -0.2, -0.1, 0, 0.05];
const IDENTITIES: RolloutsConfig = {
  modes: 32,
  steps: 100,
  real: REALS,
  timeStep: 0.015,
  gradientSteps: [1, 3, 10, 30, 100],
};

/** Identities of the roll-out. */
export const ROLLOUTS = study(rollouts, {
  smoke: {
    all: { config: { ...IDENTITIES, modes: 4, steps: 10, gradientSteps: [1, 3, 10] }, seeds: { only: 0 } },
  },
  laptop: { all: { config: IDENTITIES, seeds: { only: 0 } } },
  paper: { all: { config: IDENTITIES, seeds: { only: 0 } } },
});

/** Models of the comparison, each with the horizon it is trained on relative to the others'. */
export const MODELS = {
  koopman: { label: "Koopman", dynamics: { kind: "koopman" } },
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

/** Environments, in the order of figures and tables. */
export const ENVIRONMENTS = {
  pendulum: "pendulum",
  cartPole: "cart-pole",
  acrobot: "acrobot",
  hopper: "hopper",
  walker: "walker2d",
  cheetah: "half_cheetah",
} as const satisfies Record<string, EnvironmentName>;
export type EnvironmentKey = keyof typeof ENVIRONMENTS;
export const ENVIRONMENT_KEYS = Object.keys(ENVIRONMENTS) as readonly EnvironmentKey[];

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
  transitions,
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
        };
        const name = `${environment} ${model}`;
        const more = alone && ALONE.includes(name) ? { seeds: ALONE_SEEDS } : { seeds };
        return [name, { label, config, ...more, environment, model }];
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
    horizon: 50,
    steps: 400,
    batchSize: 32,
    learningRate: 3e-3,
    testHorizon: 100,
    windows: 512,
    gradientHorizons: [10, 100],
  },
  seeds: 1,
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
      seeds: { only: 0 },
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
  decaying: { label: "μ = −0.2, fixed", dynamics: { kind: "koopman" } },
  unitary: { label: "μ = 0, fixed", dynamics: { kind: "koopman", real: { fixed: 0 } } },
  ranged: {
    label: "μ learned in [−0.3, −0.1]",
    dynamics: { kind: "koopman", real: { start: -0.2, range: [-0.3, -0.1] } },
  },
  free: { label: "μ learned without limits", dynamics: { kind: "koopman", real: { start: -0.2 } } },
  random: {
    label: "μ = −0.2, ω random",
    dynamics: { kind: "koopman", frequencies: "random" },
  },
  inconsistent: { label: "no consistency loss", dynamics: { kind: "koopman" }, consistency: 0 },
} as const satisfies Record<string, { label: string; dynamics: DynamicsConfig; consistency?: number }>;
export type AblationName = keyof typeof ABLATIONS;

function ablations(
  scale: Scale,
  { environment, seeds }: { readonly environment: EnvironmentKey; readonly seeds: readonly number[] },
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
  laptop: ablations(LAPTOP, { environment: "cheetah", seeds: [10, 11, 12, 13] }),
  paper: ablations(PAPER, { environment: "cheetah", seeds: [10, 11, 12, 13] }),
});

const RECOVERY_CONFIG: RecoveryConfig = {
  transitions: 3600,
  episodeSteps: 60,
  horizon: 40,
  steps: 5000,
  batchSize: 32,
  learningRate: 5e-3,
  width: 32,
  start: [-0.05, -0.3, -1.2],
};

/** Eigenvalues of the slow manifold from data alone. */
export const RECOVERY = study(recovery, {
  smoke: { all: { config: { ...RECOVERY_CONFIG, transitions: 600, horizon: 10, steps: 40 }, seeds: 1 } },
  laptop: { all: { config: RECOVERY_CONFIG, seeds: 2 } },
  paper: { all: { config: RECOVERY_CONFIG, seeds: 5 } },
});
