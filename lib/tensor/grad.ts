import { discardTape, tf } from "./_tf.ts";
import { flattenTree, type MapLeaves, mapTree, unflattenTree } from "./tree.ts";

/** A loss with whatever else the forward pass made: metrics, new running statistics, … */
export interface LossWithAux<A> {
  /** A scalar. */
  readonly value: tf.Tensor;
  /** A tree of tensors. No gradient is taken of it. */
  readonly aux: A;
}

/** What {@link valueAndGrad} returns; the caller owns all tensors in it. */
export interface ValueAndGrad<P, A> {
  /** The loss, a scalar. */
  readonly value: tf.Tensor;
  /** ∂loss/∂params, a tree of the form of the parameters. */
  readonly grads: MapLeaves<P, tf.Tensor>;
  /** As the loss function returned it. */
  readonly aux: A;
}

/**
 * Evaluates a loss and its gradient with respect to every leaf of a tree of parameters.
 *
 * Calls nest: the gradient may itself be part of a loss. A parameter that the loss does not depend on gets a
 * gradient of zeros.
 *
 * @param loss Returns the loss as a scalar, alone or with an auxiliary tree of tensors.
 * @param params Tree of float32 tensors.
 * @throws {TypeError} If the loss is not a scalar.
 *
 * @example
 * ```ts
 * import { tf, valueAndGrad } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const { grads } = valueAndGrad(({ w }) => w.square().sum(), { w: tf.tensor1d([1, 2]) });
 * assert.deepEqual(Array.from(grads.w.dataSync()), [2, 4]);
 * ```
 */
export function valueAndGrad<P>(loss: (params: P) => tf.Tensor, params: P): ValueAndGrad<P, undefined>;
/** As above, with auxiliary tensors. */
export function valueAndGrad<P, A>(loss: (params: P) => LossWithAux<A>, params: P): ValueAndGrad<P, A>;
export function valueAndGrad<P, A>(
  loss: (params: P) => tf.Tensor | LossWithAux<A>,
  params: P,
): ValueAndGrad<P, A | undefined> {
  const leaves = flattenTree<tf.Tensor>(params).leaves;
  // The forward pass runs in a scope of its own that disposes all but the loss: keep the auxiliary tensors.
  let kept: A | undefined;
  const forward = (): tf.Scalar => {
    const result = loss(params);
    const value = result instanceof tf.Tensor ? result : result.value;
    if (!(value instanceof tf.Tensor) || value.size !== 1) {
      throw new TypeError(
        `Cannot take a gradient as the loss must be a scalar: current value is of shape [${value?.shape}]`,
      );
    }
    if (!(result instanceof tf.Tensor)) {
      kept = mapTree<tf.Tensor, A>(result.aux, (leaf) => tf.keep(tf.clone(leaf)));
    }
    return value.reshape([]);
  };
  if (leaves.length === 0) {
    throw new TypeError("Cannot take a gradient as params must have a leaf: it has none");
  }
  let result;
  try {
    result = tf.engine().gradients(forward, leaves as tf.Tensor[], undefined, true);
  } catch (error) {
    if (kept !== undefined) tf.dispose(flattenTree<tf.Tensor>(kept).leaves as tf.Tensor[]);
    discardTape();
    throw error;
  }
  const { value, grads } = result;
  // Hand the auxiliary tensors over to the caller's scope.
  const aux = kept === undefined ? undefined : mapTree<tf.Tensor, A>(kept, (tensor) => {
    const handed = tf.clone(tensor);
    tensor.dispose();
    return handed;
  });
  const filled = grads.map((grad, i) => grad ?? tf.zerosLike(leaves[i]));
  return { value, grads: unflattenTree(params, filled), aux };
}
