import assert from "node:assert/strict";
import type { NameOf, Plan, Results } from "../../../lib/harness/mod.ts";
import { agreement, type AgreementResult } from "../../../reproductions/2311.03096/experiments/agreement.ts";
import { parallel, type ParallelResult } from "../../../reproductions/2311.03096/experiments/parallel.ts";
import { particles, type ParticlesResult } from "../../../reproductions/2311.03096/experiments/particles.ts";
import { regression } from "../../../reproductions/2311.03096/experiments/regression.ts";
import { rounds, type RoundsResult } from "../../../reproductions/2311.03096/experiments/rounds.ts";
import {
  torus,
  type TorusConfig,
  type TorusResult,
} from "../../../reproductions/2311.03096/experiments/torus.ts";
import paper from "../../../reproductions/2311.03096/mod.ts";
import {
  AGREEMENT,
  CHOSEN,
  PARALLEL,
  PARTICLES,
  ROUNDS,
  TEACHER_REGRESSION,
  TORUS,
} from "../../../reproductions/2311.03096/studies.ts";
import { compile } from "../../../lib/compile/mod.ts";
import { alignedCirculantEnergy } from "../../../lib/methods/weight_sharing/mod.ts";
import { circulantWeights, hostTensor } from "../../../lib/nn/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { claimTests, context, records, resultsFrom } from "@refigure/refigure/testing";

const { status, testEveryClaim } = claimTests(paper);

const SMOKE = { profile: "smoke" } as const;

// Claims on the algorithms: on the experiments' own results, then with something wrong in them.

const agreed = await agreement.run(AGREEMENT.jobs(SMOKE)[0].config, context(0));
const moved = await particles.run(PARTICLES.jobs(SMOKE)[0].config, context(3));
const counted = await rounds.run(ROUNDS.jobs(SMOKE)[0].config, context(0));
const traced = await parallel.run(PARALLEL.jobs(SMOKE)[0].config, context(0));

Deno.test("claim algorithms-agree holds, and fails when an algorithm errs or the minimum is missed", () => {
  const at = (change: Partial<AgreementResult>) =>
    resultsFrom(records(AGREEMENT, { all: () => ({ ...agreed, ...change }) }));
  assert.equal(status("algorithms-agree", at({})), "supported");
  assert.equal(status("algorithms-agree", at({ algorithms: 1e-9 })), "contradicted");
  assert.equal(status("algorithms-agree", at({ objective: 1e-6 })), "contradicted");
});

Deno.test("claim sticky-particles holds, and fails without the semigroup property or when its test has no power", () => {
  const at = (change: Partial<AgreementResult>, system: Partial<ParticlesResult> = {}) =>
    resultsFrom([
      ...records(AGREEMENT, { all: () => ({ ...agreed, ...change }) }),
      ...records(PARTICLES, { all: () => ({ ...moved, ...system }) }),
    ]);
  assert.equal(status("sticky-particles", at({})), "supported");
  assert.equal(status("sticky-particles", at({ semigroup: agreed.semigroupOfRidge })), "contradicted");
  assert.equal(status("sticky-particles", at({ semigroupOfRidge: 0 })), "contradicted");
  assert.equal(status("sticky-particles", at({}, { error: 1e-6 })), "contradicted");
});

const withRows = (change: (row: RoundsResult["rows"][number]) => object) =>
  resultsFrom([
    ...records(ROUNDS, { all: () => ({ rows: counted.rows.map((row) => ({ ...row, ...change(row) })) }) }),
    ...records(PARALLEL, { all: () => traced }),
  ]);

Deno.test("claim imminent-rounds holds, and fails with many rounds on random or few on worst-case input", () => {
  assert.equal(status("imminent-rounds", withRows(() => ({}))), "supported");
  const slow = withRows(({ family }) => family === "normal" ? { imminent: 11 } : {});
  assert.equal(status("imminent-rounds", slow), "contradicted");
  const easy = withRows(({ family, size }) => family === "worst case" ? { imminent: size - 2 } : {});
  assert.equal(status("imminent-rounds", easy), "contradicted");
});

