/** TensorFlow.js as it is, one operation after another, on its cpu and wasm backends. */
import { now } from "./_clock.ts";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import type { HostTensor } from "../lib/compile/mod.ts";
import type { Optimiser } from "../lib/nn/mod.ts";
import { flattenTree, type Tensor, tf, unflattenTree, valueAndGrad } from "../lib/tensor/mod.ts";

// Deno refuses the workers that more threads would need.
setThreadsCount(1);

export type TfjsBackend = "cpu" | "wasm";

/** Runs a function with a backend active. */
export async function onTfjs<R>(backend: TfjsBackend, f: () => R): Promise<R> {
  const before = tf.getBackend();
  if (!await tf.setBackend(backend)) throw new Error(`Cannot run on tfjs ${backend} as it fails to start`);
  try {
    return f();
  } finally {
    await tf.setBackend(before);
  }
}

/** A tree of host tensors as tensors of the active backend. */
export function upload(tree: unknown): unknown {
  const leaves = flattenTree(tree).leaves as unknown as HostTensor[];
  return unflattenTree(
    tree,
    leaves.map(({ data, shape, dtype }) => tf.tensor(data.slice(), [...shape], dtype)),
  );
}

/** Options of {@link tfjsSteps}. */
export interface TfjsStepsOptions {
  readonly backend: TfjsBackend;
  readonly parameters: unknown;
  readonly batch: unknown;
  readonly optimiser: Optimiser;
  readonly learningRate: number;
}

/**
 * Milliseconds per training step on the same batch: loss, gradients and update, the loss read after each
 * step.
 */
export function tfjsSteps(
  // deno-lint-ignore no-explicit-any -- each problem has its own trees
  loss: (parameters: any, batch: any) => Tensor,
  { backend, parameters, batch, optimiser, learningRate }: TfjsStepsOptions,
): (steps: number) => Promise<number> {
  return (steps) =>
    onTfjs(backend, () => {
      const input = upload(batch);
      let leaves = flattenTree(upload(parameters)).leaves as unknown as Tensor[];
      let slots = leaves.map((leaf) =>
        Object.fromEntries(optimiser.slots.map((name) => [name, tf.zerosLike(leaf)]))
      );
      const step = (number: number) => {
        const [value, next, nextSlots] = tf.tidy(() => {
          const scalars = Object.fromEntries(
            Object.entries(optimiser.scalars(number, learningRate)).map(([name, x]) => [name, tf.scalar(x)]),
          );
          const { value, grads } = valueAndGrad(
            (parameters) => loss(parameters, input),
            unflattenTree(parameters, leaves),
          );
          const gradients = flattenTree(grads).leaves as unknown as Tensor[];
          const updated = leaves.map((leaf, i) =>
            optimiser.update(leaf, { gradient: gradients[i], slots: slots[i], scalars })
          );
          return [
            value,
            updated.map(({ parameter }) => parameter),
            updated.map(({ slots }) => slots),
          ] as never;
        }) as [Tensor, Tensor[], Record<string, Tensor>[]];
        tf.dispose([leaves, slots] as unknown as tf.TensorContainer);
        [leaves, slots] = [next, nextSlots];
        value.dataSync();
        value.dispose();
      };
      // First calls are slow, as V8 has yet to compile; where one step takes seconds it makes no difference.
      if (steps > 1) step(0);
      const started = now();
      for (let i = 1; i <= steps; i++) step(i);
      const milliseconds = (now() - started) / steps;
      tf.dispose([leaves, slots, input] as unknown as tf.TensorContainer);
      return milliseconds;
    });
}
