import type { HostTree } from "../../compile/mod.ts";
import { groupAngles, groupName, type Pass, type PlanarGroup, rotateImages } from "../../nn/group/mod.ts";
import { avgPool, conv2d, hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { Energy } from "./energies.ts";
import { type Frequencies, harmonicBasis, harmonicFilters } from "./harmonic_filters.ts";
import type { NoBuffers } from "./judges.ts";

/** What makes a steerable network. */
export interface SteerableConfig {
  /** Channels of the images. @default 1 */
  readonly inputs?: number;
  /** Fields of each frequency within. @default 8 */
  readonly fields?: number;
  /** M, the highest angular frequency within. @default 2 */
  readonly frequencies?: number;
  /** Odd sides of the filters, layer by layer. @default [7, 5, 3] */
  readonly sizes?: readonly number[];
  /**
   * Whether the first layer's result is shrunk by windows of 2 × 2 pixels; its side must be even.
   *
   * @default true
   */
  readonly shrink?: boolean;
}

/** A layer of harmonic filters. */
export interface SteerableLayer {
  /** `[functions, inputs · outputs]`, coefficients of `harmonicBasis`. */
  readonly weight: Tensor;
  /** Of scalars and gates, `[(1 + M) · fields]`; the last layer has none. */
  readonly bias?: Tensor;
}

/** Parameters of a steerable network. */
export interface SteerableParameters {
  /** Layer by layer. */
  readonly layers: readonly SteerableLayer[];
}

const upTo = (highest: number, from = 0): number[] =>
  Array.from({ length: highest + 1 - from }, (_, k) => from + k);

/** The layers' frequencies and fields, first to last. */
function planOf(config: SteerableConfig, outputs: Frequencies) {
  const { inputs = 1, fields = 8, frequencies = 2, sizes = [7, 5, 3] } = config;
  // Scalars, one gate (a scalar) for each higher frequency, and the higher frequencies.
  const gated = [...Array(1 + frequencies).fill(0), ...upTo(frequencies, 1)];
  return sizes.map((size, i) => ({
    size,
    from: i === 0 ? [0] : upTo(frequencies),
    to: i === sizes.length - 1 ? outputs : gated,
    inputs: i === 0 ? inputs : fields,
    outputs: i === sizes.length - 1 ? 1 : fields,
  }));
}

function initSteerable(
  stream: Stream,
  config: SteerableConfig,
  outputs: Frequencies,
): HostTree<SteerableParameters> {
  const plan = planOf(config, outputs), { frequencies = 2 } = config;
  return {
    layers: plan.map(({ size, from, to, inputs, outputs }, i) => {
      const { functions } = harmonicBasis(size, { from, to });
      const width = inputs * outputs;
      // Each output is a sum over about functions/|to| filters of norm 1 per input.
      const std = Math.sqrt(to.length / (functions * inputs));
      const weight = stream.split("layers", String(i)).normal(new Float32Array(functions * width));
      return {
        weight: hostTensor(weight.map((value) => std * value), [functions, width]),
        ...i < plan.length - 1 && { bias: hostTensor(new Float32Array((1 + frequencies) * outputs)) },
      };
    }),
  };
}

/** ReLU of the scalars; every pair of a higher frequency is multiplied by its gate's sigmoid. */
function gate(h: Tensor, bias: Tensor, { fields, frequencies }: { fields: number; frequencies: number }) {
  const scalars = (1 + frequencies) * fields;
  const [plain, turning] = tf.split(h, [scalars, 2 * frequencies * fields], 3);
  const [own, ...gates] = tf.split(tf.add(plain, bias), 1 + frequencies, 3);
  const parts = tf.split(turning, 2 * frequencies, 3);
  return tf.concat([
    tf.relu(own),
    ...parts.map((part, k) => tf.mul(part, tf.sigmoid(gates[Math.floor(k / 2)]))),
  ], 3);
}

/** Coefficients of the outputs' frequencies, the mean over the image's disc: `[batch, components]`. */
function coefficients(
  x: Tensor,
  { layers }: SteerableParameters,
  { config, outputs }: { readonly config: SteerableConfig; readonly outputs: Frequencies },
): Tensor {
  const { fields = 8, frequencies = 2, shrink = true } = config;
  const plan = planOf(config, outputs);
  const maps = layers.reduce((h, { weight, bias }, i) => {
    let y = conv2d(h, { weight: harmonicFilters(weight, plan[i]) });
    if (i === 0 && shrink) y = avgPool(y, { size: 2 });
    return bias === undefined ? y : gate(y, bias, { fields, frequencies });
  }, x);
  const [batch, height, width, channels] = maps.shape;
  const within = Float32Array.from({ length: height! * width! }, (_, pixel) => {
    const [u, v] = [pixel % width! - (width! - 1) / 2, Math.floor(pixel / width!) - (height! - 1) / 2];
    return Math.hypot(u, v) <= Math.min(height!, width!) / 2 ? 1 : 0;
  });
  const share = within.map((value) => value / within.reduce((sum, other) => sum + other, 0));
  const rows = tf.reshape(maps, [batch, height! * width!, channels!]);
  return tf.sum(tf.mul(rows, tf.tensor3d(share, [1, share.length, 1])), 1);
}

/**
 * An energy over C_n of circular harmonics (Worrall et al. 2017; Weiler & Cesa 2019): convolutions whose
 * filters turn without interpolation, between channels of angular frequencies 0 … M; ReLU on scalars, gates
 * on pairs. It gives the Fourier coefficients ĉ_m of an activation of angles, which is read at the group's:
 * A_g = Σ_m Re(ĉ_m e^{−imθ_g}).
 *
 * Exactly equivariant under quarter turns. Under other turns as far as the image's own samples allow, for
 * which bilinearly turned filters (`groupEnergy`) are much too coarse.
 *
 * @param config The group, without reflections, and the network.
 * @throws {RangeError} If the group has reflections.
 */
export function steerableEnergy(
  config: SteerableConfig & { readonly group: PlanarGroup },
): Energy<SteerableParameters, NoBuffers> {
  const { group } = config;
  if (group.reflections) {
    throw new RangeError(
      `Cannot make a steerable energy as the group must have no reflections: current value is ${
        groupName(group)
      }`,
    );
  }
  const outputs = upTo(Math.floor(group.rotations / 2));
  const angles = groupAngles(group).map((angle) => angle * Math.PI / 180);
  // Rows: 1, then cos mθ and sin mθ.
  const waves = outputs.flatMap((m) =>
    m === 0 ? [angles.map(() => 1)] : [
      angles.map((angle) => Math.cos(m * angle)),
      angles.map((angle) => Math.sin(m * angle)),
    ]
  );
  return {
    name: `${groupName(group)}, steerable`,
    group,
    init: (stream) => ({ parameters: initSteerable(stream, config, outputs), buffers: [] }),
    activations(x, { parameters, buffers }) {
      const found = coefficients(x, parameters, { config, outputs });
      return { activations: tf.matMul(found as tf.Tensor2D, tf.tensor2d(waves)), buffers };
    },
  };
}

/** A continuous canonicalizer of images, of the form that `canonicalize` takes. */
export interface SteerableCanonicalizer {
  /** For messages. */
  readonly name: string;
  /** Draws the parameters. */
  init(stream: Stream): { readonly parameters: HostTree<SteerableParameters>; readonly buffers: NoBuffers };
  /** The image in its canonical pose; its choice is `frame` R `[batch, 2, 2]`. */
  apply(x: Tensor, pass: Pass<SteerableParameters, NoBuffers>): {
    readonly canonical: {
      readonly input: Tensor;
      restore(y: Tensor): Tensor;
      readonly choice: { readonly frame: Tensor };
    };
    readonly buffers: NoBuffers;
  };
}

/**
 * The authors' steerable canonicalizer over SO(2): a network of circular harmonics gives a vector v(x) that
 * turns along with the image; R has the rows v/|v| and the same a quarter turn on, and the image is turned
 * back by v's angle, the border continued. Train it with `framePriorLoss` of R, which is 1 − cos θ.
 *
 * It is invariant at all angles, as far as turning an image back interpolates.
 */
export function steerableCanonicalizer(config: SteerableConfig = {}): SteerableCanonicalizer {
  const outputs = [1];
  return {
    name: "SO(2), steerable",
    init: (stream) => ({ parameters: initSteerable(stream, config, outputs), buffers: [] }),
    apply(x, { parameters, buffers }) {
      const v = coefficients(x, parameters, { config, outputs });
      const length = tf.sqrt(tf.add(tf.sum(tf.square(v), 1, true), 1e-16));
      const [c, s] = tf.split(tf.div(v, length), 2, 1);
      const frame = tf.stack([tf.concat([c, s], 1), tf.concat([tf.neg(s), c], 1)], 1);
      const angle = tf.mul(tf.reshape(tf.atan2(s, c), [x.shape[0]]), 180 / Math.PI);
      return {
        canonical: {
          input: rotateImages(x, tf.neg(angle), { padding: "border" }),
          restore: (y) => rotateImages(y, angle),
          choice: { frame },
        },
        buffers,
      };
    },
  };
}