Deno.test("claim search-depth holds, and fails when the steps depend on the input or the depth grows faster", () => {
  assert.equal(status("search-depth", withRows(() => ({}))), "supported");
  const adaptive = withRows(({ family, bisections }) =>
    family === "concentrated" ? { bisections: bisections.slice(1) } : {}
  );
  assert.equal(status("search-depth", adaptive), "contradicted");
  const program = (change: (row: ParallelResult["rows"][number]) => object) =>
    resultsFrom([
      ...records(ROUNDS, { all: () => counted }),
      ...records(PARALLEL, { all: () => ({ rows: traced.rows.map((row) => ({ ...row, ...change(row) })) }) }),
    ]);
  assert.equal(status("search-depth", program(({ size }) => ({ rounds: 4 * size }))), "contradicted");
  assert.equal(status("search-depth", program(() => ({ error: 1e-3 }))), "contradicted");
});

Deno.test("claim end-steps holds, and fails when steps and clusters part", () => {
  assert.equal(status("end-steps", withRows(() => ({}))), "supported");
  assert.equal(status("end-steps", withRows(({ clusters }) => ({ end: clusters + 2 }))), "contradicted");
});

// Claims on networks: results at chosen values, on the configurations and seeds of the laptop profile.

const BASE: TorusResult = {
  trainAccuracy: 99,
  accuracy: 70,
  epochs: [{ epoch: 1, loss: 2, accuracy: 20, distinctShare: 1, sparsity: 0 }],
  weights: 1000,
  meanMagnitude: 0.1,
  zeros: 0,
  distinct: 1000,
  afterStep: { alpha: 1e-3, distinct: 1000, largestCluster: 1 },
  energy: { trained: 0.3, start: 0.15, shuffled: 0.16 },
  retrained: [],
  filters: [],
  pattern: null,
};

/** As many as the first look of most claims takes. */
const FIVE_SEEDS: Plan = { profile: "laptop", seeds: 5 };

/** Torus results by name; a change may depend on the seed. */
function torusAt(
  changes: { readonly [N in NameOf<typeof TORUS>]?: (seed: number) => Partial<TorusResult> },
  standIns: readonly string[] = [],
): Results {
  const values = Object.fromEntries(
    Object.entries(changes).map((
      [name, change],
    ) => [name, (seed: number) => ({ ...BASE, ...change!(seed) })]),
  );
  return resultsFrom(records(TORUS, values, FIVE_SEEDS), { standIns, plan: FIVE_SEEDS });
}
/** An accuracy that differs a little from seed to seed. */
const around = (accuracy: number) => (seed: number) => ({
  accuracy: accuracy + 0.1 * (seed % 3),
});

Deno.test("claims that compare accuracies follow the sign, and the noise", () => {
  for (
    const [id, better, worse] of [
      ["sharing-helps", "shared", "plain"],
      ["sharing-helps-deep", "deepShared", "deepPlain"],
      ["beyond-subgradient", "shared", "subgradient"],
      ["convolution-best", "cnn", "shared"],
    ] as const
  ) {
    assert.equal(status(id, torusAt({ [better]: around(73), [worse]: around(70) })), "supported", id);
    assert.equal(status(id, torusAt({ [better]: around(70), [worse]: around(73) })), "contradicted", id);
    const noisy = (seed: number) => ({ accuracy: 71 + 6 * (seed % 2) - 3 });
    assert.equal(status(id, torusAt({ [better]: noisy, [worse]: around(71) })), "inconclusive", id);
    assert.equal(status(id, torusAt({ [better]: around(73) })), "not attempted", id);
  }
});

Deno.test("claims about published data are not attempted on stand-ins", () => {
  const results = torusAt({ shared: around(73), plain: around(70) }, ["mnist/digits"]);
  assert.equal(status("sharing-helps", results), "not attempted");
});

