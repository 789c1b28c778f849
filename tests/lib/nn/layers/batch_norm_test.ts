/** Batch normalisation against PyTorch. */
import { type Affine, batchNorm, initRunningStatistics } from "../../../../lib/nn/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host } from "../_check.ts";
import rows from "../golden/golden.json" with { type: "json" };
import images from "../golden/images.json" with { type: "json" };

for (const [what, golden] of [["rows", rows.batchNorm], ["images", images.batchNorm]] as const) {
  Deno.test(`batchNorm() of ${what} in training equals PyTorch in value, gradients and running statistics`, async () => {
    const { scale, offset, steps } = golden;
    const affine = { scale: host(scale), offset: host(offset) };
    for (const executor of EXECUTORS) {
      let running = initRunningStatistics(3);
      for (const [k, step] of steps.entries()) {
        const result = await evaluate(
          executor,
          (x: Tensor, affine: Affine, running: { mean: Tensor; variance: Tensor }, cotangent: Tensor) => {
            const { grads, aux } = valueAndGrad(({ x, affine }: { x: Tensor; affine: Affine }) => {
              const normalised = batchNorm(x, { affine, running, training: true });
              return { value: tf.sum(tf.mul(normalised.output, cotangent)), aux: normalised };
            }, { x, affine });
            return { ...aux, grads };
          },
          host(step.x),
          affine,
          running,
          host(step.cotangent),
        );
        const tolerance = 1e-5; // gradients pass through a cancellation
        assertClose(result.output, step.y.data, { what: `${executor} output ${k}` });
        assertClose(result.grads.x, step.xGradient.data, { tolerance, what: `${executor} ∂x ${k}` });
        assertClose(result.grads.affine.scale, step.scaleGradient.data, { tolerance, what: "∂scale" });
        assertClose(result.grads.affine.offset, step.offsetGradient.data, { tolerance, what: "∂offset" });
        assertClose(result.running.mean, step.mean.data, { what: `${executor} mean ${k}` });
        assertClose(result.running.variance, step.variance.data, { what: `${executor} variance ${k}` });
        running = result.running;
      }
    }
  });

  Deno.test(`batchNorm() of ${what} at inference equals PyTorch and keeps the running statistics`, async () => {
    const { scale, offset, steps, inference } = golden;
    const { mean, variance } = steps[steps.length - 1];
    for (const executor of EXECUTORS) {
      const result = await evaluate(
        executor,
        (x: Tensor, affine: Affine, running: { mean: Tensor; variance: Tensor }) =>
          batchNorm(x, { affine, running, training: false }),
        host(inference.x),
        { scale: host(scale), offset: host(offset) },
        { mean: host(mean), variance: host(variance) },
      );
      assertClose(result.output, inference.y.data, { what: executor });
      assertClose(result.running.mean, mean.data);
    }
  });
}
