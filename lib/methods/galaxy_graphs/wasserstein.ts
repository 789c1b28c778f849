import { type Tensor, tf, valueAndGrad } from "../../tensor/mod.ts";

/** Weights of the critic's loss; the defaults are the paper's. */
export interface CriticLossOptions {
  /** Of the gradient penalty. @default 15 */
  readonly penalty?: number;
  /** Of mean D(real)², against a drift of the scores. @default 0.001 */
  readonly drift?: number;
}

/** Labels that a gradient penalty is taken between. */
export interface PenaltyInput {
  /** `[N, labels]`. */
  readonly real: Tensor;
  /** `[N, labels]`. */
  readonly fake: Tensor;
  /** u in [0, 1), one number a group `[groups, 1]`. */
  readonly mix: Tensor;
  /** 1 on the galaxies of each group, else 0: `[groups, N]`. */
  readonly members: Tensor;
}

/** Added under the root of a slope. */
const EPSILON = 1e-8;

/**
 * The two-sided gradient penalty of a critic of graphs: with ŷ = y_real + u_g (y_fake − y_real),
 * G_g = √(Σ_{galaxies of g, labels} (∂ΣD/∂ŷ)² + 10⁻⁸), GP = mean_g (G_g − 1)².
 *
 * Groups are not linked, so ∂ΣD/∂ŷ is the gradient of a galaxy's own group's score. The gradient is part of
 * the program: the penalty's derivatives by the critic's parameters are exact second derivatives. Gulrajani
 * et al. 2017 per graph, as in Jagvaral et al. 2022, released code.
 *
 * @param critic From labels `[N, labels]` to scores `[groups]`.
 * @returns A scalar.
 */
export function gradientPenalty(
  critic: (labels: Tensor) => Tensor,
  { real, fake, mix, members }: PenaltyInput,
): Tensor {
  const share = tf.matMul(members as tf.Tensor2D, mix as tf.Tensor2D, true);
  const between = tf.add(real, tf.mul(share, tf.sub(fake, real)));
  const { grads } = valueAndGrad(({ labels }) => tf.sum(critic(labels)), { labels: between });
  const squares = tf.sum(tf.square(grads.labels), 1, true);
  const slopes = tf.sqrt(tf.add(tf.matMul(members as tf.Tensor2D, squares as tf.Tensor2D), EPSILON));
  return tf.mean(tf.square(tf.sub(slopes, 1)));
}

/**
 * The critic's loss without its penalty, mean D(fake) − mean D(real) + 0.001 mean D(real)², of scores
 * `[groups]`.
 */
export function criticLoss(
  { real, fake }: { readonly real: Tensor; readonly fake: Tensor },
  { drift = 0.001 }: Pick<CriticLossOptions, "drift"> = {},
): Tensor {
  return tf.add(tf.sub(tf.mean(fake), tf.mean(real)), tf.mul(tf.mean(tf.square(real)), drift));
}

/** The generator's loss, −mean D(fake), of scores `[groups]`. */
export function generatorLoss(fake: Tensor): Tensor {
  return tf.neg(tf.mean(fake));
}
