import { setImmediate as pause } from "node:timers/promises";
import { type CompiledLoop, type HostTree, interruption } from "../../compile/mod.ts";
import { BatchBuffers } from "./_batch_buffers.ts";
import { ChunkSizer } from "./_chunk_sizer.ts";
import { ResumableRun, type Resumption } from "./_resume.ts";

export type { Resumption };

/** How long timers and signals may have to wait. */
const PAUSE_MILLISECONDS = 50;

/** Options of {@link runSteps}. */
export interface RunStepsOptions<Batch, Metrics> {
  /** One step's input; only its shapes and dtypes are read. */
  readonly example: HostTree<Batch>;
  /** Number of steps. */
  readonly steps: number;
  /** Writes a step's input in place: called once per step, in order. */
  fill(batch: HostTree<Batch>, step: number): void;
  /**
   * Gets the metrics of `count` steps from `firstStep` on, stacked along a leading axis; true ends the run
   * there. The next call waits for it.
   */
  onMetrics(
    metrics: HostTree<Metrics>,
    firstStep: number,
    count: number,
  ): boolean | void | Promise<boolean | void>;
  /** Calls do not reach over multiples of this, so that `onMetrics` can end the run exactly there. */
  readonly segment?: number;
  /** Ends the run. @default ■, if this is a notebook */
  readonly signal?: AbortSignal;
  /** Lets long runs go on where they were (`resumable`). Absent: this run starts over. */
  readonly resumption?: Resumption;
}

/**
 * Drives a compiled loop through many steps, several per call: as many as take about a fifth of a second and
 * fit into 64 MiB of stacked input. The memory is kept from call to call, and results do not depend on where
 * calls begin and end.
 *
 * Within `resumable`, and in the harness's jobs, a run with a `resumption` is saved every few minutes, and
 * goes on where it was.
 *
 * @throws The signal's reason, once it is aborted.
 * @throws {RangeError} What `onMetrics` throws; its message names a number of the input that is not finite.
 */
export async function runSteps<State, Batch, Metrics>(
  loop: CompiledLoop<State, Batch, Metrics>,
  options: RunStepsOptions<Batch, Metrics>,
): Promise<void> {
  const { example, steps, fill, onMetrics, segment = steps, signal = interruption(), resumption } = options;
  const buffers = new BatchBuffers<Batch>(example);
  const sizer = new ChunkSizer(buffers.most);
  const kept = resumption &&
    await ResumableRun.begin({ loop, steps, resumption, view: buffers.reserve(1)[0], fill, signal });
  if (kept?.done) return;
  // The first call takes one step. Its batch is filled already, if the run may have begun earlier.
  const filled = kept === undefined ? 0 : Math.max(1, kept.step);
  let paused = performance.now();
  let step = kept?.step ?? 0;
  while (step < steps) {
    signal.throwIfAborted();
    const started = performance.now();
    const segmentEnd = Math.min(steps, (Math.floor(step / segment) + 1) * segment);
    const count = sizer.next(segmentEnd - step);
    const views = buffers.reserve(count);
    for (let k = 0; k < count; k++) if (step + k >= filled) fill(views[k], step + k);
    const metrics = await loop.run(buffers.stacked(count));
    let stopped: boolean;
    sizer.record(count, performance.now() - started);
    try {
      stopped = await onMetrics(metrics, step, count) === true;
    } catch (error) {
      const wrong = buffers.notFinite(count);
      if (!(error instanceof RangeError) || wrong === undefined) throw error;
      const { at, path, place, value } = wrong;
      throw new RangeError(
        `${error.message}; the input of step ${
          step + at
        } is not finite: number ${place} of ${path} is ${value}`,
        { cause: error },
      );
    }
    step += count;
    if (stopped) break;
    await kept?.taken(step);
    // Let timers and signals through: an executor may finish without giving way to them. (A timer of no time
    // takes 2 ms.)
    if (performance.now() - paused < PAUSE_MILLISECONDS) continue;
    await pause();
    paused = performance.now();
  }
  await kept?.ended(step);
}
