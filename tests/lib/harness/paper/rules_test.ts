import assert from "node:assert/strict";
import { stream } from "../../../../lib/random/mod.ts";
import { allOf, decide } from "../../../../lib/harness/paper/claims.ts";
import {
  equalWithin,
  higher,
  lower,
  type Rule,
  short,
  winsOnMost,
} from "../../../../lib/harness/paper/rules.ts";
import type { Verdict } from "../../../../lib/harness/paper/types.ts";

const NAMES = ["ours", "theirs"] as const;
const pairsOf = (first: readonly number[], second: readonly number[]) =>
  first.map((value, unit) => ({ unit, first: value, second: second[unit] }));
/** Differences with the mean `by` and the standard deviation 0.1 (ddof 1), of three pairs: by ± 0.2484. */
const shifted = (by: number) => pairsOf([10 + by - 0.1, 20 + by, 30 + by + 0.1], [10, 20, 30]);
/** The same on a logarithmic scale: a factor of 1.282 either way. */
const scaled = (by: number) =>
  pairsOf([10 * by * Math.exp(-0.1), 20 * by, 30 * by * Math.exp(0.1)], [10, 20, 30]);
const near = (actual: unknown, expected: number) =>
  assert.ok(Math.abs(actual as number - expected) < 1e-8, `${actual}, not ${expected}`);

Deno.test("rules of means decide by Student's interval: SciPy's numbers, on both scales", () => {
  const { numbers } = higher().decide(
    pairsOf([1.12, 2.95, 0.33, 5.2, 7.11], [1, 3, 0, 5, 7]),
    { names: NAMES },
  );
  near(numbers.difference, 0.142);
  near(numbers.low, -0.030363357953682973);
  near(numbers.high, 0.314363357953683);
  near(numbers.ours, 3.342);
  near(numbers.theirs, 3.2);
  assert.equal(numbers.pairs, 5);

  const ratios = lower({ scale: "ratio" }).decide(
    pairsOf([0.0041, 0.0044, 0.0037, 0.0043], [0.0023, 0.0029, 0.0019, 0.0026]),
    { names: NAMES },
  );
  near(ratios.numbers.ratio, 1.7179617197823582);
  near(ratios.numbers.low, 1.45040701);
  near(ratios.numbers.high, 2.0348719);
  near(ratios.numbers.ours as number / (ratios.numbers.theirs as number), 1.7179617197823582);
  assert.equal(ratios.status, "contradicted");
});

Deno.test("higher(), lower() and equalWithin() follow the interval, with margins on either scale", () => {
  const ratio = "ratio";
  const cases: [string, Rule, (by: number) => ReturnType<typeof shifted>, [number, string][]][] = [
    ["higher", higher(), shifted, [[0.25, "supported"], [0.24, "inconclusive"], [-0.25, "contradicted"]]],
    ["higher by 1", higher({ margin: 1 }), shifted, [
      [1.25, "supported"],
      [1.2, "inconclusive"],
      [0.8, "inconclusive"],
      [0.75, "contradicted"],
    ]],
    ["higher, or 1 lower at most", higher({ margin: -1 }), shifted, [
      [-0.7, "supported"],
      [-1.2, "inconclusive"],
      [-1.3, "contradicted"],
    ]],
    ["lower", lower(), shifted, [[-0.25, "supported"], [0, "inconclusive"], [0.25, "contradicted"]]],
    ["lower by 1", lower({ margin: 1 }), shifted, [
      [-1.25, "supported"],
      [-1, "inconclusive"],
      [-0.7, "contradicted"],
    ]],
    ["lower ratio", lower({ scale: ratio }), scaled, [
      [0.78, "supported"],
      [0.79, "inconclusive"],
      [1.29, "contradicted"],
    ]],
    ["half at most", lower({ scale: ratio, margin: 2 }), scaled, [
      [0.38, "supported"],
      [0.5, "inconclusive"],
      [0.65, "contradicted"],
    ]],
    ["twice at least", higher({ scale: ratio, margin: 2 }), scaled, [
      [2.6, "supported"],
      [2, "inconclusive"],
      [1.5, "contradicted"],
    ]],
    ["equal within 1", equalWithin({ margin: 1 }), shifted, [
      [0.7, "supported"],
      [-0.7, "supported"],
      [0.8, "inconclusive"],
      [-1.2, "inconclusive"],
      [1.3, "contradicted"],
      [-1.3, "contradicted"],
    ]],
    ["equal within a factor of 1.5", equalWithin({ scale: ratio, margin: 1.5 }), scaled, [
      [1.1, "supported"],
      [1 / 1.1, "supported"],
      [1.3, "inconclusive"],
      [2, "contradicted"],
      [0.5, "contradicted"],
    ]],
  ];
  for (const [name, rule, make, wanted] of cases) {
    for (const [by, status] of wanted) {
      assert.equal(decide(rule, make(by), { names: NAMES }).status, status, `${name}: ${by}`);
    }
  }
});

