import assert from "node:assert/strict";
import {
  cosineBetas,
  ddpmReverse,
  ddpmSteps,
  variancePreservingBetas,
} from "../../../../../lib/methods/merlin/baselines/_ddpm.ts";
import type { Mlp } from "../../../../../lib/methods/merlin/baselines/_mlp.ts";
import {
  besoSigmas,
  edmDenoise,
  edmLoss,
  edmScales,
  noiseError,
  sampleAction,
  sampleEuler,
  trainBeso,
  trainDiffusionQ,
} from "../../../../../lib/methods/merlin/mod.ts";
import { adam, initDense, train } from "../../../../../lib/nn/mod.ts";
import { stream } from "../../../../../lib/random/mod.ts";
import { hostTensor, type HostTree, type Tensor, tf } from "../../../../../lib/tensor/mod.ts";
import { applyPlain, plainMlp, plainRows, toTensors } from "./_layers.ts";
import { assertClose, meanOf } from "./_numbers.ts";
import { assertLearns, pointEpisodes } from "./_trained.ts";

/** Embedding of lib/nn, in float64. */
const embedding = (t: number) => {
  const angles = Array.from({ length: 8 }, (_, k) => t * 10000 ** (-k / 8));
  return [...angles.map(Math.cos), ...angles.map(Math.sin)];
};
const [s, g, a, noise] = [plainRows(1, 4, 2), plainRows(2, 4, 1), plainRows(3, 4, 2), plainRows(4, 4, 2)];
const network = plainMlp(5, [2 + 16 + 2 + 1, 6, 2]);
const context = () => ({ observation: tf.tensor2d(s), goal: tf.tensor2d(g) });

Deno.test("schedules have their closed forms", () => {
  ddpmSteps(variancePreservingBetas(5)).forEach(({ signal, index }) => {
    const u = index / 5;
    assertClose([signal ** 2], [Math.exp(-0.1 * u - 4.95 * u ** 2)], 1e-12);
  });
  const f = (u: number) => Math.cos(Math.PI / 2 * (u + 0.008) / 1.008) ** 2;
  ddpmSteps(cosineBetas(50)).slice(0, -1).forEach(({ signal, index }) =>
    assertClose([signal ** 2], [f(index / 50) / f(0)], 1e-12)
  );
});

Deno.test("a reverse step leads from q(x_k | x_0) to q(x_{k−1} | x_0)", () => {
  for (const betas of [variancePreservingBetas(5), cosineBetas(50)]) {
    let before = { signal: 1, noise: 0 };
    for (const step of ddpmSteps(betas)) {
      assertClose([step.fromClean + step.fromNoisy * step.signal], [before.signal], 1e-12);
      assertClose([step.fromNoisy ** 2 * step.noise ** 2 + step.std ** 2], [before.noise ** 2], 1e-12);
      before = step;
    }
  }
});

Deno.test("ddpmReverse() with the true noise of a Gaussian leads to it, the closer the more steps", () => {
  const mean = 0.4, spread = 0.3, rows = 20_000, random = stream(1, "chain");
  const draw = () => tf.tensor1d(random.normal(new Float32Array(rows)));
  // E[ε | x_k] = slope (x_k − √ᾱ m), so that x_{k−1} is linear in x_k: its variance by recursion.
  const slope = (step: { signal: number; noise: number }) =>
    step.noise / (step.signal ** 2 * spread ** 2 + step.noise ** 2);
  const expected = (steps: ReturnType<typeof ddpmSteps>) =>
    Math.sqrt(
      steps.toReversed().reduce((variance, step) => {
        const gain = step.fromNoisy + step.fromClean * (1 - step.noise * slope(step)) / step.signal;
        return gain ** 2 * variance + step.std ** 2;
      }, 1),
    );
  assert.ok(Math.abs(expected(ddpmSteps(cosineBetas(4000))) - spread) < 1e-3);
  tf.tidy(() => {
    const steps = ddpmSteps(cosineBetas(50));
    let x: Tensor = draw();
    for (const step of steps.toReversed()) {
      const predicted = tf.mul(tf.sub(x, step.signal * mean), slope(step));
      x = ddpmReverse(x, { predicted, drawn: draw(), step, limit: 10 });
    }
    const found = x.dataSync(), m = meanOf(found);
    assertClose([m, Math.sqrt(meanOf(found.map((v) => (v - m) ** 2)))], [mean, expected(steps)], 0.007);
    const cut = ddpmReverse(tf.tensor1d([100, -100]), {
      ...{ predicted: tf.zeros([2]), drawn: tf.zeros([2]) },
      ...{ step: ddpmSteps(variancePreservingBetas(5))[0], limit: 1 },
    });
    assertClose(cut.dataSync(), [1, -1]);
  });
});

