import type { HostTensor, HostTree } from "../../compile/mod.ts";
import { type Tensor, valueAndGrad } from "../../tensor/mod.ts";
import type { Packing } from "./_packing.ts";
import { hostTensor } from "../layers/mod.ts";
import { clipByGlobalNorm, type Optimiser } from "./optimisers.ts";
import type { Loss } from "./losses.ts";

/** What training carries from step to step; parameters and slots in the layout of a {@link Packing}. */
export interface TrainState<Buffers> {
  readonly parameters: readonly Tensor[];
  readonly slots: Readonly<Record<string, readonly Tensor[]>>;
  readonly buffers: Buffers;
}

/** What one step reads. */
export interface StepInput<Batch> {
  readonly batch: Batch;
  readonly weights: Tensor;
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/** The state before the first step. */
export function initialState<P, Buffers>(
  start: { readonly parameters: HostTree<P>; readonly buffers: HostTree<Buffers> },
  { packing, optimiser }: { readonly packing: Packing<P>; readonly optimiser: Optimiser },
): HostTree<TrainState<Buffers>> {
  const parameters: readonly HostTensor[] = packing.packHost(start.parameters);
  const zeros = () => parameters.map(({ data, shape }) => hostTensor(new Float32Array(data.length), shape));
  const slots = Object.fromEntries(optimiser.slots.map((name) => [name, zeros()]));
  return { parameters, slots, buffers: start.buffers } as unknown as HostTree<TrainState<Buffers>>;
}

/** Loss, gradient, clipping and update as one pure program. */
export function trainingStep<P, Batch, Buffers>(
  loss: Loss<P, Batch, Buffers>,
  { packing, optimiser, clipNorm }: {
    readonly packing: Packing<P>;
    readonly optimiser: Optimiser;
    readonly clipNorm?: number;
  },
): (
  state: TrainState<Buffers>,
  input: StepInput<Batch>,
) => { state: TrainState<Buffers>; metrics: { loss: Tensor } } {
  return (state, { batch, weights, scalars }) => {
    const { value, grads, aux: buffers } = valueAndGrad((parameters: P) => {
      const output = loss({ parameters, batch, weights, buffers: state.buffers });
      return { value: output.loss, aux: output.buffers ?? state.buffers };
    }, packing.unpack(state.parameters));
    const raw = packing.pack(grads);
    const gradients = clipNorm === undefined ? raw : clipByGlobalNorm(raw, { maxNorm: clipNorm });
    const updated = state.parameters.map((parameter, i) =>
      optimiser.update(parameter, {
        gradient: gradients[i],
        slots: Object.fromEntries(optimiser.slots.map((name) => [name, state.slots[name][i]])),
        scalars,
      })
    );
    return {
      state: {
        parameters: updated.map(({ parameter }) => parameter),
        slots: Object.fromEntries(
          optimiser.slots.map((name) => [name, updated.map(({ slots }) => slots[name])]),
        ),
        buffers,
      },
      metrics: { loss: value },
    };
  };
}