Deno.test("without an effect the rules of means decide in 5 % of cases, three pairs or ten", () => {
  const draws = stream(6, "no effect");
  for (const count of [3, 10]) {
    let decided = 0;
    for (let i = 0; i < 4000; i++) {
      const [first, second] = [1, 2].map(() => Array.from(draws.normal(new Float64Array(count))));
      if (higher().decide(pairsOf(first, second), { names: NAMES }).status !== "inconclusive") decided++;
    }
    near(Math.max(0, Math.abs(decided / 4000 - 0.05) - 4 * Math.sqrt(0.95 * 0.05 / 4000)), 0);
  }
});

Deno.test("winsOnMost() is the exact sign test, without ties", () => {
  const wins = (won: number, lost: number, tied = 0) =>
    pairsOf([
      ...Array<number>(won).fill(1),
      ...Array<number>(lost).fill(-1),
      ...Array<number>(tied).fill(0),
    ], Array<number>(won + lost + tied).fill(0));
  const decided = (pairs: ReturnType<typeof pairsOf>, rule = winsOnMost()) =>
    decide(rule, pairs, { names: NAMES, units: "sets" });
  const cases: [number, number, number, string][] = [
    [6, 0, 0, "supported"],
    [6, 0, 9, "supported"],
    [9, 1, 0, "supported"],
    [7, 3, 0, "inconclusive"],
    [5, 0, 5, "inconclusive"],
    [0, 6, 0, "contradicted"],
    [3, 3, 0, "inconclusive"],
  ];
  for (const [won, lost, tied, status] of cases) {
    assert.equal(decided(wins(won, lost, tied)).status, status, `${won} ${lost} ${tied}`);
    const mirrored = { supported: "contradicted", contradicted: "supported" }[status] ?? status;
    assert.equal(decided(wins(won, lost, tied), winsOnMost({ better: "lower" })).status, mirrored);
  }
  const { numbers, because } = decided(wins(9, 1, 2));
  assert.deepEqual(numbers, { wins: 9, losses: 1, p: 0.021484375, pairs: 12 });
  assert.equal(because, "ours is higher than theirs on 9 of 12 sets (sign test p = 0.0215).");
  // With five wins of five p is 1/16.
  assert.deepEqual([winsOnMost().minPairs, winsOnMost({ level: 0.0625 }).minPairs], [6, 5]);
});

