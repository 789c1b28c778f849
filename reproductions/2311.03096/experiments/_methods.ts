import { type AfterStep, type LearningRate, type Optimiser, sgd } from "../../../lib/nn/mod.ts";
import { proximalStep, weightSharingSubgradient } from "../../../lib/methods/weight_sharing/mod.ts";
import { tf } from "../../../lib/tensor/mod.ts";

/** How a network is regularised. All strengths are those of the objective; absent: 0. */
export type Regulariser = {
  /** λ of R for the weights and the bias of each layer that is penalised, from the first on. */
  readonly sharing?: readonly number[];
  /** λ of ‖·‖₁ on the first layer's weights: the soft threshold of every step, whatever its rate. */
  readonly l1?: number;
  /** Share ρ of the penalty's move that is taken back. */
  readonly rho?: number;
  /** Descend along the subgradient of R instead of the proximal step. */
  readonly subgradient?: boolean;
  /** β-lasso on all parameters: λ sign(w) in the gradient; weights below βλ become 0 after each step. */
  readonly betaLasso?: { readonly lambda: number; readonly beta: number };
};

/**
 * β-lasso (Neyshabur 2020) as the released code has it: g + λ sign(w) in place of the gradient g, plain
 * descent, then w ← w·1[|w| ≥ βλ], for all parameters.
 */
function betaLasso({ lambda, beta }: { readonly lambda: number; readonly beta: number }): Optimiser {
  const plain = sgd();
  return {
    ...plain,
    update(parameter, leaf) {
      const gradient = tf.add(leaf.gradient, tf.mul(tf.sign(parameter), lambda));
      const { parameter: moved, slots } = plain.update(parameter, { ...leaf, gradient });
      const large = tf.cast(tf.greaterEqual(tf.abs(moved), beta * lambda), "float32");
      return { parameter: tf.mul(moved, large), slots };
    },
  };
}

/** Gradient descent with this regulariser: the optimiser, and what comes after each step. */
export function descent(regulariser: Regulariser): {
  readonly optimiser: Optimiser;
  readonly afterStep: (learningRate: LearningRate) => AfterStep;
} {
  const { sharing = [], l1 = 0, rho = 0, subgradient = false } = regulariser;
  const penalties = Array.from({ length: Math.max(sharing.length, 1) }, (_, layer) => [
    { path: `layers[${layer}].weight`, sharing: sharing[layer] ?? 0, l1: layer === 0 ? l1 : 0 },
    { path: `layers[${layer}].bias`, sharing: sharing[layer] ?? 0 },
  ]).flat();
  return {
    optimiser: regulariser.betaLasso === undefined ? sgd() : betaLasso(regulariser.betaLasso),
    afterStep: (learningRate) =>
      subgradient
        ? subgradientStep(penalties.filter(({ sharing }) => sharing > 0), learningRate)
        : proximalStep({ penalties, learningRate, rho }),
  };
}

/** w ← w − η λ ∂R(w): the explicit counterpart of the proximal step. */
function subgradientStep(
  penalties: readonly { readonly path: string; readonly sharing: number }[],
  learningRate: LearningRate,
): AfterStep {
  return {
    paths: penalties.map(({ path }) => path),
    update(values, step) {
      values.forEach(({ data }, i) => {
        const weights = data as Float32Array;
        const gradient = weightSharingSubgradient(weights);
        const size = learningRate(step) * penalties[i].sharing;
        for (let k = 0; k < weights.length; k++) weights[k] -= size * gradient[k];
      });
    },
  };
}
