import {
  compile,
  disposable,
  type ExecutorName,
  type HostTensor,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import { hostTensor, type JetActivation } from "../../nn/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { atSensors, coordinates } from "./_loss.ts";
import { type InitialValues, solutionsJet } from "./_start.ts";
import { branchFeatures, type DeepOnet } from "./deeponet.ts";
import { derivativesOf, TENSORS } from "./forms.ts";
import type { FourierSeries } from "./initial_conditions.ts";
import type { OperatorProblem } from "./objectives.ts";
import type { Grid, SolutionTable } from "./solutions.ts";

/** Options of {@link operatorEvaluator}. */
export interface OperatorEvaluatorOptions {
  /** The equation on its domain. */
  readonly problem: OperatorProblem;
  /** Number of sensors of the network. */
  readonly sensors: number;
  /** Initial conditions to predict from. */
  readonly initial: FourierSeries;
  /** Where the solution is predicted. */
  readonly grid: Grid;
  /** Of the hidden layers. @default "elu" */
  readonly activation?: JetActivation;
  /** As in training. @default "loss" */
  readonly start?: InitialValues;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
}

/** Predictions and how well they satisfy the equation. */
export interface OperatorPrediction extends SolutionTable {
  /** Δ at the same places, `[functions, times, positions]`. */
  readonly residuals: Float64Array;
}

/** Points that one call of the compiled network takes. */
const CHUNK = 4096;

/** A network compiled for given initial conditions and a grid, to be evaluated with any parameters. */
export interface OperatorEvaluator extends NativeResource {
  /** Predicts with these parameters. */
  evaluate(parameters: HostTree<DeepOnet>): Promise<OperatorPrediction>;
}

/** Compiles a DeepONet's predictions u and residuals Δ on a grid; the parameters are an argument. */
export async function operatorEvaluator(
  parameters: HostTree<DeepOnet>,
  { problem, sensors, initial, grid, activation, start, executor }: OperatorEvaluatorOptions,
): Promise<OperatorEvaluator> {
  const { equation, length, duration } = problem;
  const { rows: functions, columns, data } = initial.coefficients;
  const { positions, times } = grid;
  const total = positions.length * times.length;
  const chunk = Math.min(total, CHUNK);
  const coefficients = hostTensor(Float32Array.from(data), [functions, columns]);
  const points = hostTensor(new Float32Array(2 * chunk), [chunk, 2]);
  const program = await compile(
    (network: DeepOnet, coefficients: Tensor, points: Tensor) => {
      const features = branchFeatures(network, atSensors(coefficients, sensors), { activation });
      const derivatives = derivativesOf([equation.residual]);
      const jet = solutionsJet(network, { features, coefficients }, {
        points,
        derivatives,
        length,
        duration,
        activation,
        start,
      });
      const residual = equation.residual.evaluate({ ...coordinates(points), ...jet }, TENSORS);
      return { u: jet.u, residual };
    },
    [parameters, coefficients, points],
    { executor, name: "operator" },
  );
  return {
    async evaluate(parameters) {
      const values = new Float64Array(functions * total), residuals = new Float64Array(functions * total);
      for (let start = 0; start < total; start += chunk) {
        const count = Math.min(chunk, total - start);
        for (let i = 0; i < count; i++) {
          points.data[2 * i] = positions[(start + i) % positions.length];
          points.data[2 * i + 1] = times[Math.floor((start + i) / positions.length)];
        }
        const { u, residual } = await program.run(parameters, coefficients, points) as Record<
          string,
          HostTensor
        >;
        for (let k = 0; k < functions; k++) {
          values.set(u.data.subarray(k * chunk, k * chunk + count), k * total + start);
          residuals.set(residual.data.subarray(k * chunk, k * chunk + count), k * total + start);
        }
      }
      return { functions, positions, times, values, residuals };
    },
    ...disposable(program.dispose),
  };
}

/** How far predictions are from true solutions. */
export interface OperatorErrors {
  /** Mean over functions, times and positions of (u_θ − u)². */
  readonly meanSquaredError: number;
  /** The same of each function. */
  readonly perFunction: readonly number[];
  /** Mean of Δ² of the predictions. */
  readonly meanSquaredResidual: number;
  /** The same of each function. */
  readonly residualPerFunction: readonly number[];
}

/**
 * Compares predictions with true solutions on the same grid.
 *
 * @throws {TypeError} If the tables differ in size.
 */
export function compareSolutions(prediction: OperatorPrediction, truth: SolutionTable): OperatorErrors {
  if (prediction.values.length !== truth.values.length || prediction.functions !== truth.functions) {
    throw new TypeError(
      `Cannot compare solutions as both must hold ${truth.values.length} values of ${truth.functions} functions: ` +
        `current value is ${prediction.values.length} of ${prediction.functions}`,
    );
  }
  const size = truth.values.length / truth.functions;
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const perFunction = (squares: Float64Array) =>
    Array.from({ length: truth.functions }, (_, k) => mean(squares.subarray(k * size, (k + 1) * size)));
  const squares = truth.values.map((value, i) => (prediction.values[i] - value) ** 2);
  const residuals = prediction.residuals.map((value) => value * value);
  return {
    meanSquaredError: mean(squares),
    perFunction: perFunction(squares),
    meanSquaredResidual: mean(residuals),
    residualPerFunction: perFunction(residuals),
  };
}
