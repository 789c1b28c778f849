import type { Experiment } from "../../../lib/harness/mod.ts";
import { prox, PROX_ALGORITHMS, weightSharingPenalty } from "../../../lib/methods/weight_sharing/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";

/** Number of random inputs and their largest size. */
export type AgreementConfig = { readonly inputs: number; readonly largest: number };

/** Largest errors over the inputs, in units of the largest weight. */
export type AgreementResult = {
  readonly inputs: number;
  /** Between any of the four algorithms and the first. */
  readonly algorithms: number;
  /** prox_{(s+t)R} against prox_{tR} ∘ prox_{sR}. */
  readonly semigroup: number;
  /** The same for ½‖u‖², for which it is false: the test can fail. */
  readonly semigroupOfRidge: number;
  /** Mean of the weights before and after. */
  readonly mean: number;
  /** ½‖u − w‖² + αR(u) + β‖u‖₁ at the closed form minus its least at 20 nearby points (≤ 0). */
  readonly objective: number;
};

/** Inputs with ties, negative numbers and large differences of scale. */
function draw(random: Stream, d: number): { weights: Float64Array; alpha: number } {
  const weights = random.normal(new Float64Array(d));
  const kind = random.nextInteger(3);
  if (kind === 1) weights.forEach((w, i) => weights[i] = Math.round(2 * w) / 2);
  if (kind === 2) weights.forEach((w, i) => weights[i] = w ** 5);
  return { weights, alpha: Math.exp(random.uniform(new Float64Array(1), { low: -5, high: 2 })[0]) };
}

const apart = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** The four algorithms and the identities of the prox on random inputs. */
export const agreement: Experiment<AgreementConfig, AgreementResult> = {
  id: "agreement",
  title: "Algorithms agree",
  module: import.meta.url,
  usesExecutor: false,
  cost: ({ inputs }) => inputs / 200,
  run({ inputs, largest }, context) {
    const random = stream(context.seed, "agreement");
    const worst = { algorithms: 0, semigroup: 0, semigroupOfRidge: 0, mean: 0, objective: -Infinity };
    const record = (what: keyof typeof worst, error: number) => worst[what] = Math.max(worst[what], error);
    for (let i = 0; i < inputs; i++) {
      const d = 1 + random.nextInteger(largest);
      const { weights, alpha } = draw(random, d);
      const scale = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-300);
      const [first, ...others] = PROX_ALGORITHMS.map((algorithm) => prox(weights, { alpha, algorithm }));
      for (const other of others) record("algorithms", apart(first, other) / scale);
      record("mean", Math.abs(sum(first) - sum(weights)) / d / scale);
      const part = alpha * random.nextUniform();
      record(
        "semigroup",
        apart(prox(prox(weights, { alpha: part }), { alpha: alpha - part }), first) / scale,
      );
      // prox of s·½‖·‖² is w/(1 + s).
      const ridge = (w: Float64Array, s: number) => w.map((value) => value / (1 + s));
      record(
        "semigroupOfRidge",
        apart(ridge(ridge(weights, part), alpha - part), ridge(weights, alpha)) / scale,
      );
      const l1 = 0.3 * random.nextUniform();
      const objective = (u: Float64Array) =>
        0.5 * sum(u.map((value, k) => (value - weights[k]) ** 2)) + alpha * weightSharingPenalty(u) +
        l1 * sum(u.map(Math.abs));
      const best = prox(weights, { alpha, l1 });
      const least = objective(best);
      for (let near = 0; near < 20; near++) {
        const noise = random.normal(new Float64Array(d), { std: scale * 10 ** -(1 + near % 5) });
        const there = objective(best.map((value, k) => value + noise[k]));
        record("objective", (least - there) / scale ** 2);
      }
    }
    return Promise.resolve({ inputs, ...worst });
  },
};