Deno.test("the text of a rule says what its constants decide", () => {
  assert.equal(
    higher().text,
    "95 % interval (Student's t) of the mean paired difference, first minus second: supported above 0, contradicted below, " +
      "else inconclusive; at least 3 pairs.",
  );
  assert.match(
    higher({ margin: 0.5, level: 0.9, minPairs: 4 }).text,
    /^90 % .* above 0\.5, .* at least 4 pairs/,
  );
  assert.match(higher({ margin: -1 }).text, /supported above −1, contradicted below/);
  assert.match(lower({ margin: 2 }).text, /supported below −2, contradicted above/);
  assert.match(
    lower({ scale: "ratio" }).text,
    /log ratio of first to second: supported below 1, contradicted above/,
  );
  assert.match(lower({ scale: "ratio", margin: 2 }).text, /supported below 0\.5/);
  assert.match(
    equalWithin({ margin: 1 }).text,
    /supported within −1 to 1, contradicted if all of it is outside/,
  );
  assert.match(equalWithin({ margin: 1.25, scale: "ratio" }).text, /supported within 0\.8 to 1\.25/);
  assert.match(winsOnMost({ level: 0.01 }).text, /p ≤ 0\.01, .*fewer than 8 pairs/);
  assert.match(winsOnMost({ better: "lower" }).text, /how often the first is lower/);
});

Deno.test("one run each decides nothing", () => {
  for (const rule of [higher(), lower({ scale: "ratio" }), equalWithin({ margin: 100 }), winsOnMost()]) {
    assert.equal(decide(rule, [{ unit: 0, first: 9, second: 1 }], { names: NAMES }).status, "inconclusive");
    assert.equal(decide(rule, [], { names: NAMES }).status, "not attempted");
    assert.ok(rule.minPairs >= 2);
  }
  assert.throws(() => higher({ minPairs: 1 }), /minPairs must be >= 2: current value is 1/);
});

Deno.test("verdicts are sentences in the names, units and digits that are asked for", () => {
  const { because } = lower({ scale: "ratio" }).decide(scaled(0.5), {
    names: ["DTE", "kNN"],
    units: "sets",
    digits: 2,
  });
  assert.equal(because, "DTE / kNN is 0.5 on average (95 % interval 0.39 to 0.64, 3 sets).");
  assert.match(higher().decide(shifted(-1), { names: NAMES }).because, /^ours minus theirs is −1 on average/);
  assert.deepEqual([short(-0.01234), short(12345), short(1.5, 1)], ["−0.0123", "12300", "2"]);
  // Digits enough to see on which side of the margin the interval ends.
  const beside = higher({ margin: 1 }).decide(shifted(1.2482), { names: NAMES });
  assert.equal(beside.status, "inconclusive");
  assert.match(beside.because, /interval 0\.9998 to 1\.5, 3 seeds/);
});

const LOOKS = [5, 8, 12, 16, 20];

/** Claims about normal differences, or those of Student's t with four degrees, with a standardised mean. */
function statuses(
  rule: Rule,
  { effect, heavy = false }: { readonly effect: number; readonly heavy?: boolean },
) {
  const draws = stream(8, "claims", String(effect), String(heavy));
  const scale = (): number => {
    if (!heavy) return 1;
    const [a, b, c, d] = draws.normal(new Float64Array(4));
    // The law has a variance of 2.
    return Math.SQRT1_2 / Math.sqrt((a * a + b * b + c * c + d * d) / 4);
  };
  return Array.from({ length: 2000 }, () => {
    const first = Array.from(draws.normal(new Float64Array(20)), (value) => effect + scale() * value);
    return decide(rule, pairsOf(first, first.map(() => 0)), { names: NAMES });
  });
}
const share = (verdicts: readonly Verdict[], ...wanted: readonly string[]) =>
  verdicts.filter(({ status }) => wanted.includes(status)).length / verdicts.length;
/** Three binomial standard errors of 5 % among 2000. */
const ERROR = 3 * Math.sqrt(0.05 * 0.95 / 2000);

Deno.test("over all looks at most 5 % of claims without an effect are decided, whatever the tails", () => {
  for (const rule of [higher({ looks: LOOKS }), lower({ looks: [3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20] })]) {
    for (const heavy of [false, true]) {
      const decided = share(statuses(rule, { effect: 0, heavy }), "supported", "contradicted");
      assert.ok(decided <= 0.05 + ERROR, `${heavy}: ${decided}`);
      assert.ok(decided > 0.02, `${heavy}: ${decided}, so it decides nothing`);
    }
  }
  // A true difference at the margin is called equal, or larger, no more often.
  const equal = statuses(equalWithin({ margin: 0.8, looks: LOOKS }), { effect: 0.8 });
  assert.ok(share(equal, "supported", "contradicted") <= 0.05 + ERROR);
});

