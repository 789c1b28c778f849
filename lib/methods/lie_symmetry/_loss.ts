import type { JetActivation } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { branchFeatures, type DeepOnet, operatorJet } from "./deeponet.ts";
import { derivativesOf, symmetryDerivatives, symmetryLoss, TENSORS } from "./forms.ts";
import { fourierBasis } from "./initial_conditions.ts";
import type { Objective, OperatorProblem } from "./objectives.ts";
import { pointWeight } from "./weights.ts";

/** What a step reads; leaves that its objective does not need are absent. */
export interface OperatorBatch {
  /** `[functions, 1 + 2M]` Fourier coefficients. */
  readonly coefficients: Tensor;
  /** `[points, 2]` of (x, t). */
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
}

/** `[points, 1 + 2M]` of 1, sin(2πlx/L), cos(2πlx/L) = sin(2πlx/L + π/2) at positions in a program. */
function basisAt(positions: Tensor, columns: number, length: number): Tensor {
  const rates = Float32Array.from({ length: columns }, (_, i) => 2 * Math.PI * Math.ceil(i / 2) / length);
  const phases = Float32Array.from({ length: columns }, (_, i) => i % 2 === 0 ? Math.PI / 2 : 0);
  const angles = tf.mul(tf.reshape(positions, [-1, 1]), tf.tensor2d(rates, [1, columns]));
  return tf.sin(tf.add(angles, tf.tensor2d(phases, [1, columns])));
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

/** Columns x and t of points, `[1, points]` each. */
export function coordinates(points: Tensor): { x: Tensor; t: Tensor } {
  const [x, t] = [0, 1].map((i) => tf.reshape(tf.slice(points, [0, i], [-1, 1]), [1, -1]));
  return { x, t };
}

const meanSquare = (x: Tensor): Tensor => tf.mean(tf.square(x));

/** L_data: initial values, and u (on request also u_x) at x = 0 against x = L. */
function dataLoss(
  network: DeepOnet,
  features: Tensor,
  { initial, boundary, coefficients }: OperatorBatch,
  { problem: { length, duration }, activation, matchSlopes = false }: OperatorLossOptions,
): Tensor {
  const column = (values: Tensor) => tf.reshape(values, [-1, 1]);
  const zeros = (like: Tensor) => tf.zeros([like.size, 1]);
  const domain = { length, duration, activation };
  const starts = tf.concat([column(initial!), zeros(initial!)], 1);
  const left = tf.concat([zeros(boundary!), column(boundary!)], 1);
  const right = tf.concat([tf.fill([boundary!.size, 1], length), column(boundary!)], 1);
  const count = boundary!.size;
  // One pass through the trunk for all points that need values only.
  const points = matchSlopes ? [starts] : [starts, left, right];
  const { u } = operatorJet(network, features, { ...domain, points: tf.concat(points), derivatives: [] });
  const part = (values: Tensor, from: number, size: number) => tf.slice(values, [0, from], [-1, size]);
  const wanted = tf.matMul(
    coefficients as tf.Tensor2D,
    basisAt(initial!, coefficients.shape[1]!, length) as tf.Tensor2D,
    false,
    true,
  );
  const start = meanSquare(tf.sub(part(u, 0, initial!.size), wanted));
  const gap = (values: Tensor, from: number) =>
    meanSquare(tf.sub(part(values, from, count), part(values, from + count, count)));
  if (!matchSlopes) return tf.add(start, gap(u, initial!.size));
  const edges = operatorJet(network, features, {
    ...domain,
    points: tf.concat([left, right]),
    derivatives: ["x"],
  });
  return tf.add(start, tf.add(gap(edges.u, 0), gap(edges.u_x, 0)));
}

/** The training loss of an objective, as a program. */
export function operatorLoss(
  options: OperatorLossOptions,
): (network: DeepOnet, batch: OperatorBatch) => Tensor {
  const { problem, objective, sensors, activation } = options;
  const { equation, length, duration } = problem;
  const { residual = 0, data = 0, symmetry, weightedResidual = 0, supervised = 0 } = objective;
  const needsResidual = residual > 0 || weightedResidual > 0;
  const derivatives = [
    ...new Set([
      ...needsResidual ? derivativesOf([equation.residual]) : [],
      ...symmetry !== undefined && symmetry.weight > 0 ? symmetryDerivatives(equation, symmetry) : [],
    ]),
  ];
  return (network, batch) => {
    const features = branchFeatures(network, atSensors(batch.coefficients, sensors), { activation });
    const terms: Tensor[] = [];
    if (derivatives.length > 0 || supervised > 0) {
      const { x, t } = coordinates(batch.interior);
      const jet = operatorJet(network, features, {
        points: batch.interior,
        derivatives,
        length,
        duration,
        activation,
      });
      const values: Record<string, Tensor> = { x, t, ...jet };
      const delta = needsResidual ? equation.residual.evaluate(values, TENSORS) : undefined;
      if (residual > 0) terms.push(tf.mul(meanSquare(delta!), residual));
      if (weightedResidual > 0) {
        const weight = pointWeight(equation).evaluate(values, TENSORS);
        terms.push(tf.mul(tf.mean(tf.mul(weight, tf.square(delta!))), weightedResidual));
      }
      if (symmetry !== undefined && symmetry.weight > 0) {
        terms.push(tf.mul(symmetryLoss(values, { ...symmetry, equation }), symmetry.weight));
      }
      if (supervised > 0) terms.push(tf.mul(meanSquare(tf.sub(jet.u, batch.truth!)), supervised));
    }
    if (data > 0) terms.push(tf.mul(dataLoss(network, features, batch, options), data));
    return terms.reduce((total, term) => tf.add(total, term));
  };
}
