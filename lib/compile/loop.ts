import { createHash } from "node:crypto";
import { flattenTree, type HostTensor, type HostTree, type Tensor, unflattenTree } from "../tensor/mod.ts";
import { trace } from "./_backend.ts";
import { type EagerEngine, type GraphEngine, loadEngine } from "./_executors.ts";
import { sizeOf } from "./_graph.ts";
import {
  checkedLeaves,
  checkedOutput,
  checkTypes,
  copyOf,
  fromEngine,
  type LeafType,
  leafTypes,
  onBackend,
  toHost,
  toTensor,
} from "./_host.ts";
import { changedState, encodeLoop } from "./_onnx.ts";
import { optimise } from "./_optimise.ts";
import { openSession } from "./_sessions.ts";
import { disposable } from "./disposal.ts";
import type { CompiledLoop, CompileOptions } from "./types.ts";
import { interruption } from "./interruption.ts";
import { tallyOf } from "./work.ts";

/** The examples that a step is compiled for. */
export interface LoopExample<State, Batch> {
  /** The initial state (it is copied). */
  readonly state: HostTree<State>;
  /** One step's batch, without the leading axis that `run` stacks along; only types and shapes matter. */
  readonly batch: HostTree<Batch>;
}

/** What a step returns. */
export interface StepResult<State, Metrics> {
  /** The new state, with the same leaves, types and shapes as the old. */
  readonly state: State;
  /** A tree of tensors that the host gets to see. */
  readonly metrics: Metrics;
}

/** A step on leaves: state leaves first, then batch leaves; new state leaves first, then metrics. */
type FlatStep = (tensors: readonly Tensor[]) => Tensor[];

/** Runs flat steps on an engine and holds the state between calls. */
interface LoopRunner {
  /** SHA-256 of the program; absent where it is not known. */
  readonly digest?: string;
  /** Runs `steps` steps on stacked batches and returns stacked metrics. */
  run(batches: readonly HostTensor[], steps: number): Promise<HostTensor[]>;
  /** The state's leaves themselves, not copies; they are the state until the next run. */
  leaves(): HostTensor[];
  /** Replaces the state by copies. */
  write(values: readonly HostTensor[]): void;
  release(): Promise<void>;
}

