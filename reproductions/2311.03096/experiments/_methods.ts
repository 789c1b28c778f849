import type { HostTensor } from "../../../lib/compile/mod.ts";
import { type AfterStep, type LearningRate, type Optimiser, sgd } from "../../../lib/nn/mod.ts";
import {
  type ProximalSolver,
  proximalStep,
  weightSharingSubgradient,
} from "../../../lib/methods/weight_sharing/mod.ts";
import { tf } from "../../../lib/tensor/mod.ts";

/**
 * How a network is regularised. All strengths are those of the objective; absent: 0. Lists have an entry for
 * each layer that is penalised, from the first on: for its weights and, as a vector of its own, its bias.
 */
export type Regulariser = {
  /** λ of R. */
  readonly sharing?: readonly number[];
  /** Share ρ of the penalty's move that is taken back; `rising`: from 1e-8 to 1, linearly over the epochs. */
  readonly rho?: number | "rising";
  /** Descend along the subgradient of R instead of the proximal step. */
  readonly subgradient?: boolean;
  /** λ of ‖·‖₁ on the first layer's weights as released: every step's soft threshold, whatever its rate. */
  readonly l1?: number;
  /** λ of ½‖·‖²: w ← (1 − ηλ) w after each step. */
  readonly decay?: readonly number[];
  /** λ of ‖·‖₁: a soft threshold of ηλ after each step. */
  readonly lasso?: readonly number[];
  /** β-lasso on all parameters: λ sign(w) in the gradient; weights below ηβλ become 0 after each step. */
  readonly betaLasso?: { readonly lambda: number; readonly beta: number };
};

/**
 * β-lasso (Neyshabur 2020): g + λ sign(w) in place of the gradient g, plain descent, then w ← w·1[|w| ≥ ηβλ],
 * for all parameters. The released code has the threshold βλ, whatever the learning rate.
 */
function betaLasso({ lambda, beta }: { readonly lambda: number; readonly beta: number }): Optimiser {
  const plain = sgd();
  return {
    ...plain,
    update(parameter, leaf) {
      const gradient = tf.add(leaf.gradient, tf.mul(tf.sign(parameter), lambda));
      const { parameter: moved, slots } = plain.update(parameter, { ...leaf, gradient });
      const least = tf.mul(leaf.scalars.rate, beta * lambda);
      const large = tf.cast(tf.greaterEqual(tf.abs(moved), least), "float32");
      return { parameter: tf.mul(moved, large), slots };
    },
  };
}

/** How long a training is, which `rising` needs to know, and what computes its prox. */
interface Surroundings {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** @default a solver in TypeScript */
  readonly solver?: ProximalSolver;
}

/** Gradient descent with this regulariser: the optimiser, and what comes after each step. */
export function descent(regulariser: Regulariser, { epochs, stepsPerEpoch, solver }: Surroundings): {
  readonly optimiser: Optimiser;
  readonly afterStep: (learningRate: LearningRate) => AfterStep;
} {
  const { sharing = [], l1 = 0, rho = 0, subgradient = false, decay, lasso } = regulariser;
  const vectors = (strengths: readonly number[]) =>
    strengths.flatMap((strength, layer) =>
      ["weight", "bias"].map((name) => ({ path: `layers[${layer}].${name}`, strength }))
    );
  const share = (step: number) =>
    1e-8 + (1 - 1e-8) * Math.floor(step / stepsPerEpoch) / Math.max(1, epochs - 1);
  const penalties = vectors(sharing.length === 0 && l1 > 0 ? [0] : sharing).map(({ path, strength }) => ({
    path,
    sharing: strength,
    l1: path === "layers[0].weight" ? l1 : 0,
  }));
  return {
    optimiser: regulariser.betaLasso === undefined ? sgd() : betaLasso(regulariser.betaLasso),
    afterStep(learningRate) {
      const each = (strengths: readonly number[], move: Move) =>
        moveEach(vectors(strengths), { learningRate, move });
      if (subgradient) return each(sharing, descendSubgradient);
      if (decay) return each(decay, shrink);
      if (lasso) return each(lasso, threshold);
      return proximalStep({ penalties, learningRate, rho: rho === "rising" ? share : rho, solver });
    },
  };
}

/** Changes a vector of weights in place; the size is ηλ. */
type Move = (weights: Float32Array, size: number) => void;

/** w ← w − size · ∂R(w): the explicit counterpart of the proximal step. */
function descendSubgradient(weights: Float32Array, size: number): void {
  const gradient = weightSharingSubgradient(weights);
  for (let k = 0; k < weights.length; k++) weights[k] -= size * gradient[k];
}

function shrink(weights: Float32Array, size: number): void {
  for (let k = 0; k < weights.length; k++) weights[k] *= 1 - size;
}

function threshold(weights: Float32Array, size: number): void {
  for (let k = 0; k < weights.length; k++) {
    weights[k] = Math.sign(weights[k]) * Math.max(0, Math.abs(weights[k]) - size);
  }
}

/** A move of each vector after each step. */
function moveEach(
  vectors: readonly { readonly path: string; readonly strength: number }[],
  { learningRate, move }: { readonly learningRate: LearningRate; readonly move: Move },
): AfterStep {
  const moved = vectors.filter(({ strength }) => strength > 0);
  return {
    paths: moved.map(({ path }) => path),
    update(values: readonly HostTensor[], step) {
      values.forEach(({ data }, i) => move(data as Float32Array, learningRate(step) * moved[i].strength));
    },
  };
}
