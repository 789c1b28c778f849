import type { HostTree } from "../../compile/mod.ts";
import { type Dense, dense, initDense, type JetActivation, jetActivation, jetMlp } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { derivativeName } from "./generators.ts";

/** Parameters of a DeepONet u(f)(x, t) = Σ_k b_k(f) τ_k(x, t), without an output bias. */
export interface DeepOnet {
  /** b: `sensors` → hidden layers → `features`. */
  readonly branch: readonly Dense[];
  /** τ: (x, t) → hidden layers → `features`. */
  readonly trunk: readonly Dense[];
}

/** Size of a DeepONet; the paper's scale is 200 sensors, 7 hidden layers of 100, 100 features. */
export interface DeepOnetSizes {
  /** m: the initial condition is seen at iL/m, i = 0 … m − 1. */
  readonly sensors: number;
  /** Hidden layers of branch and trunk each. */
  readonly hiddenLayers: number;
  /** Width of the hidden layers. */
  readonly width: number;
  /** p, the number of products that are summed. */
  readonly features: number;
}

/**
 * Draws the parameters of a DeepONet, layer by layer from streams named by network and layer (PyTorch's
 * default).
 */
export function initDeepOnet(
  stream: Stream,
  { sensors, hiddenLayers, width, features }: DeepOnetSizes,
): HostTree<DeepOnet> {
  const network = (name: string, inputs: number) => {
    const sizes = [inputs, ...Array<number>(hiddenLayers).fill(width), features];
    return sizes.slice(1).map((outputs, i) =>
      initDense(stream.split(name, String(i)), { inputs: sizes[i], outputs })
    );
  };
  return { branch: network("branch", sensors), trunk: network("trunk", 2) };
}

/** How a network reads its domain. */
export interface DeepOnetOptions {
  /** L. */
  readonly length: number;
  /** T. */
  readonly duration: number;
  /** Of the hidden layers. @default "elu" */
  readonly activation?: JetActivation;
}

/**
 * The branch network: features of initial conditions.
 *
 * @param sensors `[functions, m]` values at the sensors.
 * @returns `[functions, p]`.
 */
export function branchFeatures(
  { branch }: DeepOnet,
  sensors: Tensor,
  { activation = "elu" }: { readonly activation?: JetActivation } = {},
): Tensor {
  return branch.reduce((h, layer, i) => {
    const input = i === 0 ? h : jetActivation({ "": h }, { activation, components: [""] })[""];
    return dense(input, layer);
  }, sensors);
}

/**
 * u and derivatives of all functions: jets pass through the trunk only. At points that all functions share
 * u_J = b τ_Jᵀ; where each function has points of its own, it is a product of its features with its rows.
 *
 * The trunk sees (x/L, t/T); the chain factors are in the directions that start the jet.
 *
 * @param network Its trunk is applied.
 * @param features `[functions, p]` of {@link branchFeatures}.
 * @param options `points` of (x, t), `[points, 2]`, or `[functions, points, 2]` for points of each
 * function's own, and the wanted `derivatives` as multi-indices, e.g. `["t", "xx"]`.
 * @returns by variable (`u`, `u_t`, `u_xx`): `[functions, points]` each, wanted ones and the value only.
 */
export function operatorJet(
  { trunk }: DeepOnet,
  features: Tensor,
  options: DeepOnetOptions & { readonly points: Tensor; readonly derivatives: readonly string[] },
): Record<string, Tensor> {
  const { points, derivatives, length, duration, activation = "elu" } = options;
  const own = points.rank === 3;
  const [functions, size] = features.shape as [number, number];
  const rows = tf.reshape(points, [-1, 2]);
  const jet = jetMlp(trunk, tf.mul(rows, tf.tensor2d([1 / length, 1 / duration], [1, 2])), {
    activation,
    directions: { x: [1 / length, 0], t: [0, 1 / duration] },
    derivatives,
  });
  const product = (component: Tensor): Tensor => {
    if (!own) return tf.matMul(features as tf.Tensor2D, component as tf.Tensor2D, false, true);
    const perFunction = tf.reshape(component, [functions, -1, size]);
    return tf.sum(tf.mul(perFunction, tf.reshape(features, [functions, 1, size])), 2);
  };
  return Object.fromEntries(
    ["", ...derivatives.filter((index) => index !== "")].map((index) => [
      derivativeName(index),
      product(jet[index]),
    ]),
  );
}