Deno.test("an effect of one standard deviation is decided within 20 pairs in 90 % of cases", () => {
  for (const heavy of [false, true]) {
    const verdicts = statuses(higher({ looks: LOOKS }), { effect: 1, heavy });
    assert.ok(share(verdicts, "supported") >= 0.9, String(share(verdicts, "supported")));
    assert.ok(share(verdicts, "contradicted") < 0.001);
    const pairs = verdicts.map(({ numbers }) => numbers.pairs as number);
    assert.ok(pairs.reduce((sum, count) => sum + count, 0) / pairs.length < 15, "most need fewer");
  }
});

Deno.test("the effect that a comparison says it could tell is told in about 80 % of cases", () => {
  for (const [pairs, looks] of [[5, []], [10, []], [5, [5, 20]]] as const) {
    const rule = higher({ looks });
    // A spread of exactly 1.
    const unit = Array.from({ length: pairs }, (_, i) => i);
    const deviation = Math.sqrt(pairs * (pairs + 1) / 12);
    const spread = pairsOf(unit.map((value) => value / deviation), unit.map(() => 0));
    const { detectable } = rule.decide(spread, { names: NAMES }).evidence![0];
    const draws = stream(9, "power", String(pairs), String(looks.length));
    const told = Array.from({ length: 2000 }, () => {
      const first = Array.from(draws.normal(new Float64Array(pairs)), (value) => detectable + value);
      return rule.decide(pairsOf(first, first.map(() => 0)), { names: NAMES });
    });
    const power = share(told, "supported");
    assert.ok(power > 0.73 && power < 0.87, `${pairs}, ${looks}: ${power}`);
  }
});

Deno.test("as many pairs as a comparison says it needs decide, with the same mean and spread, and not one fewer", () => {
  /** Values with a mean and a standard deviation (ddof 1). */
  const sample = (count: number, center: number, spread: number) => {
    const unit = Array.from({ length: count }, (_, i) => i - (count - 1) / 2);
    const deviation = Math.sqrt(count * (count + 1) / 12);
    return unit.map((value) => center + spread * value / deviation);
  };
  const judged = (rule: Rule, count: number, center: number) => {
    const first = sample(count, center, 1);
    return rule.decide(pairsOf(first, first.map(() => 0)), { names: NAMES });
  };
  for (
    const [rule, center] of [
      [higher(), 0.5],
      [lower(), 0.2],
      [higher({ matters: 0.4 }), 0.1],
      [equalWithin({ margin: 0.4 }), 0.1],
    ] as const
  ) {
    const verdict = judged(rule, 5, center), { needed } = verdict.evidence![0];
    assert.equal(verdict.status, "inconclusive");
    assert.notEqual(judged(rule, needed!, center).status, "inconclusive", `${needed}, ${rule.text}`);
    assert.equal(judged(rule, needed! - 1, center).status, "inconclusive");
  }
  // Right where the test changes sides nothing helps; what is decided needs nothing.
  assert.equal(judged(higher(), 5, 0).evidence![0].needed, null);
  assert.equal(judged(higher(), 5, 9).evidence![0].needed, null);
});

