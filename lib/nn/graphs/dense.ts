/**
 * Between the order of batches, `[batch, N, …]`, and that of {@link completeGraphs}, in which the graph runs
 * fastest.
 */
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { EgnnState } from "./egnn_layer.ts";
import type { DynamicsInputs, LayerState } from "./models.ts";

/** The first `count` attributes of the edges, `[e, E]` in the order of {@link completeGraphs}. */
export function denseAttributes({ edgeAttributes }: DynamicsInputs, count: number): Tensor | undefined {
  if (count === 0 || edgeAttributes === undefined) return undefined;
  const [batch, pairs, given] = edgeAttributes.shape;
  const read = count === given ? edgeAttributes : tf.slice(edgeAttributes, [0, 0, 0], [batch, pairs, count]);
  return tf.reshape(tf.transpose(read, [2, 1, 0]), [count, pairs * batch]);
}

/** A state in the order of the batch. */
export function denseState(
  { features, coordinates }: EgnnState,
  { batch, nodes }: { readonly batch: number; readonly nodes: number },
): LayerState {
  return {
    features: tf.transpose(tf.reshape(features, [nodes, batch, -1]), [1, 0, 2]),
    coordinates: tf.transpose(tf.reshape(coordinates, [3, -1, nodes, batch]), [3, 2, 0, 1]),
  };
}
