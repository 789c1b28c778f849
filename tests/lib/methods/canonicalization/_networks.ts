import type { HostTensor } from "../../../../lib/compile/mod.ts";
import type { Network, Pass } from "../../../../lib/nn/group/mod.ts";
import { constants, type Dense, dense, initDense } from "../../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";

/** Two dense layers on everything flattened: it has no symmetry at all. */
export function randomMlp(
  inputs: number,
  outputs: number,
  shape?: readonly number[],
): Network<readonly Dense[], readonly []> {
  return {
    name: "MLP",
    init: (stream) => ({
      parameters: [
        initDense(stream.split("0"), { inputs, outputs: 32 }),
        initDense(stream.split("1"), { inputs: 32, outputs }),
      ],
      buffers: [],
    }),
    apply(x, { parameters: [first, second], buffers }) {
      const flat = tf.reshape(x, [x.shape[0], inputs]);
      const y = dense(tf.tanh(dense(flat, first)), second);
      return { output: shape === undefined ? y : tf.reshape(y, [x.shape[0], ...shape]), buffers };
    },
  };
}

/** A network's first parameters and buffers as tensors. */
export function started<P, B>(
  network: { init(stream: Stream): unknown; apply(x: never, pass: Pass<P, B>): unknown },
  { seed = 1, training = false } = {},
): Pass<P, B> {
  const start = constants(network.init(stream(seed, "weights")) as HostTensor) as unknown;
  return { ...start as { parameters: P; buffers: B }, training };
}

/** Everything that a list of tensors holds. */
export const numbers = (x: Tensor): number[] => Array.from(x.dataSync());
