/** Settings that were tried for Burgers' equation: validation functions, and one seed that is not judged. */
import record from "./burgers_search.json" with { type: "json" };
import type { TrainingConfig, TrainingScale } from "./experiments/training.ts";

/** The seed of all candidates. */
export const SEARCH_SEED = 900;

/** What candidates share, but for what their names say. */
const SCALE: TrainingScale = {
  functions: 4096,
  functionsPerStep: 64,
  sensors: 64,
  hiddenLayers: 5,
  width: 64,
  features: 64,
  waves: 1,
  initialPoints: 64,
  boundaryTimes: 32,
  steps: 1500,
  checkpoints: 3,
  learningRate: 4e-3,
  decay: true,
  clipNorm: 10,
  test: { functions: 32, validation: 32, positions: 32, times: 33 },
};

/** What a candidate changes. */
type Change = Partial<Omit<TrainingConfig, "scale">> & { readonly scale?: Partial<TrainingScale> };

/** A training of a PINN: of what is not told 400 fixed points, tanh, and initial values that hold exactly. */
function candidate({ scale, ...own }: Change = {}): TrainingConfig {
  return {
    equation: "burgers",
    method: "pinn",
    alpha: 1,
    gamma: 20,
    activation: "tanh",
    exactStart: true,
    points: 400,
    ...own,
    scale: { ...SCALE, ...scale },
    pilot: true,
  };
}

/** All training functions in every step; x/L in place of waves. */
const ALL = { functionsPerStep: undefined } as const;
const NO_WAVES = { waves: undefined } as const;
const FRESH = { fresh: true } as const;
const FAST = { learningRate: 1e-2 } as const;

/** Candidates by name. */
export const CANDIDATES: Readonly<Record<string, TrainingConfig>> = {
  "as the laptop profile: 64 functions, x/L, ELU, initial values in the loss, α = 150": candidate({
    exactStart: undefined,
    alpha: 150,
    activation: "elu",
    scale: { ...ALL, ...NO_WAVES, functions: 64 },
  }),
  "64 functions": candidate({ scale: { ...ALL, functions: 64 } }),
  "64 of 4096 functions in a step (so below), x/L": candidate({ scale: NO_WAVES }),
  "1 wave (so below)": candidate(),
  "4 waves": candidate({ scale: { waves: 4 } }),
  "initial values in the loss, α = 10": candidate({ exactStart: undefined, alpha: 10 }),
  "16 points of each function's own": candidate({ perFunction: true, points: 16 }),
  "1600 points": candidate({ points: 1600 }),
  "fresh points (so below)": candidate(FRESH),
  "rate 0.01 (so below)": candidate({ ...FRESH, scale: FAST }),
  "sine": candidate({ ...FRESH, activation: "sin", scale: FAST }),
  "causal weights, ε = 10": candidate({ ...FRESH, causal: 10, scale: FAST }),
  "causal weights, ε = 20": candidate({ ...FRESH, causal: 20, scale: FAST }),
  "causal weights, ε = 100": candidate({ ...FRESH, causal: 100, scale: FAST }),
  "3 layers of 128, 128 features": candidate({
    ...FRESH,
    scale: { ...FAST, hiddenLayers: 3, width: 128, features: 128 },
  }),
  "6000 steps": candidate({ ...FRESH, scale: { ...FAST, steps: 6000 } }),
  "3000 steps, rate 0.004, causal weights, ε = 10": candidate({
    ...FRESH,
    causal: 10,
    scale: { steps: 3000 },
  }),
};

/** What a candidate came to. */
export interface Candidate {
  readonly name: string;
  /** Mean squared error on the validation functions after a third, two thirds and all of the steps. */
  readonly validation: readonly number[];
  /** Mean Δ² on test functions, and the training loss. */
  readonly residual: number;
  readonly loss: number;
  /** Of one core, beside other work. */
  readonly seconds: number;
}

/** The candidates that were trained; made by `make_burgers_search.ts`. */
export const SEARCHED = record.candidates as readonly Candidate[];
