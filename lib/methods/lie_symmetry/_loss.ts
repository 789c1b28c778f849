import type { JetActivation } from "../../nn/mod.ts";
import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";
import { basisAt } from "./_basis.ts";
import { type InitialValues, solutionsJet } from "./_start.ts";
import { branchFeatures, type DeepOnet, isPeriodic } from "./deeponet.ts";
import { derivativesOf, symmetryDerivatives, symmetryLoss, TENSORS } from "./forms.ts";
import { fourierBasis } from "./initial_conditions.ts";
import type { Objective, OperatorProblem } from "./objectives.ts";
import { pointWeight } from "./weights.ts";

/** What a step reads; leaves that its objective does not need are absent. */
export interface OperatorBatch {
  /** `[functions, 1 + 2M]` Fourier coefficients. */
  readonly coefficients: Tensor;
  /** (x, t), `[points, 2]` for all functions or `[functions, points, 2]` for each. */
  readonly interior: Tensor;
  /** `[points]` positions at t = 0. */
  readonly initial?: Tensor;
  /** `[points]` times at which periodicity is asked for. */
  readonly boundary?: Tensor;
  /** `[functions, points]` true values at the interior points. */
  readonly truth?: Tensor;
}

/** Options of {@link operatorLoss}. */
export interface OperatorLossOptions {
  readonly problem: OperatorProblem;
  readonly objective: Objective;
  readonly sensors: number;
  readonly activation?: JetActivation;
  readonly matchSlopes?: boolean;
  readonly start?: InitialValues;
}

/** `[functions, m]`: the functions at the equidistant sensors. */
export function atSensors(coefficients: Tensor, sensors: number): Tensor {
  const columns = coefficients.shape[1]!;
  const rows = Array.from(
    { length: sensors },
    (_, i) => fourierBasis(i / sensors, { length: 1, modes: (columns - 1) / 2 }),
  );
  return tf.matMul(coefficients as tf.Tensor2D, tf.tensor2d(rows), false, true);
}

/** Columns x and t of points: `[1, points]` each if shared, `[functions, points]` if each function's own. */
export function coordinates(points: Tensor): { x: Tensor; t: Tensor } {
  const rows = points.rank === 3 ? points.shape[0] : 1;
  const flat = tf.reshape(points, [-1, 2]);
  const [x, t] = [0, 1].map((i) => tf.reshape(tf.slice(flat, [0, i], [-1, 1]), [rows, -1]));
  return { x, t };
}

const meanSquare = (x: Tensor): Tensor => tf.mean(tf.square(x));

/** What the network is given of the functions. */
interface Functions {
  readonly features: Tensor;
  readonly coefficients: Tensor;
}

/**
 * L_data: initial values (unless they are exact), and u and (unless told otherwise) u_x at x = 0 against x =
 * L (unless the network is periodic); undefined if nothing is left.
 */
function dataLoss(
  network: DeepOnet,
  functions: Functions,
  { initial, boundary, coefficients }: OperatorBatch,
  { problem: { length, duration }, activation, matchSlopes = true, start = "loss" }: OperatorLossOptions,
): Tensor | undefined {
  const periodic = isPeriodic(network);
  if (periodic && start === "exact") return undefined;
  const column = (values: Tensor) => tf.reshape(values, [-1, 1]);
  const zeros = (like: Tensor) => tf.zeros([like.size, 1]);
  const starts = tf.concat([column(initial!), zeros(initial!)], 1);
  const left = tf.concat([zeros(boundary!), column(boundary!)], 1);
  const right = tf.concat([tf.fill([boundary!.size, 1], length), column(boundary!)], 1);
  const count = boundary!.size;
  const jet = (points: readonly Tensor[], derivatives: readonly string[]) =>
    solutionsJet(network, functions, {
      points: tf.concat([...points] as tf.Tensor2D[]),
      derivatives,
      length,
      duration,
      activation,
      start,
    });
  const part = (values: Tensor, from: number, size: number) => tf.slice(values, [0, from], [-1, size]);
  const gap = (values: Tensor, from: number) =>
    meanSquare(tf.sub(part(values, from, count), part(values, from + count, count)));
  const edges = matchSlopes && !periodic ? jet([left, right], ["x"]) : undefined;
  const ends = edges && tf.add(gap(edges.u, 0), gap(edges.u_x, 0));
  if (start === "exact") return ends ?? gap(jet([left, right], []).u, 0);
  // One pass through the trunk for all points that need values only.
  const { u } = jet(matchSlopes || periodic ? [starts] : [starts, left, right], []);
  const columns = coefficients.shape[1]!;
  const wanted = tf.matMul(
    coefficients as tf.Tensor2D,
    basisAt(initial!, { columns, length }) as tf.Tensor2D,
    false,
    true,
  );
  const first = meanSquare(tf.sub(part(u, 0, initial!.size), wanted));
  return periodic ? first : tf.add(first, ends ?? gap(u, initial!.size));
}

