/** What each profile times. */
import { study, type Variant } from "../../lib/harness/mod.ts";
import type { DynamicsConfig } from "./experiments/_models.ts";
import { speed, type SpeedConfig } from "./experiments/speed.ts";
import { LAPTOP, MODELS, PAPER, type Scale, SMOKE } from "./studies.ts";

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
