import {
  Checkpoints,
  type CheckpointsOptions,
  type CheckpointStore,
  withCheckpoints,
} from "./checkpoints.ts";

/**
 * Runs work whose trainings can be stopped at any time: started again, the same work goes on where it was,
 * and ends with the same bits.
 *
 * Whatever trains through `train` or `runSteps` within it saves its state every few minutes, wherever the
 * call is. The work must be the same from run to run: what a training computes is told from its program, its
 * first state, its first batch and its number of steps. What it saved is removed when the work is done.
 *
 * @param folder Where the state is kept; made and removed as needed.
 * @param work Returns when all trainings have ended.
 * @param options How often, and for whom.
 *
 * @example
 * ```ts
 * import { hostTensor, meanSquaredError, rowBatches, sgd, stream, tf, train } from "@refigure/refigure";
 * import { resumable } from "@refigure/refigure/checkpoints";
 * import assert from "node:assert/strict";
 *
 * const x = stream(1, "data").uniform(new Float32Array(100)), y = x.map((x) => 3 * x);
 * const folder = `${await Deno.makeTempDir()}/slope`;
 * const { parameters } = await resumable(folder, () =>
 *   train(({ parameters: { slope }, batch: { x, y: target }, weights }) => ({
 *     loss: meanSquaredError(tf.mul(x, slope), { target, weights }),
 *   }), {
 *     parameters: { slope: hostTensor(0) },
 *     batches: rowBatches({ x: hostTensor(x), y: hostTensor(y) }),
 *     optimiser: sgd({ momentum: 0.9 }),
 *     learningRate: 0.05,
 *     batchSize: 32,
 *     epochs: 60,
 *     stream: stream(1, "training"),
 *   }));
 * assert.ok(Math.abs(parameters.slope.data[0] - 3) < 1e-2);
 * ```
 */
export async function resumable<R>(
  folder: string,
  work: () => Promise<R>,
  options: CheckpointsOptions = {},
): Promise<R> {
  const result = await withCheckpoints(new Checkpoints(folderStore(folder), options), work);
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return result;
}

/** Checkpoints as files of a folder. */
function folderStore(folder: string): CheckpointStore {
  const note = (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  return {
    note,
    async read(name) {
      try {
        return await Deno.readFile(`${folder}/${name}`);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    async write(name, bytes) {
      const temporary = `${folder}/.${name}.${crypto.randomUUID().slice(0, 8)}`;
      try {
        await Deno.mkdir(folder, { recursive: true });
        await Deno.writeFile(temporary, bytes, { createNew: true });
        await Deno.rename(temporary, `${folder}/${name}`);
      } catch (error) {
        await Deno.remove(temporary).catch(() => {}); // the first error is the one to tell
        throw error;
      }
    },
  };
}