Deno.test("noiseError() and sampleAction() are those of numbers", () => {
  const steps = ddpmSteps(variancePreservingBetas(3)), chosen = [0, 2, 1, 2].map((k) => steps[k]);
  const predict = (x: number[], k: number, i: number) =>
    applyPlain(network, [...x, ...embedding(k), ...s[i], ...g[i]]);
  const errors = chosen.flatMap(({ index, signal, noise: size }, i) => {
    const noisy = a[i].map((x, k) => signal * x + size * noise[i][k]);
    return predict(noisy, index, i).map((e, k) => (noise[i][k] - e) ** 2);
  });
  const chain = Array.from({ length: 4 }, (_, k) => plainRows(10 + k, 4, 2));
  const sample = chain[0].map((start, i) => {
    let x = start;
    for (const [j, step] of steps.toReversed().entries()) {
      const e = predict(x, step.index, i);
      x = x.map((value, k) => {
        const clean = Math.max(-1, Math.min(1, (value - step.noise * e[k]) / step.signal));
        return step.fromClean * clean + step.fromNoisy * value + step.std * chain[j + 1][i][k];
      });
    }
    return x;
  });
  tf.tidy(() => {
    const loss = noiseError(toTensors(network), {
      ...{ ...context(), action: tf.tensor2d(a), drawn: tf.tensor2d(noise) },
      index: tf.tensor1d(chosen.map(({ index }) => index)),
      signal: tf.tensor1d(chosen.map(({ signal }) => signal)),
      noise: tf.tensor1d(chosen.map(({ noise }) => noise)),
    });
    assertClose(loss.dataSync(), [meanOf(errors)]);
    const drawn = sampleAction(toTensors(network), { ...context(), noise: tf.tensor3d(chain), steps });
    assertClose(drawn.dataSync(), sample.flat());
  });
});

Deno.test("edmScales() weigh as EDM's; without a network D is the posterior mean of N(0, σ_data²)", () => {
  const sigma = [0.005, 0.3, 1, 0.07];
  const nothing = [{ weight: tf.zeros([21, 2]), bias: tf.zeros([2]) }];
  tf.tidy(() => {
    const { skip, out, in: scale } = edmScales(tf.tensor1d(sigma));
    assertClose(skip.dataSync(), sigma.map((x) => 0.25 / (x * x + 0.25)));
    assertClose(out.dataSync(), sigma.map((x) => x * 0.5 / Math.hypot(x, 0.5)));
    assertClose(scale.dataSync(), sigma.map((x) => 1 / Math.hypot(x, 0.5)));
    const clean = edmDenoise(nothing, { ...context(), noisy: tf.tensor2d(a), sigma: tf.tensor1d(sigma) });
    assertClose(clean.dataSync(), a.flatMap((row, i) => row.map((x) => x * 0.25 / (sigma[i] ** 2 + 0.25))));
  });
  tf.dispose(nothing.map(({ weight, bias }) => [weight, bias]));
});

Deno.test("edmLoss() is the weighted error of D", () => {
  const sigma = [0.005, 0.3, 1, 0.07];
  const errors = a.flatMap((row, i) => {
    const total = sigma[i] ** 2 + 0.25, out = sigma[i] * 0.5 / Math.sqrt(total);
    const noisy = row.map((x, k) => x + sigma[i] * noise[i][k]);
    const inputs = [...noisy.map((x) => x / Math.sqrt(total)), ...embedding(Math.log(sigma[i]) / 4)];
    const raw = applyPlain(network, [...inputs, ...s[i], ...g[i]]);
    return row.map((x, k) => ((0.25 / total * noisy[k] + out * raw[k] - x) / out) ** 2);
  });
  tf.tidy(() => {
    const loss = edmLoss(toTensors(network), {
      ...{ ...context(), action: tf.tensor2d(a), drawn: tf.tensor2d(noise), sigma: tf.tensor1d(sigma) },
    });
    assertClose(loss.dataSync(), [meanOf(errors)], 1e-4);
  });
});

