/** What each profile runs of systems whose Koopman operator is known. */
import { study } from "../../lib/harness/mod.ts";
import { recovery, type RecoveryConfig } from "./experiments/recovery.ts";
import { rollouts, type RolloutsConfig } from "./experiments/rollouts.ts";

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

const RECOVERY_CONFIG: RecoveryConfig = {
  transitions: 6000,
  episodeSteps: 100,
  horizon: 40,
  steps: 2000,
  batchSize: 64,
  learningRate: 1e-2,
  width: 64,
  start: [-0.05, -0.3, -1.2],
};

/** Eigenvalues of the slow manifold from data alone. */
export const RECOVERY = study(recovery, {
  smoke: {
    all: {
      config: { ...RECOVERY_CONFIG, transitions: 600, horizon: 10, steps: 40, batchSize: 16, width: 16 },
      seeds: 1,
    },
  },
  laptop: { all: { config: RECOVERY_CONFIG, seeds: 2 } },
  paper: { all: { config: RECOVERY_CONFIG, seeds: 5 } },
});
