/** What the executor `c` does otherwise where arrays are large, beside TensorFlow.js. */
import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../lib/compile/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { WITHOUT_C } from "./_executors.ts";
import { assertTensor, floats, spread } from "./_host.ts";

interface Large {
  readonly note: string;
  readonly f: (...args: Tensor[]) => Record<string, Tensor>;
  readonly inputs: readonly HostTensor[];
}

/** The loss behind a normalization of columns, ReLU and means over places, and its gradients. */
function normalized(places: number) {
  return (x: Tensor, scale: Tensor, weight: Tensor) => {
    const loss = (x: Tensor, scale: Tensor) => {
      const centred = tf.sub(x, tf.mean(x, 0)), variance = tf.mean(tf.square(centred), 0);
      const y = tf.relu(tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, 1e-3))), scale), 0.1));
      return tf.sum(tf.mul(tf.mean(tf.reshape(y, [x.shape[0], -1, places]), 2), weight)) as tf.Scalar;
    };
    const [dx, dscale] = tf.grads(loss)([x, scale]);
    return { loss: loss(x, scale), dx, dscale };
  };
}

/** Numbers of which many are equal. */
const coarse = (shape: readonly number[]): HostTensor => {
  const { data } = spread(shape);
  return floats(Array.from(data as Float32Array, (value) => Math.round(value * 20) + 0), shape);
};

const LARGE: readonly Large[] = [
  {
    note: "normalization, worked out again behind short rows of places",
    f: normalized(49),
    inputs: [spread([200, 784]), spread([784], { low: 0.5 }), spread([200, 16])],
  },
  {
    note: "normalization behind rows that fill vectors",
    f: normalized(16),
    inputs: [spread([300, 320]), spread([320], { low: 0.5 }), spread([300, 20])],
  },
  {
    note: "short rows and columns that repeat",
    f: (x, y) => {
      const [rows, columns] = [tf.reshape(x, [6, 1, 28]), tf.reshape(y, [6, 28, 1])];
      return { y: tf.floor(tf.add(tf.mul(rows, 3), columns)), z: tf.mul(tf.sub(rows, columns), rows) };
    },
    inputs: [spread([6, 28]), spread([6, 28], { phase: 1 })],
  },
  {
    note: "an image put together from its columns, then its rows",
    f: (x) => {
      const image = tf.reshape(x, [2, 8, 6, 8]) as tf.Tensor4D;
      const pool = (x: Tensor) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"))) as tf.Scalar;
      return { slope: tf.grad(pool)(image) };
    },
    inputs: [spread([768])],
  },
  {
    note: "transpositions in blocks",
    f: (x, y) => ({
      plain: tf.transpose(x),
      sum: tf.add(tf.transpose(x), y),
      planes: tf.transpose(tf.reshape(x, [4, 20, 48]), [0, 2, 1]),
    }),
    inputs: [spread([80, 48]), spread([48, 80], { phase: 1 })],
  },
  {
    note: "products of few terms",
    f: (x, w, b) => ({
      y: tf.tanh(tf.add(tf.matMul(x, w), b)),
      outer: tf.matMul(tf.slice(x, [0, 1], [-1, 1]), tf.slice(w, [2, 0], [1, -1])),
      batch: tf.matMul(tf.reshape(x, [10, 4, 3]), tf.reshape(w, [1, 3, 16])),
      turned: tf.matMul(x, tf.reshape(w, [16, 3]), false, true),
    }),
    inputs: [spread([40, 3]), spread([3, 16], { phase: 1 }), spread([16], { phase: 2 })],
  },
  // Sums in parts, blocks of panels, packed rows, and what is left over of each.
  ...[[300, 210, 700], [64, 600, 520], [700, 90, 300], [130, 70, 3000], [1100, 40, 130]].map((
    [m, n, k],
  ): Large => ({
    note: `products of ${m} × ${k} by ${k} × ${n}`,
    f: (a, b, start) => {
      const [turnedA, turnedB] = [tf.transpose(a), tf.transpose(b)];
      return {
        plain: tf.add(tf.matMul(a, b), start),
        turnedA: tf.matMul(tf.square(turnedA), b, true),
        turnedB: tf.matMul(a, tf.square(turnedB), false, true),
        turned: tf.matMul(tf.square(turnedB), tf.square(turnedA)),
      };
    },
    inputs: [spread([m, k]), spread([k, n], { phase: 1 }), spread([n], { phase: 2 })],
  })),
  ...[[8, 128], [16, 1024], [8, 1025], [17, 40], [5, 5]].map(([k, n]): Large => ({
    note: `the first of equals among ${k} of ${n}`,
    f: (x) => tf.topk(x, k) as unknown as Record<string, Tensor>,
    inputs: [coarse([6, n])],
  })),
];

for (const { note, f, inputs } of LARGE) {
  Deno.test({
    name: `c does as TensorFlow.js: ${note}`,
    ignore: WITHOUT_C !== undefined,
    async fn() {
      const [found, wanted] = await Promise.all((["c", "eager"] as const).map(async (executor) => {
        await using program = await compile(f, [...inputs], { executor });
        return await program.run(...inputs) as Record<string, HostTensor>;
      }));
      assert.deepEqual(Object.keys(found), Object.keys(wanted));
      for (const [name, tensor] of Object.entries(wanted)) {
        const most = (tensor.data as Float32Array).reduce(
          (most, value) => Math.max(most, Math.abs(value)),
          0,
        );
        assert.ok(most > 0, name);
        if (tensor.dtype === "int32") assert.deepEqual(found[name], tensor);
        else {
          const scaled = ({ data, shape }: HostTensor) =>
            floats(Array.from(data as Float32Array, (value) => value / most), shape);
          assertTensor(scaled(found[name]), scaled(tensor), 5e-6);
        }
      }
    },
  });
}