Deno.test("claim exact-ties fails if proximal steps tie nothing or subgradient steps do", () => {
  const distinct = (count: number) => () => ({ afterStep: { alpha: 1, distinct: count, largestCluster: 2 } });
  const at = (prox: number, subgradient: number) =>
    torusAt({ shared: distinct(prox), subgradient: distinct(subgradient) });
  assert.equal(status("exact-ties", at(900, 1000)), "supported");
  assert.equal(status("exact-ties", at(1000, 1000)), "contradicted");
  assert.equal(status("exact-ties", at(900, 900)), "inconclusive");
});

Deno.test("claims beyond-shrinkage need more than each way to shrink gives, and half a point at the least", () => {
  const one = (decay: number, lasso = 70) =>
    torusAt({
      shared: around(73),
      decay: around(decay),
      lasso: around(lasso),
      betaLasso: around(70),
    });
  assert.equal(status("beyond-shrinkage", one(71)), "supported");
  assert.equal(status("beyond-shrinkage", one(73.1)), "contradicted");
  assert.equal(status("beyond-shrinkage", one(72.9)), "contradicted");
  assert.equal(status("beyond-shrinkage", one(71, 74)), "contradicted");
  const two = (decay: number, lasso = 77) =>
    torusAt({
      deepShared: around(80),
      deepDecay: around(decay),
      deepLasso: around(lasso),
      deepBetaLasso: around(77),
    });
  assert.equal(status("beyond-shrinkage-deep", two(79)), "supported");
  assert.equal(status("beyond-shrinkage-deep", two(81)), "contradicted");
  assert.equal(status("beyond-shrinkage-deep", two(79, 81)), "contradicted");
});

const withLoss = (loss: number) => () => ({ epochs: [{ ...BASE.epochs[0], loss }] });

Deno.test("claim permuted-identity fails if permuted pixels change the first epoch", () => {
  const at = (plain: number, shared: number) =>
    torusAt({
      plain: withLoss(2),
      plainPermuted: withLoss(plain),
      shared: withLoss(2),
      sharedPermuted: withLoss(shared),
    });
  assert.equal(status("permuted-identity", at(2, 2.0001)), "supported");
  assert.equal(status("permuted-identity", at(2, 2.2)), "contradicted");
  assert.equal(status("permuted-identity", at(1.8, 2)), "contradicted");
});

Deno.test("claim permuted-pixels needs a convolution that fails, and a fully connected network above it", () => {
  const at = (connected: number, convolution: number) =>
    torusAt({
      plain: around(70),
      shared: around(connected),
      cnn: around(91),
      cnnPermuted: around(convolution),
    });
  assert.equal(status("permuted-pixels", at(73, 50)), "supported");
  assert.equal(status("permuted-pixels", at(40, 50)), "contradicted");
  assert.equal(status("permuted-pixels", at(95, 88)), "contradicted");
});

/** The network of each depth in which filters are most alike, with the penalty and with weight decay. */
const ALIKE = (["one layer", "two layers"] as const).map((depth) => {
  const [shared, decay] = (["sharing", "decay"] as const).map((penalty) =>
    CHOSEN[depth].alike[penalty] === CHOSEN[depth].accurate[penalty]
  );
  const deep = depth === "two layers";
  return {
    plain: deep ? "deepPlain" : "plain",
    shared: deep ? (shared ? "deepShared" : "deepAlikeShared") : (shared ? "shared" : "alikeShared"),
    decay: deep ? (decay ? "deepDecay" : "deepAlikeDecay") : (decay ? "decay" : "alikeDecay"),
  } as const;
});
const energy = (trained: number) => (seed: number) => ({
  energy: { trained: trained + 0.001 * (seed % 4), start: 0.15, shuffled: 0.2 },
});

Deno.test("claims convolution-like-filters need more energy than without and half of the variance", () => {
  for (const [i, id] of ["convolution-like-filters", "convolution-like-filters-deep"].entries()) {
    const at = (shared: number, plain: number) =>
      torusAt({ [ALIKE[i].shared]: energy(shared), [ALIKE[i].plain]: energy(plain + 0.01) });
    assert.equal(status(id, at(0.6, 0.35)), "supported", id);
    assert.equal(status(id, at(0.45, 0.2)), "inconclusive", id);
    assert.equal(status(id, at(0.15, 0.4)), "contradicted", id);
    // Less than a tenth of the variance does not matter.
    assert.equal(status(id, at(0.6, 0.55)), "contradicted", id);
  }
});

