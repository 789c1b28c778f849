import type { HostTree } from "../../compile/mod.ts";
import {
  type Dense,
  dense,
  initDense,
  type Jet,
  type JetActivation,
  jetActivation,
  jetComponents,
  jetDense,
  jetMlp,
} from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { basisAt } from "./_basis.ts";
import { derivativeName } from "./generators.ts";

/** Parameters of a DeepONet u(f)(x, t) = Σ_k b_k(f) τ_k(x, t), without an output bias. */
export interface DeepOnet {
  /** b: `sensors` → hidden layers → `features`. */
  readonly branch: readonly Dense[];
  /** τ: (x, t), or t and waves in x, → hidden layers → `features`. */
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
  /**
   * K: the trunk sees sin(2πkx/L) and cos(2πkx/L), k = 1 … K, in place of x/L, so that u is periodic
   * whatever the parameters (Dong and Ni 2021). @default 0, the paper's x/L
   */
  readonly waves?: number;
}

/**
 * Draws the parameters of a DeepONet, layer by layer from streams named by network and layer (PyTorch's
 * default).
 */
export function initDeepOnet(
  stream: Stream,
  { sensors, hiddenLayers, width, features, waves = 0 }: DeepOnetSizes,
): HostTree<DeepOnet> {
  const network = (name: string, inputs: number) => {
    const sizes = [inputs, ...Array<number>(hiddenLayers).fill(width), features];
    return sizes.slice(1).map((outputs, i) =>
      initDense(stream.split(name, String(i)), { inputs: sizes[i], outputs })
    );
  };
  return { branch: network("branch", sensors), trunk: network("trunk", waves === 0 ? 2 : 1 + 2 * waves) };
}

/** Whether u is periodic whatever the parameters, see {@link DeepOnetSizes.waves}. */
export const isPeriodic = ({ trunk }: Pick<DeepOnet, "trunk">): boolean => trunk[0].weight.shape[0] > 2;

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
 * The trunk sees (x/L, t/T), or (t/T, waves in x); the chain factors are in what starts the jet.
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
  const jet = isPeriodic({ trunk })
    ? wavesJet(trunk, rows, { derivatives, length, duration, activation })
    : jetMlp(trunk, tf.mul(rows, tf.tensor2d([1 / length, 1 / duration], [1, 2])), {
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

/** The trunk on (t/T, sin(2πx/L), cos(2πx/L), sin(4πx/L), …) of rows (x, t), with derivatives in x and t. */
function wavesJet(
  trunk: readonly Dense[],
  rows: Tensor,
  { derivatives, length, duration, activation }: Required<DeepOnetOptions> & {
    readonly derivatives: readonly string[];
  },
): Jet {
  const inputs = trunk[0].weight.shape[0]!;
  const components = jetComponents(derivatives, ["x", "t"]);
  const [x, t] = [0, 1].map((i) => tf.slice(rows, [0, i], [-1, 1]));
  /** Derivatives of the inputs; absent: zero. */
  const input = (index: string): Tensor | undefined => {
    if (index === "t") {
      return tf.tensor2d(Array.from({ length: inputs }, (_, i) => i === 0 ? 1 / duration : 0), [1, inputs]);
    }
    if (index.includes("t")) return undefined;
    const waves = tf.slice(basisAt(x, { columns: inputs, length, order: index.length }), [0, 1], [-1, -1]);
    return tf.concat([index === "" ? tf.div(t, duration) : tf.zerosLike(t), waves], 1);
  };
  let jet: Jet = Object.fromEntries(
    components.flatMap((index) => {
      const component = input(index);
      return component ? [[index, component]] : [];
    }),
  );
  trunk.forEach((layer, i) => {
    if (i > 0) jet = jetActivation(jet, { activation, components });
    jet = jetDense(jet, layer);
  });
  const zeros = tf.zerosLike(jet[""]);
  return Object.fromEntries(
    components.map((index) => [index, index in jet ? tf.add(jet[index], zeros) : zeros]),
  );
}
