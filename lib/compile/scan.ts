import { differentiable, flattenTree, type Tensor, tf, unflattenTree, valueAndGrad } from "../tensor/mod.ts";
import { isTracing, recordScan, sameTensors, type ScanOperands } from "./_backend.ts";
import { checkTypes, leafTypes } from "./_host.ts";

/** What a scan's body returns. */
export interface ScanStep<C, Y> {
  /** The next carried value, with the leaves, types and shapes of the last. */
  readonly carry: C;
  /** A tree of tensors to stack. */
  readonly output: Y;
}

/** Options of {@link scan}. */
export interface ScanOptions<C, X, P> {
  /** What the first step gets. */
  readonly carry: C;
  /** A tree of tensors with the same leading axis, at least 1 long; a step gets one entry of each. */
  readonly inputs: X;
  /**
   * The same in every step, such as weights. The body must take from here what needs a gradient. @default {}
   */
  readonly parameters?: P;
  /** Go from the last entry to the first. @default false */
  readonly reverse?: boolean;
}

/** What {@link scan} returns. */
export interface Scanned<C, Y> {
  /** After the last step. */
  readonly carry: C;
  /** The steps' outputs, stacked along a new leading axis in the order of the inputs. */
  readonly outputs: Y;
}

/**
 * A body on leaves: carried ones, then an entry of each input, then parameters → the next carried, then
 * outputs.
 */
type FlatBody = (tensors: readonly Tensor[]) => readonly Tensor[];

const leavesOf = (tree: unknown) => flattenTree<Tensor>(tree).leaves;
const isFloat = ({ dtype }: Tensor) => dtype === "float32";

/**
 * Runs a step over a sequence: (c_k, y_k) = body(c_{k−1}, x_k, θ), k = 1 … n.
 *
 * Where a program is compiled the body is traced once and becomes the body of an ONNX `Scan`, so that
 * compiling takes as long for 100 steps as for one; elsewhere the steps run one by one. It can be
 * differentiated, also twice, with respect to carry, inputs and parameters: the gradient is a scan the other
 * way, which reads what the forward pass has computed. Only float32 leaves get gradients.
 *
 * @param body Pure and synchronous.
 * @throws {TypeError} If the leading axes differ or are empty, or the body changes the form of the carry.
 * @throws {TraceError} If the body uses a tensor of the program that is not in `parameters`.
 *
 * @example
 * ```ts
 * import { compile, hostTensor, scan, type Tensor, tf } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * // Running sums.
 * const sums = await compile((x: Tensor) =>
 *   scan((sum: Tensor, entry: Tensor) => {
 *     const carry = tf.add(sum, entry);
 *     return { carry, output: carry };
 *   }, { carry: tf.scalar(0), inputs: x }), [hostTensor(Float32Array.of(1, 2, 3))]);
 * const { outputs } = await sums.run(hostTensor(Float32Array.of(1, 2, 3)));
 * await sums.dispose();
 * assert.deepEqual(Array.from(outputs.data), [1, 3, 6]);
 * ```
 */
export function scan<C, X, Y, P = Record<never, Tensor>>(
  body: (carry: C, input: X, parameters: P) => ScanStep<C, Y>,
  { carry, inputs, parameters = {} as P, reverse = false }: ScanOptions<C, X, P>,
): Scanned<C, Y> {
  const [first, entries, fixed] = [carry, inputs, parameters].map(leavesOf);
  const lengths = entries.map(({ shape }) => shape[0] ?? 0);
  if (!(lengths[0] >= 1) || lengths.some((length) => length !== lengths[0])) {
    throw new TypeError(
      "Cannot scan as all inputs must have the same leading axis, at least 1 long: current lengths are " +
        `[${lengths}]`,
    );
  }
  let outputForm: Y | undefined;
  const types = leafTypes("carry", carry);
  const flat: FlatBody = (tensors) => {
    const [c, x] = [first.length, first.length + entries.length];
    const step = body(
      unflattenTree<C>(carry, tensors.slice(0, c)),
      unflattenTree<X>(inputs, tensors.slice(c, x)),
      unflattenTree<P>(parameters, tensors.slice(x)),
    );
    checkTypes("scan", types, leafTypes("carry", step.carry));
    outputForm = step.output;
    return [...leavesOf(step.carry), ...leavesOf(step.output)];
  };
  const operands = { carry: first, inputs: entries, parameters: fixed, reverse };
  const results = isTracing() ? compiled(flat, operands).results : stepByStep(flat, operands);
  return {
    carry: unflattenTree<C>(carry, results.slice(0, first.length)),
    outputs: unflattenTree<Y>(outputForm, results.slice(first.length)),
  };
}

function stepByStep(body: FlatBody, { carry, inputs, parameters, reverse }: ScanOperands): Tensor[] {
  const entries = inputs.map((input) => tf.unstack(input));
  const steps = entries[0].map((_, k) => k);
  const outputs: (readonly Tensor[])[] = [];
  let carried = carry;
  for (const k of reverse ? steps.toReversed() : steps) {
    const made = body([...carried, ...entries.map((entry) => entry[k]), ...parameters]);
    carried = made.slice(0, carry.length);
    outputs[k] = made.slice(carry.length);
  }
  return [...carried, ...outputs[0].map((_, i) => tf.stack(outputs.map((output) => output[i])))];
}