Deno.test("a rule with looks judges at the planned ones, and the first that decides counts", () => {
  const rule = higher({ looks: [3, 5], matters: 0.5 });
  const at = (...differences: readonly number[]) =>
    decide(rule, pairsOf(differences, differences.map(() => 0)), { names: NAMES });
  const started = at(1, 2);
  assert.deepEqual([started.status, started.evidence?.[0].points.length], ["inconclusive", 0]);
  assert.deepEqual(started.evidence?.[0].looks, [3, 5]);
  const early = at(5, 5.1, 4.9);
  assert.deepEqual([early.status, early.numbers.pairs], ["supported", 3]);
  // What comes after a decision changes nothing.
  assert.deepEqual(at(5, 5.1, 4.9, -90, -90).numbers, early.numbers);
  const open = at(5, -5, 1);
  assert.deepEqual([open.status, open.evidence?.[0].expected], ["inconclusive", null]);
  assert.equal(at(5, 4, 3, 4).numbers.pairs, 3, "four pairs are no look");
  assert.match(open.because, /3 seeds of at most 5\)\.$/);
  // The same spread with two more pairs would do.
  const nearly = at(1, 1.4, 0.6);
  assert.deepEqual([nearly.status, nearly.evidence?.[0].expected], ["inconclusive", 5]);
  const single = higher().decide(pairsOf([1, 2, 3, 4], [0, 0, 0, 0]), { names: NAMES });
  assert.deepEqual(single.evidence?.[0].points.map(({ pairs }) => pairs), [3, 4]);
  assert.throws(() => higher({ looks: [5, 3] }), /ascending integers/);
});

Deno.test("an interval within what does not matter contradicts an order, and supports equality", () => {
  const cases: [Rule, number, string][] = [
    [higher({ matters: 0.5 }), 0, "contradicted"],
    [higher({ matters: 0.2 }), 0, "inconclusive"],
    [higher({ matters: 0.6 }), 0.3, "contradicted"],
    [higher({ matters: 0.5 }), 0.3, "supported"],
    [lower({ matters: 0.5 }), 0.1, "contradicted"],
    [lower({ matters: 0.5, margin: 1 }), -1, "contradicted"],
    [lower({ matters: 0.5, margin: 1 }), 0, "contradicted"],
    [equalWithin({ margin: 0.5 }), 0, "supported"],
  ];
  for (const [rule, by, status] of cases) {
    assert.equal(decide(rule, shifted(by), { names: NAMES }).status, status, `${rule.text} ${by}`);
  }
  const ratio = lower({ scale: "ratio", matters: 1.5 });
  assert.equal(decide(ratio, scaled(1), { names: NAMES }).status, "contradicted");
  assert.deepEqual(ratio.decide(scaled(1), { names: NAMES }).evidence?.[0].matters, [1 / 1.5, 1.5]);
  assert.match(ratio.text, /contradicted above or all of it within a factor of 1\.5 of that/);
  assert.match(
    higher({ looks: LOOKS, matters: 0.5 }).text,
    /^Interval .* at 5, 8, 12, 16, 20 pairs, .* 95 % of cases .* within ± 0\.5 of that .*first look that decides counts\.$/,
  );
  assert.throws(() => higher({ matters: 0 }), /what matters must be > 0: current value is 0/);
  assert.throws(() => lower({ scale: "ratio", matters: 1 }), /must be > 1/);
});

Deno.test("a decided verdict names the units that decide it alone", () => {
  const of = (differences: readonly number[], rule = higher()) =>
    decide(rule, pairsOf(differences, differences.map(() => 0)), { names: NAMES });
  assert.equal(of([1, 1.1, 0.9, 1.2, 1]).fragile, undefined);
  // 0.34 ± 0.26; without the second 0.35 ± 0.38, without the third 0.30 ± 0.34, the others stay above 0.
  assert.deepEqual(of([0.2, 0.3, 0.5, 0.6, 0.1]).fragile, [1, 2]);
  assert.equal(of([1, -1, 2, -2]).fragile, undefined, "nothing to undo");
  const [firm, weak] = [of([1, 1.1, 0.9, 1.2, 1]), of([0.2, 0.3, 0.5, 0.6, 0.1])];
  assert.deepEqual(allOf({ firm, weak }).fragile, weak.fragile);
  const against = { firm: of([-1, -1.1, -0.9, -1.2, -1]), weak: of([-0.2, -0.3, -0.5, -0.6, -0.1]) };
  assert.equal(allOf(against).fragile, undefined, "one part that stands is enough");
  assert.deepEqual(allOf({ weak: against.weak, firm }).fragile, against.weak.fragile);
  assert.equal(allOf({ firm, weak }).evidence?.length, 2);
});
