/**
 * Training steps of latent models over 100 steps at the sizes of half-cheetah: the Koopman model and a GRU.
 */
import {
  gruDynamics,
  koopmanDynamics,
  type LatentDynamics,
  latentModel,
  type LatentModelParameters,
  type SequenceBatch,
  WindowSampler,
} from "../../lib/methods/koopman/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import type { Case } from "../_case.ts";
import { type Problem, trainingEngines } from "../_training.ts";

const OBSERVATION = 17, ACTION = 6, SMALL = 32;
/** Batches per epoch. */
const BATCHES = 8;

interface Shape {
  readonly modes: number;
  readonly width: number;
  readonly batch: number;
  readonly horizon: number;
  readonly steps: Problem<unknown, unknown>["steps"];
  /** Steps of one measurement in PyTorch. */
  readonly torch: number;
}

const SHAPE: Shape = {
  modes: 32,
  width: 64,
  batch: 32,
  horizon: 100,
  steps: { native: 24, wasm: 8, tfjsCpu: 1, tfjsWasm: 1 },
  torch: 10,
};

/** A way of rolling out, and what PyTorch is asked to do: the same, as it is written there. */
interface Way {
  readonly how: string;
  readonly peer: "scan" | "recurrence" | "blocks" | "gru";
  // deno-lint-ignore no-explicit-any -- each has parameters of its own
  readonly dynamics: (modes: number) => LatentDynamics<any>;
}

const WAYS: readonly Way[] = [
  {
    how: "Koopman, real matrices",
    peer: "blocks",
    dynamics: (modes) => koopmanDynamics({ modes, method: "blocks" }),
  },
  { how: "Koopman, recurrence", peer: "recurrence", dynamics: (modes) => koopmanDynamics({ modes }) },
  {
    how: "Koopman, doubling scan",
    peer: "scan",
    dynamics: (modes) => koopmanDynamics({ modes, method: "doubling" }),
  },
  { how: "GRU", peer: "gru", dynamics: (modes) => gruDynamics({ latent: 2 * modes }) },
];

function step({ modes, width, batch, horizon, steps, torch }: Shape, { how, peer, dynamics }: Way): Case {
  const draws = stream(0, "bench");
  const length = horizon + BATCHES * batch;
  const normal = (size: number) => draws.normal(new Float32Array(size));
  const sampler = new WindowSampler({
    observationSize: OBSERVATION,
    actionSize: ACTION,
    episodes: [{
      observations: normal((length + 1) * OBSERVATION),
      actions: normal(length * ACTION),
      rewards: normal(length),
      steps: length,
    }],
  }, horizon);
  const model = latentModel({
    dynamics: dynamics(modes),
    observationSize: OBSERVATION,
    actionSize: ACTION,
    width,
    smallWidth: SMALL,
  });
  return {
    name: `Latent model over ${horizon} steps ${2 * modes}/${batch} (latent/batch): ${how}`,
    unit: "ms/step",
    // deno-lint-ignore no-explicit-any -- as above
    engines: trainingEngines<LatentModelParameters<any>, SequenceBatch>({
      loss: (parameters, sequences) => model.loss(parameters, sequences).total,
      parameters: model.init(stream(0, "bench model")),
      batchSize: batch,
      rows: BATCHES * batch,
      batches: {
        example: sampler.example(batch),
        fill: (view, order) => order.forEach((index, column) => sampler.write(view, { index, column })),
      },
      steps,
    }),
    peers: {
      torch: {
        script: "koopman.py",
        name: "latent-model-step",
        options: { dynamics: peer, modes, width, batch, horizon },
        repeats: torch,
      },
    },
  };
}

export function koopman({ quick }: { readonly quick: boolean }): readonly Case[] {
  const shape = quick ? { ...SHAPE, modes: 2, width: 4, batch: 2, horizon: 4 } : SHAPE;
  return WAYS.map((way) => step(shape, way));
}
