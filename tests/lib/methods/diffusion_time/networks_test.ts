import { adam, type Dense, hostTensor, meanSquaredError, train } from "../../../../lib/nn/mod.ts";
import {
  categoricalObjective,
  denoise,
  type Denoiser,
  type DenoiserStatistics,
  type DenoisingBatch,
  GAUSSIAN_OBJECTIVE,
  inverseGammaObjective,
  type TimeBatch,
  timeNetwork,
  type TimeObjective,
} from "../../../../lib/methods/diffusion_time/mod.ts";
import { planarFlow, type PlanarLayer } from "../../../../lib/anomaly/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import type { HostTensor, HostTree } from "../../../../lib/compile/mod.ts";
import { flattenTree, type Tensor } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, hostTree } from "./_check.ts";
import golden from "./golden/golden.json" with { type: "json" };

const BATCH = 6;

/** Training on the golden file's batches, in their order. */
function goldenTraining<Batch>(batches: readonly unknown[]) {
  const asBatch = (tree: unknown) => {
    const copy = hostTree(tree) as { keep: unknown };
    copy.keep = boolTree(copy.keep);
    return copy as unknown as HostTree<Batch>;
  };
  let next = 0;
  return {
    optimiser: adam({ weightDecay: 5e-2 }),
    learningRate: 1e-2,
    rows: BATCH * batches.length,
    batchSize: BATCH,
    epochs: 1,
    batches: {
      example: asBatch(batches[0]),
      fill(batch: HostTree<Batch>) {
        const from = flattenTree(asBatch(batches[next++])).leaves as unknown as HostTensor[];
        const to = flattenTree(batch).leaves as unknown as HostTensor[];
        from.forEach(({ data }, i) => to[i].data.set(data));
      },
    },
    stream: stream(0, "unused"),
  };
}

function boolTree(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(boolTree);
  const { data, shape } = tree as Partial<HostTensor>;
  if (data && shape) return hostTensor(Uint8Array.from(data), shape);
  return Object.fromEntries(Object.entries(tree as object).map(([key, child]) => [key, boolTree(child)]));
}

const OBJECTIVES: Record<keyof typeof golden.timeNetworks, TimeObjective> = {
  categorical: categoricalObjective(7, false),
  categoricalSingleSoftmax: categoricalObjective(7, true),
  inverseGamma: inverseGammaObjective(3),
  gaussian: GAUSSIAN_OBJECTIVE,
};

for (const [name, objective] of Object.entries(OBJECTIVES)) {
  Deno.test(`time network: ${name} trains as in PyTorch`, async () => {
    const { start, batches, losses, end, outputs } = golden.timeNetworks[name as "gaussian"];
    for (const executor of EXECUTORS) {
      const trained = await train<Dense[], TimeBatch>(({ parameters: layers, batch, weights }) => ({
        loss: objective.loss(timeNetwork(batch.noisy, { layers, keep: batch.keep }), {
          target: batch.target,
          weights,
        }),
      }), {
        ...goldenTraining<TimeBatch>(batches),
        parameters: hostTree(start) as HostTree<Dense[]>,
        executor,
      });
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      assertClose(trained.epochLosses[0], mean, 1e-6, `${executor} loss`);
      assertClose(trained.parameters, end, 5e-6, `${executor} parameters`);
      const forward = (x: Tensor, layers: Dense[]) => timeNetwork(x, { layers });
      const x = hostTree(batches[0].noisy) as HostTensor;
      assertClose(
        await evaluate(executor, forward, x, trained.parameters),
        outputs,
        1e-5,
        `${executor} outputs`,
      );
    }
  });
}

Deno.test("denoise() trains as in PyTorch, running statistics included", async () => {
  const { start, batches, losses, end, outputs } = golden.denoiser;
  for (const executor of EXECUTORS) {
    const trained = await train<Denoiser, DenoisingBatch, DenoiserStatistics>(
      ({ parameters, batch: { noisy, noise: target, times, keep }, buffers }) => {
        const { noise, statistics } = denoise(noisy, { times, parameters, statistics: buffers, keep });
        return { loss: meanSquaredError(noise, { target }), buffers: statistics };
      },
      {
        ...goldenTraining<DenoisingBatch>(batches),
        parameters: hostTree(start.parameters) as HostTree<Denoiser>,
        buffers: hostTree(start.statistics) as HostTree<DenoiserStatistics>,
        executor,
      },
    );
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    assertClose(trained.epochLosses[0], mean, 1e-5, `${executor} loss`);
    assertClose(trained.parameters, end.parameters, 1e-4, `${executor} parameters`);
    assertClose(trained.buffers, end.statistics, 1e-4, `${executor} statistics`);
    const forward = (x: Tensor, times: Tensor, parameters: Denoiser, statistics: DenoiserStatistics) =>
      denoise(x, { times, parameters, statistics }).noise;
    const predicted = await evaluate(
      executor,
      forward,
      hostTree(batches[0].noisy) as HostTensor,
      hostTree(batches[0].times) as HostTensor,
      trained.parameters,
      trained.buffers,
    );
    assertClose(predicted, outputs, 2e-4, `${executor} outputs`);
  }
});

Deno.test("planarFlow() has the log-determinant of the Jacobian", async () => {
  const { x, layers, ...wanted } = golden.planarFlow;
  for (const executor of EXECUTORS) {
    const flow = (x: Tensor, layers: PlanarLayer[]) => planarFlow(x, layers);
    const found = await evaluate(
      executor,
      flow,
      hostTree(x) as HostTensor,
      hostTree(layers) as HostTree<PlanarLayer[]>,
    );
    assertClose(found, wanted, 1e-5, executor);
  }
});
