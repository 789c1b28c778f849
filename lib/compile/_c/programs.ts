/** Programs of traced functions, and of loops of steps. */
import type { Traced } from "../_backend.ts";
import { sizeOf, type Value } from "../_graph.ts";
import { whole } from "./ir.ts";
import { type Lowered, Lowering } from "./lower.ts";

/** The program of a traced function. */
export function lowerProgram({ graph, inputs, outputs }: Traced): Lowered {
  const lowering = new Lowering();
  inputs.forEach((value, i) =>
    lowering.bind(
      value,
      whole(lowering.tensor(value.dtype, sizeOf(value.shape), { place: `inputs[${i}]` }), value.shape),
    )
  );
  lowering.nodes(graph.nodes);
  outputs.forEach((value, i) =>
    lowering.deliver(
      lowering.operand(value),
      lowering.tensor(value.dtype, sizeOf(value.shape), { place: `outputs[${i}]` }),
    )
  );
  return lowering.finish();
}

/**
 * The program of a loop over batches. Inputs are all leaves of the state and the batches; outputs those of
 * the state that change, then the metrics.
 */
export function lowerLoop(
  { graph, inputs, outputs }: Traced,
  { stateLeaves, changed }: { stateLeaves: number; changed: readonly number[] },
): Lowered {
  const lowering = new Lowering();
  const input = (value: Value, i: number) =>
    lowering.tensor(value.dtype, sizeOf(value.shape), { place: `inputs[${i}]` });
  inputs.slice(0, stateLeaves).forEach((value, i) =>
    lowering.bind(value, whole(input(value, i), value.shape))
  );
  const states = changed.map((i) => lowering.operand(inputs[i]));
  const scanned = inputs.slice(stateLeaves).map((value, i) =>
    whole(input(value, stateLeaves + i), value.shape)
  );
  const metrics = outputs.slice(stateLeaves);
  const stacked = metrics.map((value, i) =>
    lowering.tensor(value.dtype, sizeOf(value.shape), { place: `outputs[${changed.length + i}]` })
  );
  const finals = lowering.loop({
    body: {
      inputs: [...changed.map((i) => inputs[i]), ...inputs.slice(stateLeaves)],
      outputs: [...changed.map((i) => outputs[i]), ...metrics],
      nodes: graph.nodes,
    },
    carried: states,
    scanned,
    steps: "steps",
    reverse: false,
    stacked,
  });
  finals.forEach((tensor, i) =>
    lowering.deliver(
      whole(tensor, outputs[changed[i]].shape),
      lowering.tensor(tensor.dtype, tensor.size, { place: `outputs[${i}]` }),
    )
  );
  return lowering.finish();
}
