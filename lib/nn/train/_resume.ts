/** How a run of steps saves itself, and goes on where an earlier process was. */
import { createHash } from "node:crypto";
import { setImmediate as pause } from "node:timers/promises";
import { currentCheckpoints, type Snapshot, type TrainingCheckpoint } from "../../checkpoints/mod.ts";
import type { CompiledLoop, HostTensor, HostTree } from "../../compile/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { flattenTree, mapTree, unflattenTree } from "../../tensor/mod.ts";

/** What a run of steps holds besides the state of its loop, so that it can be resumed. */
export interface Resumption {
  /**
   * The streams that `fill` draws from, if nothing else that `fill` uses changes from step to step. Absent:
   * what it has drawn is found by filling all batches once more, which takes the time of that.
   */
  readonly streams?: readonly Stream[];
  /**
   * An object of all that changes as metrics come in, of what `structuredClone` can copy. It is restored in
   * place: objects field by field, arrays element by element.
   */
  readonly carried: Record<string, unknown>;
}

/** What {@link ResumableRun} needs to know of a run. */
interface Steps<State, Batch, Metrics> {
  readonly loop: CompiledLoop<State, Batch, Metrics>;
  readonly steps: number;
  readonly resumption: Resumption;
  /** Where a batch is filled. */
  readonly view: HostTree<Batch>;
  fill(batch: HostTree<Batch>, step: number): void;
  readonly signal: AbortSignal;
}

/** A run of steps that is saved now and then. */
export class ResumableRun<State, Batch, Metrics> {
  readonly #run: Steps<State, Batch, Metrics>;
  readonly #form: HostTree<State>;
  readonly #checkpoint: TrainingCheckpoint;

  private constructor(
    run: Steps<State, Batch, Metrics>,
    { form, checkpoint }: { readonly form: HostTree<State>; readonly checkpoint: TrainingCheckpoint },
  ) {
    this.#run = run;
    this.#form = form;
    this.#checkpoint = checkpoint;
  }

  /**
   * Finds out where a run stands, and brings all that it holds there. The batch of the step 0 is filled then.
   *
   * @returns nothing if the work that the run is a part of keeps no checkpoints.
   */
  static async begin<State, Batch, Metrics>(
    run: Steps<State, Batch, Metrics>,
  ): Promise<ResumableRun<State, Batch, Metrics> | undefined> {
    const checkpoints = currentCheckpoints();
    if (checkpoints === undefined) return undefined;
    const { loop, steps, view, fill } = run;
    const first = await loop.readState();
    fill(view, 0);
    const hash = createHash("sha256").update(`${loop.digest} ${steps}`);
    for (const { data } of flattenTree<HostTensor>([first, view]).leaves) hash.update(data);
    // Its numbers are not needed any more.
    const form = mapTree<HostTensor, HostTree<State>>(first, ({ dtype, shape }) => ({ dtype, shape }));
    const checkpoint = await checkpoints.open(hash.digest("hex"));
    const resumable = new ResumableRun(run, { form, checkpoint });
    if (checkpoint.found !== undefined) await resumable.#restore(checkpoint.found);
    return resumable;
  }

  /** The steps that were taken before. */
  get step(): number {
    return this.#checkpoint.found?.step ?? 0;
  }

  /** Whether none are left. */
  get done(): boolean {
    return this.#checkpoint.found?.done ?? false;
  }

  /** Saves the run after so many steps, if it is time. */
  async taken(step: number): Promise<void> {
    if (this.#checkpoint.due()) await this.#save(step, false);
  }

  /** Saves its end, if it took long: what comes after it in a job may yet be stopped. */
  async ended(step: number): Promise<void> {
    if (this.#checkpoint.long) await this.#save(step, true);
  }

  async #save(step: number, done: boolean): Promise<void> {
    const { loop, resumption: { streams, carried } } = this.#run;
    const leaves = flattenTree<HostTensor>(await loop.readState()).leaves.map(({ data }) => data);
    const positions = streams?.map(({ position }) => position) ?? null;
    await this.#checkpoint.save({ step, done, leaves, streams: positions, carried });
  }

  async #restore({ step, leaves, streams, carried }: Snapshot): Promise<void> {
    const { loop, resumption, view, fill, signal } = this.#run;
    const types = flattenTree<HostTensor>(this.#form).leaves;
    const state = types.map(({ dtype, shape }, i) => ({ dtype, shape, data: leaves[i] }));
    await loop.writeState(unflattenTree<HostTree<State>>(this.#form, state));
    if (streams !== null) {
      streams.forEach((position, i) => resumption.streams![i].moveTo(position));
    } else {
      for (let past = 1; past < step; past++) {
        fill(view, past);
        if (past % 64 > 0) continue;
        signal.throwIfAborted();
        await pause();
      }
    }
    restoreInPlace(resumption.carried, carried as Record<string, unknown>);
  }
}

/** Gives an object the fields of another; what holds on to its arrays and objects sees them change. */
function restoreInPlace(target: Record<string, unknown>, saved: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(saved)) {
    const present = target[key];
    if (Array.isArray(present) && Array.isArray(value)) {
      present.length = 0;
      for (const item of value) present.push(item);
    } else if (
      ArrayBuffer.isView(present) && ArrayBuffer.isView(value) && present.byteLength === value.byteLength
    ) {
      (present as Float32Array).set(value as Float32Array);
    } else if (isRecord(present) && isRecord(value)) {
      restoreInPlace(present, value);
    } else {
      target[key] = value;
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
