import type { HostTree } from "../../compile/mod.ts";
import { hostTensor, type Optimiser } from "../../nn/mod.ts";
import { flattenTree, mapTree, type Tensor, unflattenTree } from "../../tensor/mod.ts";

/** A network with what its optimiser remembers. */
export interface Trained<P> {
  /** The network's weights. */
  readonly parameters: P;
  /** By slot, trees like the parameters. */
  readonly slots: Readonly<Record<string, P>>;
}

/** The state before the first update. */
export function untrained<P>(parameters: HostTree<P>, optimiser: Optimiser): HostTree<Trained<P>> {
  const zeros = () =>
    mapTree(
      parameters,
      ({ shape }) =>
        hostTensor(new Float32Array(shape.reduce((product, extent) => product * extent, 1)), shape),
    );
  const slots = Object.fromEntries(optimiser.slots.map((name) => [name, zeros()]));
  return { parameters, slots } as unknown as HostTree<Trained<P>>;
}

/** One update of all parameters. */
export function updated<P>(
  { parameters, slots }: Trained<P>,
  { gradients, optimiser, scalars }: {
    readonly gradients: unknown;
    readonly optimiser: Optimiser;
    readonly scalars: Readonly<Record<string, Tensor>>;
  },
): Trained<P> {
  const leaves = (tree: unknown) => flattenTree(tree).leaves as unknown as Tensor[];
  const values = leaves(parameters), steps = leaves(gradients);
  const memory = optimiser.slots.map((name) => leaves(slots[name]));
  const results = values.map((value, i) =>
    optimiser.update(value, {
      gradient: steps[i],
      slots: Object.fromEntries(optimiser.slots.map((name, s) => [name, memory[s][i]])),
      scalars,
    })
  );
  const tree = (tensors: Tensor[]) => unflattenTree(parameters, tensors) as unknown as P;
  return {
    parameters: tree(results.map(({ parameter }) => parameter)),
    slots: Object.fromEntries(
      optimiser.slots.map((name) => [name, tree(results.map(({ slots }) => slots[name]))]),
    ),
  };
}
