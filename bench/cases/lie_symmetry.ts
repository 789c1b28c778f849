/**
 * Training steps of the physics-informed DeepONet of 2311.04293 at the laptop size: jets through the trunk,
 * shared points.
 */
import type { ExecutorName } from "../../lib/compile/mod.ts";
import {
  type DeepOnetSizes,
  heat,
  objectiveOf,
  type OperatorProblem,
  sampleInitialConditions,
  trainOperator,
} from "../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import { type Case, onOurs, type Timing } from "../_case.ts";
import { stepTime } from "../_step_time.ts";

const NU = 0.01;
const PROBLEM: OperatorProblem = { equation: heat(NU), length: 2 * Math.PI, duration: 16 };

interface Shape {
  readonly functions: number;
  readonly interior: number;
  readonly initial: number;
  readonly boundary: number;
  readonly sizes: DeepOnetSizes;
}

const LAPTOP: Shape = {
  functions: 64,
  interior: 400,
  initial: 200,
  boundary: 100,
  sizes: { sensors: 64, hiddenLayers: 5, width: 64, features: 64 },
};
const QUICK: Shape = {
  functions: 2,
  interior: 4,
  initial: 3,
  boundary: 2,
  sizes: { sensors: 4, hiddenLayers: 1, width: 4, features: 3 },
};

function step({ functions, interior, initial, boundary, sizes }: Shape): Case {
  const timing = (executor: ExecutorName, repeats: number): Timing => ({
    repeats,
    measure: stepTime(async (steps, onProgress) => {
      await trainOperator({
        problem: PROBLEM,
        objective: objectiveOf("symmetry", PROBLEM),
        sizes,
        initial: sampleInitialConditions(stream(0, "bench"), { count: functions }),
        interiorPoints: interior,
        initialPoints: initial,
        boundaryTimes: boundary,
        matchSlopes: false,
        steps,
        seed: 0,
        executor,
        onProgress,
      });
    }),
  });
  const options = { functions, interior, initial, boundary, ...sizes };
  return {
    name:
      `DeepONet with point symmetry loss, heat, ${functions} functions × ${interior} points, width ${sizes.width}`,
    unit: "ms/step",
    engines: { ...onOurs((executor) => timing(executor, 240)), wasm: timing("wasm", 40) },
    peers: { torch: { script: "lie_symmetry.py", name: "operator-step", options, repeats: 40 } },
  };
}

export function lieSymmetry({ quick }: { readonly quick: boolean }): readonly Case[] {
  return [step(quick ? QUICK : LAPTOP)];
}