/**
 * Causal weights of shared points: exp(−ε/N Σ Δ²_j over the points j that are earlier), Δ² averaged over
 * functions; constants, as far as gradients go.
 *
 * @param delta `[functions, points]`.
 * @param t `[1, points]`.
 * @returns `[1, points]`.
 */
export function causalWeights(delta: Tensor, t: Tensor, epsilon: number): Tensor {
  const squares = stopGradient(tf.mean(tf.square(delta), 0, true));
  const earlier = tf.cast(tf.less(tf.transpose(t), t), "float32");
  const before = tf.matMul(squares as tf.Tensor2D, earlier as tf.Tensor2D);
  return tf.exp(tf.mul(before, -epsilon / t.size));
}

/** The training loss of an objective, as a program. */
export function operatorLoss(
  options: OperatorLossOptions,
): (network: DeepOnet, batch: OperatorBatch) => Tensor {
  const { problem, objective, sensors, activation, start } = options;
  const { equation, length, duration } = problem;
  const { residual = 0, data = 0, symmetry, weightedResidual = 0, supervised = 0, causal } = objective;
  const needsResidual = residual > 0 || weightedResidual > 0 || causal !== undefined;
  const derivatives = [
    ...new Set([
      ...needsResidual ? derivativesOf([equation.residual]) : [],
      ...symmetry !== undefined && symmetry.weight > 0 ? symmetryDerivatives(equation, symmetry) : [],
    ]),
  ];
  return (network, batch) => {
    const features = branchFeatures(network, atSensors(batch.coefficients, sensors), { activation });
    const functions = { features, coefficients: batch.coefficients };
    const terms: Tensor[] = [];
    if (derivatives.length > 0 || supervised > 0) {
      const { x, t } = coordinates(batch.interior);
      const jet = solutionsJet(network, functions, {
        points: batch.interior,
        derivatives,
        length,
        duration,
        activation,
        start,
      });
      const values: Record<string, Tensor> = { x, t, ...jet };
      const delta = needsResidual ? equation.residual.evaluate(values, TENSORS) : undefined;
      const weights = causal === undefined ? undefined : causalWeights(delta!, t, causal);
      const meanOf = (squares: Tensor) => tf.mean(weights ? tf.mul(weights, squares) : squares);
      if (residual > 0) terms.push(tf.mul(meanOf(tf.square(delta!)), residual));
      if (weightedResidual > 0) {
        const weight = pointWeight(equation).evaluate(values, TENSORS);
        terms.push(tf.mul(meanOf(tf.mul(weight, tf.square(delta!))), weightedResidual));
      }
      if (symmetry !== undefined && symmetry.weight > 0) {
        terms.push(tf.mul(symmetryLoss(values, { ...symmetry, equation, meanOf }), symmetry.weight));
      }
      if (supervised > 0) terms.push(tf.mul(meanSquare(tf.sub(jet.u, batch.truth!)), supervised));
    }
    const asked = data > 0 ? dataLoss(network, functions, batch, options) : undefined;
    if (asked !== undefined) terms.push(tf.mul(asked, data));
    return terms.reduce((total, term) => tf.add(total, term));
  };
}
