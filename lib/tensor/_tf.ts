/**
 * Loads TensorFlow.js and puts right what a library must not do to its user: no advertisement on standard error,
 * no backend that depends on the machine, and a gradient tape that can be differentiated twice.
 */
import * as tf from "@tensorflow/tfjs";

/** The parts of the TensorFlow.js engine that its types hide. */
interface Engine {
  readonly registryFactory: Record<string, unknown>;
  readonly state: { activeTape: TapeNode[] | null; gradientDepth: number };
  findBackend(name: string): { firstUse: boolean };
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
 * A kernel that saves its *output* for the gradient puts the saved copy on the tape before itself. Walking the
 * tape backwards then meets the kernel before all of its output's gradient has been collected, and in a second
 * derivative the terms that run through the copy are lost (d²/dx² tanh, sigmoid, exp, … come out wrong). The
 * copies are the last `saved.length` nodes at most, so the kernel's node is moved before the first of them that
 * reads its output.
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

export { tf };
/** A TensorFlow.js tensor. */
export type Tensor = tf.Tensor;