async function graphRunner(
  engine: GraphEngine,
  step: FlatStep,
  options: { name: string; state: readonly HostTensor[]; batch: readonly LeafType[] },
): Promise<LoopRunner> {
  const { name } = options;
  const stateLeaves = options.state.length;
  const types = [...options.state, ...options.batch];
  const traced = trace(step, { types, name, convolves: engine.convolves });
  optimise(traced);
  const tally = tallyOf(traced, { loop: true });
  const session = await openSession(engine, encodeLoop(name, traced, { stateLeaves }), name, {
    traced,
    stateLeaves,
  });
  const changed = new Set(changedState(traced, { stateLeaves }));
  const metrics = traced.outputs.slice(stateLeaves).map((_, i) => `metric${i}`);
  let state = options.state.map(engine.tensor);
  return {
    digest: session.digest,
    async run(batches, steps) {
      const feeds = Object.fromEntries([
        ...state.map((tensor, i) => [`state${i}`, tensor]),
        ...batches.map((leaf, i) => [`batch${i}`, engine.tensor(leaf)]),
      ]);
      const signal = interruption();
      const fetched = await session.run(feeds);
      signal.throwIfAborted();
      tally(steps);
      state = state.map((tensor, i) => changed.has(i) ? fetched[`next${i}`] : tensor);
      return metrics.map((port) => fromEngine(fetched[port]));
    },
    leaves: () => state.map(fromEngine),
    write(values) {
      state = values.map((value) => engine.tensor(copyOf(value)));
    },
    release: () => session.release(),
  };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Entry `index` of a stacked host tensor. */
function entry({ dtype, shape, data }: HostTensor, index: number): HostTensor {
  const size = sizeOf(shape.slice(1));
  return { dtype, shape: shape.slice(1), data: data.slice(index * size, (index + 1) * size) } as HostTensor;
}

/** Stacks host tensors of one type and shape along a new leading axis. */
function stacked(entries: readonly HostTensor[]): HostTensor {
  const [{ dtype, shape, data }] = entries;
  const all = new (data.constructor as Float32ArrayConstructor)(entries.length * data.length);
  entries.forEach((item, i) => all.set(item.data, i * data.length));
  return { dtype, shape: [entries.length, ...shape], data: all } as HostTensor;
}

function eagerRunner(engine: EagerEngine, step: FlatStep, initial: readonly HostTensor[]): LoopRunner {
  let state = [...initial];
  return {
    run(batches, steps) {
      const metrics: HostTensor[][] = [];
      for (let i = 0; i < steps; i++) {
        const leaves = [...state, ...batches.map((leaf) => entry(leaf, i))];
        const outputs = onBackend(engine, () => step(leaves.map(toTensor)).map(toHost));
        state = outputs.slice(0, state.length);
        metrics.push(outputs.slice(state.length));
      }
      return Promise.resolve(metrics[0].map((_, leaf) => stacked(metrics.map((entries) => entries[leaf]))));
    },
    leaves: () => state,
    write(values) {
      state = values.map(copyOf);
    },
    release: () => Promise.resolve(),
  };
}

/**
 * Compiles a step so that many steps run in one call, with the state held inside.
 *
 * The step runs once on a tracing backend (see {@link compile}) and becomes the body of an ONNX `Scan` over
 * the batches of a call; state leaves that the step returns as they are stay outside the loop. On `eager` the
 * step itself runs on TensorFlow.js, in a plain loop.
 *
 * @param step Pure and synchronous. The new state must have the leaves, types and shapes of the old.
 * @param example The initial state, and one batch without the leading axis.
 * @throws {TraceError} If the step reads a tensor or uses a kernel without a lowering.
 * @throws {TypeError} If the step changes the form of the state, or the batch has no leaf.
 *
 * @example
 * ```ts
 * import { compileLoop, hostTensor, type tf } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * await using sum = await compileLoop(
 *   (state: { total: tf.Tensor }, x: tf.Tensor) => {
 *     const total = state.total.add(x);
 *     return { state: { total }, metrics: { total } };
 *   },
 *   { state: { total: hostTensor(0) }, batch: hostTensor(0) },
 * );
 * const metrics = await sum.run(hostTensor([1, 2, 3]));
 * assert.deepEqual(Array.from(metrics.total.data), [1, 3, 6]);
 * assert.equal((await sum.readState()).total.data[0], 6);
 * ```
 */
export async function compileLoop<State, Batch, Metrics>(
  step: (state: State, batch: Batch) => StepResult<State, Metrics>,
  example: LoopExample<State, Batch>,
  options: CompileOptions = {},
): Promise<CompiledLoop<State, Batch, Metrics>> {
  const { executor = "native", name = "loop" } = options;
  const stateTypes = leafTypes("state", example.state);
  const batchTypes = leafTypes("batch", example.batch);
  const stateForm = unflattenTree(example.state, stateTypes);
  const batchForm = unflattenTree(example.batch, batchTypes);
  if (batchTypes.length === 0) {
    throw new TypeError(`Cannot compile "${name}" as the batch must have at least one leaf: it has none`);
  }
  const initial = checkedLeaves(`compile "${name}"`, stateTypes, "state", example.state).map(copyOf);
  const engine = await loadEngine(executor);

  let metricsForm: unknown;
  const flatStep: FlatStep = (tensors) => {
    const state = unflattenTree<State>(stateForm, tensors.slice(0, stateTypes.length));
    const batch = unflattenTree<Batch>(batchForm, tensors.slice(stateTypes.length));
    const result = checkedOutput(name, step(state, batch));
    checkTypes(`carry the state of "${name}" to its next step`, stateTypes, leafTypes("state", result.state));
    const metrics = flattenTree<Tensor>(result.metrics).leaves;
    metricsForm = unflattenTree(result.metrics, metrics.map(({ dtype, shape }) => ({ dtype, shape })));
    return [...flattenTree<Tensor>(result.state).leaves, ...metrics];
  };
  const runner = engine.kind === "eager"
    ? eagerRunner(engine, flatStep, initial)
    : await graphRunner(engine, flatStep, { name, state: initial, batch: batchTypes });

  const leafIndex = (path: string): number => {
    const index = stateTypes.findIndex((type) => type.path === path);
    if (index >= 0) return index;
    const paths = stateTypes.map((type) => type.path).join(", ");
    throw new RangeError(
      `Cannot update leaves of "${name}" as path must be one of ${paths}: current value is ${path}`,
    );
  };

  // A call must see the state that the call before it left.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(task: () => R | Promise<R>): Promise<R> => {
    const turn = last.then(task);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    digest: runner.digest ?? sha256(JSON.stringify([name, stateTypes, batchTypes])),
    run: (batches) =>
      inTurn(async () => {
        const steps = leafTypes("batch", batches)[0]?.shape[0] ?? 0;
        if (steps < 1) {
          throw new TypeError(
            `Cannot run "${name}" as the batches' leading axis must hold at least 1 step: current value is ${steps}`,
          );
        }
        const wanted = batchTypes.map((type) => ({ ...type, shape: [steps, ...type.shape] }));
        const leaves = checkedLeaves(`run "${name}"`, wanted, "batch", batches);
        const metrics = await runner.run(leaves, steps);
        return unflattenTree<HostTree<Metrics>>(metricsForm, metrics);
      }),
    readState: () => inTurn(() => unflattenTree<HostTree<State>>(stateForm, runner.leaves().map(copyOf))),
    writeState: (state) =>
      inTurn(() => runner.write(checkedLeaves(`write the state of "${name}"`, stateTypes, "state", state))),
    updateLeaves: (paths, change) =>
      inTurn(() => {
        const leaves = runner.leaves();
        change(paths.map((path) => leaves[leafIndex(path)]));
      }),
    ...disposable(() => inTurn(() => runner.release())),
  };
}
