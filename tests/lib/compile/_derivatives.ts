/** What the tests of kernels differentiate. */
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import type { Case } from "./_kernel_cases.ts";

/** Places of the inputs to differentiate with respect to. */
export function movingInputs({ inputs, gradient }: Case): number[] {
  if (gradient === false) return [];
  return inputs.map(({ dtype }, i) => dtype === "float32" ? i : -1).filter((i) => i >= 0);
}

/** The highest order of derivative that is tested. */
export function derivativeOrder(item: Case): 0 | 1 | 2 {
  if (movingInputs(item).length === 0) return 0;
  return item.gradient === 1 ? 1 : 2;
}

/** Irregular constants of a shape. */
function weights(shape: readonly number[], phase: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Array.from({ length: size }, (_, i) => Math.cos(i + phase)), [...shape]);
}

/** What a case's derivatives are, all of one program. */
export interface Derivatives {
  /** The case's outputs. */
  readonly value: Tensor[];
  /** L = Σ wᵢ (yᵢ + 0.3 yᵢ²) over all float32 outputs y: even a linear kernel has a second derivative. */
  readonly loss: Tensor;
  /** ∂L/∂x for each moving input x. */
  readonly first: Tensor[];
  /** ∂(Σ vⱼ · first)/∂x, a product of the Hessian. */
  readonly second: Tensor[];
  /** Σ vⱼ · first. */
  readonly slope: Tensor;
}

/** A case's loss and its gradient as functions of the inputs that move. */
function functionsOf(item: Case, tensors: readonly Tensor[]) {
  const moving = movingInputs(item);
  const outputs = (params: readonly Tensor[]) => {
    const all = [...tensors];
    moving.forEach((place, i) => all[place] = params[i]);
    return [item.f(...all)].flat();
  };
  const lossOf = (params: readonly Tensor[]): Tensor => {
    const sums = outputs(params).filter(({ dtype }) => dtype === "float32").map((y) =>
      tf.sum(tf.mul(weights(y.shape, 0.3), tf.add(y, tf.mul(0.3, tf.mul(y, y)))))
    );
    return sums.length === 0 ? tf.scalar(0) : tf.addN(sums);
  };
  return {
    params: moving.map((place) => tensors[place]),
    outputs,
    gradient(params: Tensor[]): { readonly loss: Tensor; readonly first: Tensor[] } {
      const { value, grads } = valueAndGrad(lossOf, params);
      return { loss: value, first: grads as Tensor[] };
    },
  };
}

/** Σ vⱼ · first. */
function slopeOf(first: readonly Tensor[]): Tensor {
  return tf.addN(first.map((g, i) => tf.sum(tf.mul(g, weights(g.shape, i + 0.7)))));
}

/** What a case's derivatives are differences of; it must have inputs that move. */
export function lossAndSlope(item: Case, tensors: readonly Tensor[]): Pick<Derivatives, "loss" | "slope"> {
  const { params, gradient } = functionsOf(item, tensors);
  const { loss, first } = gradient(params);
  return { loss, slope: slopeOf(first) };
}

/** Differentiates a case as often as it can be. */
export function derivatives(item: Case, tensors: readonly Tensor[]): Derivatives {
  const order = derivativeOrder(item);
  const { params, outputs, gradient } = functionsOf(item, tensors);
  const value = outputs(params);
  const zero = tf.scalar(0);
  if (order === 0) return { value, loss: zero, first: [], second: [], slope: zero };
  const { loss, first } = gradient(params);
  if (order === 1) return { value, loss, first, second: [], slope: zero };
  const { value: slope, grads: second } = valueAndGrad(
    (params: Tensor[]) => slopeOf(gradient(params).first),
    params,
  );
  return { value, loss, first, second: second as Tensor[], slope };
}
