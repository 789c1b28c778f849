/** What tests of trainings share. */
import {
  heat,
  objectiveOf,
  type OperatorProblem,
  regularGrid,
  sampleInitialConditions,
  type TrainOperatorOptions,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

/** Heat on a circle. */
export const PROBLEM: OperatorProblem = { equation: heat(0.1), length: 2 * Math.PI, duration: 1 };
/** Where solutions are compared. */
export const grid = regularGrid({ ...PROBLEM, positions: 8, times: 5 });
/** Initial conditions to train on. */
export const initial = sampleInitialConditions(stream(1, "train"), { count: 8, modes: 2, waves: 2 });
/** Others. */
export const held = sampleInitialConditions(stream(1, "test"), { count: 4, modes: 2, waves: 2 });

/** A small training. */
export const OPTIONS: TrainOperatorOptions = {
  problem: PROBLEM,
  sizes: { sensors: 8, hiddenLayers: 2, width: 16, features: 8 },
  objective: objectiveOf("pinn", PROBLEM),
  initial,
  interiorPoints: 24,
  initialPoints: 16,
  boundaryTimes: 8,
  steps: 20,
  seed: 1,
};