Deno.test("edmLoss() teaches the posterior mean of a Gaussian", async () => {
  const mean = 0.3, spread = 0.2, sigma = 0.4, rows = 512, random = stream(1, "gaussian");
  type Batch = { action: Tensor; drawn: Tensor; sigma: Tensor; observation: Tensor; goal: Tensor };
  const column = () => hostTensor(new Float32Array(rows), [rows, 1]);
  const { parameters } = await train<Mlp, Batch>(
    ({ parameters, batch }) => ({ loss: edmLoss(parameters, batch) }),
    {
      parameters: [initDense(stream(1, "layer"), { inputs: 19, outputs: 1 })] as HostTree<Mlp>,
      ...{
        optimiser: adam(),
        learningRate: 0.01,
        rows,
        batchSize: rows,
        epochs: 400,
        stream: stream(1, "order"),
      },
      batches: {
        example: {
          ...{ action: column(), drawn: column(), observation: column(), goal: column() },
          sigma: hostTensor(new Float32Array(rows).fill(sigma)),
        },
        fill(batch) {
          random.normal(batch.action.data as Float32Array, { mean, std: spread });
          random.normal(batch.drawn.data as Float32Array);
          batch.sigma.data.fill(sigma);
        },
      },
    },
  );
  const x = [-0.5, 0, 0.3, 1];
  tf.tidy(() => {
    const layers = parameters.map(({ weight, bias }) => ({
      weight: tf.tensor(weight.data, [...weight.shape]),
      bias: tf.tensor(bias.data),
    }));
    const found = edmDenoise(layers, {
      ...{ noisy: tf.tensor2d(x, [4, 1]), sigma: tf.fill([4], sigma) },
      ...{ observation: tf.zeros([4, 1]), goal: tf.zeros([4, 1]) },
    });
    const posterior = x.map((x) => (spread ** 2 * x + sigma ** 2 * mean) / (spread ** 2 + sigma ** 2));
    assertClose(found.dataSync(), posterior, 0.03);
  });
});

Deno.test("sampleEuler() follows the probability flow of a Gaussian", () => {
  const denoise = (x: Tensor, sigma: number) => tf.mul(x, 0.25 / (sigma ** 2 + 0.25));
  const start = [0.7, -0.2];
  tf.tidy(() => {
    const many = sampleEuler(denoise, { noise: tf.tensor1d(start), sigmas: besoSigmas(2000) }).dataSync();
    // x(σ) ∝ √(σ² + σ_data²)
    assertClose(many, start.map((x) => x * 0.5 / Math.hypot(1, 0.5)), 0.005);
    const sigmas = besoSigmas(3);
    assertClose(sigmas, [1, Math.sqrt(0.005), 0.005, 0]);
    const factor = sigmas.slice(0, 3).reduce((product, sigma, i) => {
      const keep = 0.25 / (sigma ** 2 + 0.25);
      return product * (keep + (1 - keep) * sigmas[i + 1] / sigma);
    }, 1);
    const three = sampleEuler(denoise, { noise: tf.tensor1d(start), sigmas }).dataSync();
    assertClose(three, start.map((x) => x * factor));
  });
});

const SMALL = { seed: 1, steps: 500, batchSize: 128, hidden: [64, 64], learningRate: 2e-3 };

Deno.test("trainBeso() copies the expert in three network calls", async () => {
  await assertLearns(() => trainBeso(pointEpisodes(200, { expert: true }), SMALL), { least: 10 });
  await using policy = await trainBeso(pointEpisodes(2), { ...SMALL, steps: 1 });
  assert.equal(policy.networkCalls, 3);
});

Deno.test("trainDiffusionQ() reaches goals from random data in five network calls", async () => {
  await assertLearns(() => trainDiffusionQ(pointEpisodes(200), { ...SMALL, threshold: 1 }), { least: 10 });
  await using policy = await trainDiffusionQ(pointEpisodes(2), { ...SMALL, steps: 1, threshold: 1 });
  assert.equal(policy.networkCalls, 5);
});