/** A scan of the program that is being traced. */
interface CompiledScan {
  /** The last carried values, then the stacked outputs. */
  readonly results: Tensor[];
  /** The carried values before each step, stacked. */
  readonly carries: Tensor[];
}

function compiled(body: FlatBody, operands: ScanOperands, recorded?: readonly Tensor[]): CompiledScan {
  const { carry, inputs, parameters } = operands;
  let made = recorded;
  const outputs = differentiable({
    inputs: [...carry, ...inputs, ...parameters],
    forward: () => {
      made ??= recordScan((tensors) => [...body(tensors), ...tensors.slice(0, carry.length)], operands);
      return sameTensors(made);
    },
    backward: (dys, saved) => {
      const again = { ...operands, ...sliced(operands, saved) };
      // On the tape once more, for second derivatives; the node is the same.
      const { carries } = compiled(body, again, made);
      return gradients(body, again, { dys, carries });
    },
  });
  const carries = outputs.length - carry.length;
  return { results: outputs.slice(0, carries), carries: outputs.slice(carries) };
}

/** Leaves taken apart like the operands of a scan. */
function sliced({ carry, inputs }: ScanOperands, leaves: readonly Tensor[]) {
  const [c, x] = [carry.length, carry.length + inputs.length];
  return { carry: leaves.slice(0, c), inputs: leaves.slice(c, x), parameters: leaves.slice(x) };
}

/**
 * The gradients of a scan's operands: a scan the other way whose carry is the gradient of the carried value
 * and the sum so far of the parameters' gradients.
 */
function gradients(
  body: FlatBody,
  operands: ScanOperands,
  { dys, carries }: { dys: readonly Tensor[]; carries: readonly Tensor[] },
): Tensor[] {
  const { carry, inputs, parameters, reverse } = operands;
  const results = dys.length - 2 * carry.length;
  const floats = { carry: carry.filter(isFloat), parameters: parameters.filter(isFloat) };
  const outputs = dys.slice(carry.length, carry.length + results);
  const given = [inputs, carries, outputs, dys.slice(carry.length + results)];
  const back: FlatBody = (tensors) => {
    const [dCarry, sums, x, c, dOutput, dCarries, theta] = split(tensors, [
      floats.carry.length,
      floats.parameters.length,
      ...given.map((list) => list.length),
      parameters.length,
    ]);
    const primal = [...c, ...x, ...theta];
    const variables = primal.filter(isFloat);
    // Σ ⟨result, its gradient⟩ has the gradient that is wanted.
    const { grads } = variables.length === 0 ? { grads: [] } : valueAndGrad((leaves: Tensor[]) => {
      let next = 0;
      const made = body(primal.map((leaf) => isFloat(leaf) ? leaves[next++] : leaf));
      const pairs = pairUp(made.slice(0, carry.length).filter(isFloat), dCarry)
        .concat(pairUp(made.slice(carry.length), dOutput).filter(([result]) => isFloat(result)));
      return pairs.map(([result, dy]) => tf.sum(tf.mul(result, dy)))
        .reduce((sum, term) => tf.add(sum, term), tf.scalar(0) as Tensor);
    }, variables);
    const [gCarry, gInputs, gTheta] = split(grads as unknown as Tensor[], [
      floats.carry.length,
      inputs.filter(isFloat).length,
      floats.parameters.length,
    ]);
    const fromCarries = dCarries.filter((_, i) => isFloat(carry[i]));
    return [
      ...gCarry.map((g, i) => tf.add(g, fromCarries[i])),
      ...sums.map((sum, i) => tf.add(sum, gTheta[i])),
      ...gInputs,
    ];
  };
  const { results: found } = compiled(back, {
    carry: [
      ...dys.slice(0, carry.length).filter((_, i) => isFloat(carry[i])),
      ...floats.parameters.map((leaf) => tf.zerosLike(leaf)),
    ],
    inputs: given.flat(),
    parameters,
    reverse: !reverse,
  });
  const [dCarry, dTheta, dInputs] = split(found, [
    floats.carry.length,
    floats.parameters.length,
    inputs.filter(isFloat).length,
  ]);
  return [[carry, dCarry], [inputs, dInputs], [parameters, dTheta]].flatMap(([leaves, grads]) => {
    let next = 0;
    return leaves.map((leaf) => isFloat(leaf) ? grads[next++] : tf.zeros(leaf.shape));
  });
}

function pairUp(results: readonly Tensor[], dys: readonly Tensor[]): [Tensor, Tensor][] {
  return results.map((result, i) => [result, dys[i]]);
}

/** Cuts a list into lists of the given lengths. */
function split(tensors: readonly Tensor[], lengths: readonly number[]): Tensor[][] {
  let start = 0;
  return lengths.map((length) => tensors.slice(start, start += length));
}
