/**
 * Loads TensorFlow.js and puts right what a library must not do to its user: no advertisement on standard
 * error, no backend that depends on the machine, and a gradient tape that can be differentiated twice.
 */
import * as tf from "@tensorflow/tfjs";

/** The parts of the TensorFlow.js engine that its types hide. */
interface Engine {
  readonly registryFactory: Record<string, unknown>;
  readonly state: { activeTape: TapeNode[] | null; gradientDepth: number; kernelDepth: number };
  findBackend(name: string): { firstUse: boolean };
  runKernelFunc(kernel: {
    inputs: Record<string, tf.Tensor>;
    forwardFunc(backend: unknown, save: (tensors: readonly tf.Tensor[]) => void): tf.Tensor[];
    backwardsFunc(
      dys: tf.Tensor | tf.Tensor[],
      saved: tf.Tensor[],
    ): Record<string, () => tf.Tensor>;
  }): tf.Tensor[];
  addTapeNode(
    name: string,
    inputs: Record<string, tf.Tensor | null>,
    outputs: tf.Tensor[],
    gradient: unknown,
    saved: tf.Tensor[],
    attributes: unknown,
  ): void;
}

interface TapeNode {
  readonly inputs: Record<string, tf.Tensor | null>;
  readonly saved: tf.Tensor[];
}

const engine = tf.engine() as unknown as Engine;

/** TensorFlow.js also brings a WebGL backend; where it runs must not decide what is computed. */
for (const name of Object.keys(engine.registryFactory)) {
  if (name !== "cpu") tf.removeBackend(name);
}
// The factory is synchronous, so the backend is in place before the promise settles.
void tf.setBackend("cpu");
// Else the first tensor prints an advertisement for the Node.js backend.
engine.findBackend("cpu").firstUse = false;

/**
 * Keeps the tape in topological order.
 *
 * A kernel that saves its *output* for the gradient puts the saved copy on the tape before itself. Walking
 * the tape backwards then meets the kernel before all of its output's gradient has been collected, and in a
 * second derivative the terms that run through the copy are lost (d²/dx² tanh, sigmoid, exp, … come out
 * wrong). The copies are the last `saved.length` nodes at most, so the kernel's node is moved before the
 * first of them that reads its output.
 */
const addTapeNode = engine.addTapeNode;
engine.addTapeNode = function (name, inputs, outputs, gradient, saved, attributes): void {
  addTapeNode.call(this, name, inputs, outputs, gradient, saved, attributes);
  const tape = this.state.activeTape!;
  const node = tape.pop()!;
  const made = new Set(outputs.map((output) => output.id));
  const readsOutput = (other: TapeNode) =>
    Object.values(other.inputs).some((input) => input !== null && made.has(input?.id as number));
  let at = Math.max(0, tape.length - saved.length);
  while (at < tape.length && !readsOutput(tape[at])) at++;
  tape.splice(at, 0, node);
};

/** Frees what a gradient that threw had saved, unless an outer gradient still needs it. */
export function discardTape(): void {
  const { state } = engine;
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved);
  state.activeTape = null;
}

/**
 * Runs a function that may take gradients of its own even where TensorFlow.js is inside a kernel or another
 * gradient; none of its operations come onto the tape outside.
 */
export function onFreshTape<R>(f: () => R): R {
  const { state } = engine;
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 });
  try {
    return f();
  } finally {
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}

/** What {@link differentiable} makes an operation of. */
export interface DifferentiableOptions {
  /** Tensors that it depends on. */
  readonly inputs: readonly tf.Tensor[];
  /** Computes the outputs; runs off the tape. */
  readonly forward: () => tf.Tensor[];
  /**
   * The gradients of the inputs, given those of the outputs and copies of the inputs, by differentiable
   * operations. Called once, and only if one of them is wanted.
   */
  readonly backward: (dys: readonly tf.Tensor[], inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];
}

/** An operation with any number of outputs and a gradient of its own (`tf.customGrad` has one output). */
export function differentiable({ inputs, forward, backward }: DifferentiableOptions): tf.Tensor[] {
  return engine.runKernelFunc({
    inputs: Object.fromEntries(inputs.map((input, i) => [`input${i}`, input])),
    forwardFunc(_backend, save) {
      save(inputs);
      return forward();
    },
    backwardsFunc(dys, saved) {
      let gradients: readonly tf.Tensor[] | undefined;
      // Each gradient is asked for in a scope of its own that frees the others: keep them for as long as what
      // is saved.
      const kept = (made: readonly tf.Tensor[]) => {
        const copies = made.map((gradient) => tf.keep(tf.clone(gradient)));
        saved.push(...copies);
        return copies;
      };
      const own = saved.slice(0, inputs.length);
      const gradientOf = (i: number) => (gradients ??= kept(backward([dys].flat(), own)))[i];
      return Object.fromEntries(inputs.map((_, i) => [`input${i}`, () => gradientOf(i)]));
    },
  });
}

export { tf };
/** A TensorFlow.js tensor. */
export type Tensor = tf.Tensor;
