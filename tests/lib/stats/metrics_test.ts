import assert from "node:assert/strict";
import { NumpyRandom } from "../../../lib/random/mod.ts";
import { auroc, averagePrecision, topNF1 } from "../../../lib/stats/mod.ts";

/**
 * 200 rounded scores with many ties, every fourth row an anomaly; the numbers below are scikit-learn 1.9.1's
 * on them.
 */
function tiedScores(): { scores: number[]; labels: number[] } {
  const random = new NumpyRandom(1);
  random.standardNormal(160);
  const labels = Array.from({ length: 200 }, (_, i) => i % 4 === 0 ? 1 : 0);
  const scores = Array.from(
    random.standardNormal(200),
    (x, i) => Math.round(10 * (x + 0.5 * labels[i])) / 10,
  );
  return { scores, labels };
}

Deno.test("auroc() and averagePrecision() equal scikit-learn's on tied scores", () => {
  const { scores, labels } = tiedScores();
  assert(Math.abs(auroc(scores, labels) - 0.6508666666666667) < 1e-14);
  assert(Math.abs(averagePrecision(scores, labels) - 0.4136065902274739) < 1e-14);
});

Deno.test("auroc() equals the count over all pairs", () => {
  const { scores, labels } = tiedScores();
  let wins = 0, pairs = 0;
  scores.forEach((a, i) =>
    scores.forEach((b, j) => {
      if (labels[i] !== 1 || labels[j] !== 0) return;
      pairs++;
      wins += a > b ? 1 : a === b ? 0.5 : 0;
    })
  );
  assert.equal(auroc(scores, labels), wins / pairs);
});

const CASES: readonly {
  name: string;
  scores: number[];
  labels: number[];
  auroc: number;
  averagePrecision: number;
  topNF1: number;
}[] = [
  { name: "perfect", scores: [1, 2, 3, 4], labels: [0, 0, 1, 1], auroc: 1, averagePrecision: 1, topNF1: 1 },
  {
    name: "reversed",
    scores: [4, 3, 2, 1],
    labels: [0, 0, 1, 1],
    auroc: 0,
    averagePrecision: 5 / 12,
    topNF1: 0,
  },
  {
    name: "all tied",
    scores: [7, 7, 7, 7],
    labels: [0, 1, 0, 1],
    auroc: 0.5,
    averagePrecision: 0.5,
    topNF1: 0.5,
  },
  {
    name: "infinite",
    scores: [-Infinity, 0, Infinity, Infinity],
    labels: [0, 1, 0, 1],
    auroc: 0.625,
    averagePrecision: 7 / 12,
    topNF1: 0.5,
  },
];

for (const { name, scores, labels, ...expected } of CASES) {
  Deno.test(`ranking metrics are right when scores are ${name}`, () => {
    assert.equal(auroc(scores, labels), expected.auroc);
    assert(Math.abs(averagePrecision(scores, labels) - expected.averagePrecision) < 1e-15);
    assert.equal(topNF1(scores, labels), expected.topNF1);
  });
}

Deno.test("ranking metrics do not change under increasing maps of the scores", () => {
  const { scores, labels } = tiedScores();
  const mapped = scores.map((score) => Math.exp(3 * score) - 5);
  for (const metric of [auroc, averagePrecision, topNF1]) {
    assert.equal(metric(mapped, labels), metric(scores, labels));
  }
});

Deno.test("ranking metrics refuse missing classes, NaN, odd labels and unequal lengths", () => {
  for (const metric of [auroc, averagePrecision, topNF1]) {
    assert.throws(() => metric([1, 2], [0, 0]), /RangeError: .*both classes must occur: 0 of 2/);
    assert.throws(() => metric([1, 2], [1, 1]), RangeError);
    assert.throws(() => metric([1, NaN], [0, 1]), /current value of score 1 is NaN/);
    assert.throws(() => metric([1, 2], [0, 2]), RangeError);
    assert.throws(() => metric([1, 2, 3], [0, 1]), TypeError);
  }
});
