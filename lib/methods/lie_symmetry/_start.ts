import type { JetActivation } from "../../nn/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { basisAt } from "./_basis.ts";
import { type DeepOnet, operatorJet } from "./deeponet.ts";
import { derivativeName } from "./generators.ts";

/** How a network comes by its initial values, see `TrainOperatorOptions.start`. */
export type InitialValues = "loss" | "exact";

/** Options of {@link solutionsJet}. */
export interface SolutionsJetOptions {
  readonly points: Tensor;
  readonly derivatives: readonly string[];
  readonly length: number;
  readonly duration: number;
  readonly activation?: JetActivation;
  readonly start?: InitialValues;
}

const timesIn = (index: string): number => index.split("t").length - 1;

/**
 * u and its derivatives as the network says, or u = f(x) + (t/T) N with the network's N, which has the right
 * values at t = 0 whatever the parameters.
 */
export function solutionsJet(
  network: DeepOnet,
  { features, coefficients }: { readonly features: Tensor; readonly coefficients: Tensor },
  { start = "loss", ...options }: SolutionsJetOptions,
): Record<string, Tensor> {
  if (start === "loss") return operatorJet(network, features, options);
  const { points, derivatives, length, duration } = options;
  const indices = ["", ...derivatives.filter((index) => index !== "")];
  // Leibniz: (t N)_J = t N_J + k N_{J without a t}, where J has k of them.
  const lowered = (index: string) => index.replace("t", "");
  const inner = operatorJet(network, features, {
    ...options,
    derivatives: [...new Set([...indices, ...indices.map(lowered)])],
  });
  const rows = points.rank === 3 ? points.shape[0] : 1;
  const flat = tf.reshape(points, [-1, 2]);
  const [x, t] = [0, 1].map((i) => tf.reshape(tf.slice(flat, [0, i], [-1, 1]), [rows, -1]));
  const columns = coefficients.shape[1]!;
  const initial = (order: number): Tensor => {
    const basis = basisAt(x, { columns, length, order });
    if (rows === 1) return tf.matMul(coefficients as tf.Tensor2D, basis as tf.Tensor2D, false, true);
    return tf.sum(
      tf.mul(tf.reshape(basis, [rows, -1, columns]), tf.reshape(coefficients, [rows, 1, columns])),
      2,
    );
  };
  return Object.fromEntries(indices.map((index) => {
    const name = derivativeName(index), k = timesIn(index);
    const grown = tf.mul(tf.mul(t, 1 / duration), inner[name]);
    const all = k === 0
      ? tf.add(initial(index.length), grown)
      : tf.add(grown, tf.mul(inner[derivativeName(lowered(index))], k / duration));
    return [name, all];
  }));
}
