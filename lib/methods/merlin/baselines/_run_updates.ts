import { compileLoop, type ExecutorName, type HostTree } from "../../../compile/mod.ts";
import { runSteps } from "../../../nn/mod.ts";
import { flattenTree, type HostTensor, type Tensor } from "../../../tensor/mod.ts";

/** A step of training that is compiled. */
export type Update<S, B, M> = (state: S, batch: B) => { readonly state: S; readonly metrics: M };

/** Options of {@link runUpdates}. */
export interface RunUpdatesOptions<S, B, M> {
  readonly name: string;
  readonly state: HostTree<S>;
  readonly example: HostTree<B>;
  readonly steps: number;
  fill(batch: HostTree<B>, step: number): void;
  /** Gets the metrics of `count` updates; only with `segment` may a later `fill` depend on it. */
  onMetrics?(metrics: HostTree<M>, first: number, count: number): void;
  /** All that `onMetrics` changes; without it, updates with `onMetrics` that were stopped start over. */
  readonly carried?: Record<string, unknown>;
  readonly segment?: number;
  readonly executor?: ExecutorName;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Compiles an update, runs it many times, and reads the last state.
 *
 * @throws {RangeError} If a metric or the last state is not finite.
 */
export async function runUpdates<S, B, M extends Readonly<Record<string, Tensor>>>(
  update: Update<S, B, M>,
  options: RunUpdatesOptions<S, B, M>,
): Promise<HostTree<S>> {
  const { name, state, example, steps, fill, onMetrics, segment, executor, signal, onProgress } = options;
  const { carried = onMetrics === undefined ? {} : undefined } = options;
  await using loop = await compileLoop(update, { state, batch: example }, { executor, name });
  await runSteps<S, B, M>(loop, {
    example,
    steps,
    fill,
    segment,
    signal,
    resumption: carried && { carried },
    onMetrics(metrics, first, count) {
      checkFinite(metrics, `${name} within updates ${first} to ${first + count}`);
      onMetrics?.(metrics, first, count);
      onProgress?.((first + count) / steps);
    },
  });
  const last = await loop.readState();
  checkFinite(last, `${name} after ${steps} updates`);
  return last;
}

function checkFinite(tree: unknown, where: string): void {
  const { leaves, paths } = flattenTree<HostTensor>(tree);
  leaves.forEach(({ data }, i) => {
    const bad = data.find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw new RangeError(`Training diverged: ${paths[i]} of ${where} holds ${bad}`);
    }
  });
}