Deno.test("claim filters-beyond-shrinkage fails if weight decay gives as much at one depth", () => {
  const slope = (trained: number) => (seed: number) => energy(trained + 0.0013 * (seed % 3))(seed);
  const at = (one: number, two: number) =>
    torusAt(Object.fromEntries(
      ALIKE.flatMap((names, i) => [[names.shared, slope(0.5)], [names.decay, energy([one, two][i])]]),
    ));
  assert.equal(status("filters-beyond-shrinkage", at(0.4, 0.4)), "supported");
  assert.equal(status("filters-beyond-shrinkage", at(0.4, 0.6)), "contradicted");
  // Less than a tenth of the variance does not matter.
  assert.equal(status("filters-beyond-shrinkage", at(0.45, 0.4)), "contradicted");
});

Deno.test("claim tied-filters needs tied weights, and more energy with them", () => {
  const at = (distinct: number, tied: number) =>
    torusAt({
      deepPlain: energy(0.17),
      deepTied: (seed) => ({ ...energy(tied + 0.0013 * (seed % 3))(seed), distinct }),
    });
  assert.equal(status("tied-filters", at(300, 0.5)), "supported");
  assert.equal(status("tied-filters", at(300, 0.05)), "contradicted");
  assert.equal(status("tied-filters", at(900, 0.5)), "not attempted");
});

Deno.test("claim l1-zeros fails if seeds have no more zeros", () => {
  const zeros = (count: (seed: number) => number) => (seed: number) => ({ zeros: count(seed) });
  const at = (both: (seed: number) => number) => torusAt({ shared: zeros(() => 5), both: zeros(both) });
  assert.equal(status("l1-zeros", at(() => 300)), "supported");
  assert.equal(status("l1-zeros", at((seed) => seed === 11 ? 5 : 300)), "inconclusive");
  assert.equal(status("l1-zeros", at((seed) => 4 - 0.1 * seed)), "contradicted");
});

Deno.test("claim rho-debiases needs ties without ρ, and larger weights and ties with it", () => {
  const of = (meanMagnitude: number, distinct: (seed: number) => number) => (seed: number) => ({
    meanMagnitude: meanMagnitude + 0.001 * (seed % 3),
    distinct: distinct(seed),
  });
  const at = (meanMagnitude: number, distinct: (seed: number) => number, without = 250) =>
    torusAt({ deepTied: of(0.02, () => without), deepTiedDebiased: of(meanMagnitude, distinct) });
  assert.equal(status("rho-debiases", at(0.1, () => 300)), "supported");
  assert.equal(status("rho-debiases", at(0.1, (seed) => seed === 11 ? 900 : 300)), "inconclusive");
  assert.equal(status("rho-debiases", at(0.1, () => 900)), "contradicted");
  assert.equal(status("rho-debiases", at(0.01, () => 300)), "contradicted");
  assert.equal(status("rho-debiases", at(0.1, () => 300, 900)), "not attempted");
});

/** Teacher results: distinct values and retrained errors by λ and seed. */
function teacherAt(value: (sharing: number, seed: number) => { distinct: number; retrainedError: number }) {
  const variants = TEACHER_REGRESSION.variants({ profile: "laptop" });
  return resultsFrom(
    records(
      TEACHER_REGRESSION,
      Object.fromEntries(
        variants.map(({ name, config }) => [name, (seed: number) => value(config.sharing, seed)]),
      ),
    ),
  );
}

Deno.test("claim teacher-values fails if no λ leaves few values, or they are few without it", () => {
  const at = (shared: number, plain: number) =>
    teacherAt((sharing) => ({ distinct: sharing > 0 ? shared : plain, retrainedError: 0.01 }));
  assert.equal(status("teacher-values", at(5, 256)), "supported");
  assert.equal(status("teacher-values", at(40, 256)), "contradicted");
  assert.equal(status("teacher-values", at(5, 5)), "contradicted");
});

