import {
  countParameters,
  denseLinearDynamics,
  diagonalSsmDynamics,
  type Frequencies,
  gruDynamics,
  koopmanDynamics,
  type LatentDynamics,
  type LatentModel,
  latentModel,
  mlpDynamics,
  type RealParts,
  type RolloutMethod,
  transformerDynamics,
} from "../../../lib/methods/koopman/mod.ts";
import { stream } from "../../../lib/random/mod.ts";

/** What predicts latent states. */
export type DynamicsConfig =
  | {
    readonly kind: "koopman";
    readonly real?: RealParts;
    readonly frequencies?: Frequencies;
    readonly method?: RolloutMethod | "blocks";
    /** Δt at the start. */
    readonly timeStep?: number;
  }
  | { readonly kind: "dense" | "gru" | "transformer" | "ssm" }
  | { readonly kind: "mlp"; readonly residual?: boolean };

/** A latent model of a given number of parameters. */
export type ModelConfig = {
  readonly dynamics: DynamicsConfig;
  /** Length of the latent state, in real numbers: twice the Koopman model's modes. */
  readonly latent: number;
  /** Of all parts; the widths of encoder and decoder are chosen to come as near as possible. */
  readonly parameters: number;
  /** Weight of the latent consistency loss. @default 1 */
  readonly consistency?: number;
  /** Other dynamics whose widths of encoder and decoder are taken, whatever the number of parameters then is. */
  readonly widthOf?: DynamicsConfig;
};

/** Width of the hidden layer of action encoder and reward head. */
const SMALL_WIDTH = 32;

/** Longest sequence of actions that the Transformer has positions for. */
const MAX_STEPS = 100;

// deno-lint-ignore no-explicit-any -- each has parameters of its own
function dynamicsOf({ dynamics, latent }: ModelConfig): LatentDynamics<any> {
  switch (dynamics.kind) {
    case "koopman":
      return koopmanDynamics({ ...dynamics, modes: latent / 2 });
    case "dense":
      return denseLinearDynamics({ latent });
    case "gru":
      return gruDynamics({ latent });
    case "transformer":
      return transformerDynamics({ latent, heads: 4, blocks: 2, hidden: 2 * latent, maxSteps: MAX_STEPS });
    case "ssm":
      return diagonalSsmDynamics({ latent, layers: 2, modes: latent });
    case "mlp":
      return mlpDynamics({ latent, hidden: [2 * latent, 2 * latent], residual: dynamics.residual });
  }
}

/** Sizes of an environment. */
export interface Sizes {
  readonly observationSize: number;
  readonly actionSize: number;
}

/** A model with its sizes. */
export interface BuiltModel {
  // deno-lint-ignore no-explicit-any -- as above
  readonly model: LatentModel<any>;
  readonly parameters: number;
  /** Of the dynamics alone. */
  readonly dynamicsParameters: number;
  readonly width: number;
}

/** Builds a model whose encoder and decoder are as wide as its number of parameters allows. */
export function buildModel(config: ModelConfig, sizes: Sizes): BuiltModel {
  const dynamics = dynamicsOf(config);
  const build = (width: number): BuiltModel => {
    const { consistency } = config;
    const model = latentModel({ dynamics, ...sizes, width, smallWidth: SMALL_WIDTH, consistency });
    const tree = model.init(stream(0, "count"));
    return {
      model,
      width,
      parameters: countParameters(tree),
      dynamicsParameters: countParameters(tree.dynamics),
    };
  };
  if (config.widthOf !== undefined) {
    const { widthOf, ...own } = config;
    return build(buildModel({ ...own, dynamics: widthOf }, sizes).width);
  }
  let low = 8, high = 1024;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (build(middle).parameters <= config.parameters) low = middle;
    else high = middle;
  }
  const off = ({ parameters }: BuiltModel) => Math.abs(parameters - config.parameters);
  const [below, above] = [build(low), build(high)];
  return off(below) <= off(above) ? below : above;
}
