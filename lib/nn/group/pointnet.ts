import type { HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { hostTensor, relu } from "../mod.ts";
import { applyChain, applyHead, type Head, headSites, initHead } from "./_head.ts";
import {
  initChain,
  initStatistics,
  type Network,
  type NormalisedDense,
  pointwise,
  Sequence,
  type Statistics,
} from "./network.ts";

/** What makes a PointNet. */
export interface PointNetConfig {
  /** Classes, or parts with `segments`. */
  readonly classes: number;
  /** Widths of the layers on single points. @default [64, 128, 1024] */
  readonly widths?: readonly number[];
  /** Widths of the layers behind the pooling. @default [512, 256] */
  readonly head?: readonly number[];
  /** Whether a small PointNet first predicts a 3 × 3 matrix to multiply the points by. @default false */
  readonly inputTransform?: boolean;
  /** Rate of the dropout before the last hidden layer's normalisation. @default 0.4 */
  readonly dropout?: number;
  /** Labels every point instead of the cloud: the pooled features join those of each point. @default false */
  readonly segments?: boolean;
}

/** Parameters of {@link pointNet}. */
export interface PointNet {
  /** The small network that predicts how points are turned first; absent without one. */
  readonly transform?: { readonly points: readonly NormalisedDense[]; readonly head: Head };
  /** Layers on each point. */
  readonly points: readonly NormalisedDense[];
  /** Layers after pooling. */
  readonly head: Head;
}

const TRANSFORM_RATES: readonly number[] = [0, 0];

/** PointNet's 3 × 3 matrix starts as the identity: the last layer adds it to a map that starts small. */
function transformHead(stream: Stream, widths: readonly number[]): HostTree<Head> {
  const head = initHead(stream, widths, 9);
  return { ...head, output: { ...head.output, bias: hostTensor(new Float32Array(9)) } };
}

/**
 * PointNet (Qi et al. 2017): the same layers on every point (normalised, ReLU but for the last), the maximum
 * over points, a classifier. It does not depend on the order of the points.
 *
 * Differs from the original: no transform of features and no penalty on it.
 *
 * @returns a network from points `[batch, n, 3]` to logits `[batch, classes]`, or `[batch, n, classes]` with
 *   `segments`.
 *
 * @example
 * ```ts
 * import { constants, stream, tf } from "@refigure/refigure";
 * import { type PointNet, pointNet, type Statistics } from "@refigure/refigure/group";
 * import assert from "node:assert/strict";
 *
 * const network = pointNet({ classes: 4, widths: [8, 16], head: [8] });
 * const { parameters, buffers } = network.init(stream(0, "weights"));
 * const pass = {
 *   parameters: constants<PointNet>(parameters),
 *   buffers: constants<Statistics>(buffers),
 *   training: false,
 * };
 * const { output } = network.apply(tf.ones([2, 5, 3]), pass);
 * assert.deepEqual(output.shape, [2, 4]);
 * ```
 */
export function pointNet(config: PointNetConfig): Network<PointNet, Statistics> {
  const { classes, widths = [64, 128, 1024], head = [512, 256], inputTransform = false } = config;
  const { dropout: rate = 0.4, segments = false } = config;
  const pooled = widths[widths.length - 1];
  const local = segments ? widths[0] : 0;
  const headWidths = [pooled + local, ...head];
  const rates = head.map((_, i) => i === head.length - 1 ? rate : 0);
  return {
    name: "PointNet",
    init(stream) {
      const chain = [3, ...widths];
      const statistics = [...widths, ...head];
      return {
        parameters: {
          ...inputTransform && {
            transform: {
              points: initChain(stream.split("transform"), chain),
              head: transformHead(stream.split("transform-head"), [pooled, ...head]),
            },
          },
          points: initChain(stream.split("points"), chain),
          head: initHead(stream.split("head"), headWidths, classes),
        },
        buffers: initStatistics(inputTransform ? [...statistics, ...statistics] : statistics),
      };
    },
    dropouts: ([batch]) => segments ? [] : headSites(batch, headWidths, rates),
    apply(x, pass) {
      const sequence = new Sequence(pass);
      const { transform, points, head } = pass.parameters;
      const [batch, n] = x.shape;
      let input = x;
      if (transform !== undefined) {
        const features = tf.max(applyChain(x, transform.points, sequence), 1);
        const matrix = applyHead(features, transform.head, sequence, {
          activation: relu,
          rates: TRANSFORM_RATES,
        });
        const square = tf.add(tf.reshape(matrix, [batch, 3, 3]), tf.eye(3));
        input = tf.matMul(x as tf.Tensor3D, square as tf.Tensor3D);
      }
      const first = applyChain(input, points.slice(0, 1), sequence);
      const features = applyChain(first, points.slice(1), sequence, { linearEnd: true });
      const global = tf.max(features, 1);
      let output: Tensor;
      if (segments) {
        const spread = tf.add(tf.expandDims(global, 1), tf.zeros([batch, n!, 1]));
        const joined = tf.concat([first, spread], 2);
        output = pointwise(applyChain(joined, head.hidden, sequence), head.output);
      } else {
        output = applyHead(global, head, sequence, { activation: relu, rates, dropBefore: true });
      }
      return { output, buffers: sequence.statistics };
    },
  };
}