Deno.test("claim teacher-error chooses λ on odd seeds and judges on even ones", () => {
  const at = (even: number) =>
    teacherAt((sharing, seed) => ({
      distinct: 40,
      retrainedError: sharing === 0 ? 0.03 : seed % 2 === 1 ? 0.01 : even,
    }));
  assert.equal(status("teacher-error", at(0.012)), "supported");
  assert.equal(status("teacher-error", at(0.05)), "contradicted");
});

// Real ablations, small.

const TINY: TorusConfig = {
  dataSet: "mnist/digits",
  pooling: 4,
  fraction: 0.8,
  kind: "FC",
  channels: [4],
  epochs: 3,
  batchSize: 40,
  learningRate: 1,
  regulariser: {},
  heldOut: "test",
};

Deno.test("a proximal step ties weights, a subgradient step does not, λ = 0 and l1 do what they say", async () => {
  const run = (regulariser: TorusConfig["regulariser"]) => torus.run({ ...TINY, regulariser }, context(1));
  const [prox, subgradient, none, both, debiased] = await Promise.all([
    run({ sharing: [0.01] }),
    run({ sharing: [0.01], subgradient: true }),
    run({ sharing: [0] }),
    run({ sharing: [0.01], l1: 1e-3 }),
    run({ sharing: [0.01], rho: 0.98 }),
  ]);
  assert.ok(prox.afterStep!.distinct < 0.9 * prox.weights, `${prox.afterStep!.distinct}`);
  assert.ok(subgradient.afterStep!.distinct > 0.99 * prox.weights, `${subgradient.afterStep!.distinct}`);
  assert.deepEqual(none, await run({}));
  assert.ok(both.zeros > prox.zeros + 100 && prox.zeros < 100, `${both.zeros} ${prox.zeros}`);
  assert.ok(debiased.meanMagnitude > prox.meanMagnitude);
});

Deno.test("claim tied-filters would be supported by a convolution: its weights are tied, and its filters one", async () => {
  const places = 49, channels = 4;
  const networks = await Promise.all([10, 11, 12].map(async (seed) => {
    const cnn = await torus.run({ ...TINY, kind: "CNN", kernel: 7, pictures: true }, context(seed));
    assert.equal(cnn.filters.length, channels);
    const kernels = hostTensor(Float32Array.from(cnn.filters.flat()), [channels, places]);
    // The fully connected layer that the convolution is.
    await using program = await compile(
      (kernels: Tensor) => circulantWeights(kernels, { side: 7, kernel: 7, before: 1, after: channels }),
      [kernels],
      { executor: "wasm" },
    );
    const { data } = await program.run(kernels);
    const rows = new Float32Array(data.length);
    for (let unit = 0; unit < channels * places; unit++) {
      for (let i = 0; i < places; i++) rows[unit * places + i] = data[i * channels * places + unit];
    }
    const trained = alignedCirculantEnergy(rows, { grid: [7, 7], channels });
    assert.ok(Math.abs(trained - 1) < 1e-6, `${trained}`);
    return {
      weights: rows.length,
      distinct: new Set(rows).size,
      energy: { trained, start: 0.15, shuffled: 0.2 },
    };
  }));
  // The seeds that are looked at take turns.
  const at = (seed: number) => networks[(seed - 10) % networks.length];
  assert.equal(status("tied-filters", torusAt({ deepTied: at, deepPlain: energy(0.17) })), "supported");
});

Deno.test("the pattern of a teacher, retrained, predicts better than no penalty; with λ = 0 it changes nothing", async () => {
  const fit = (sharing: number) =>
    regression.run(
      { truth: "teacher", sharing, learningRate: 1, batchSize: 24, epochs: 1500 },
      context(7),
    );
  const [plain, shared] = [await fit(0), await fit(0.02)];
  assert.equal(plain.distinct, 256);
  assert.ok(shared.distinct < 80 && shared.retrainedError < 0.7 * plain.retrainedError);
  assert.ok(Math.abs(plain.retrainedError - plain.error) < 0.1 * plain.error);
});

testEveryClaim();
