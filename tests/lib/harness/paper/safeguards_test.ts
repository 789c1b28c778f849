import assert from "node:assert/strict";
import {
  correctKinds,
  higher,
  type JudgedClaim,
  MOST_OF_A_KIND,
  openControls,
  type Safeguards,
  type Verdict,
  winsOnMost,
} from "../../../../lib/harness/paper/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

const NAMES = ["ours", "theirs"] as const;

/** A claim of a kind with a verdict that would stand if it shared the error rate with so many. */
function judged(id: string, verdict: Partial<Verdict>, safeguards: Partial<Safeguards> = {}): JudgedClaim {
  return {
    claim: {
      id,
      location: "Table 1",
      statement: "Ours is better.",
      test: "Is it?",
      safeguards: { bar: "Any.", controls: "None.", smallest: "Any.", kind: "rivals", ...safeguards },
      jobs: () => [],
      evaluate: () => assert.fail("judged before"),
    },
    verdict: { status: "supported", numbers: {}, because: "So.", ...verdict },
  };
}

const corrected = (claims: readonly JudgedClaim[], among = claims) =>
  correctKinds(claims, among.map(({ claim }) => claim)).map(({ verdict }) => verdict.status);

Deno.test("correctKinds() is Holm's procedure: the most certain at α / m, the next at α / (m − 1), …", () => {
  const at = (...shares: number[]) => corrected(shares.map((shares, i) => judged(`${i}`, { shares })));
  assert.deepEqual(at(3, 2, 1), ["supported", "supported", "supported"]);
  assert.deepEqual(at(1, 3, 2), ["supported", "supported", "supported"], "whatever their order");
  assert.deepEqual(at(2, 2, 2), ["inconclusive", "inconclusive", "inconclusive"]);
  assert.deepEqual(at(8, 1, 1), ["supported", "inconclusive", "inconclusive"]);
  assert.deepEqual(at(1), ["supported"], "alone");
});

Deno.test("correctKinds() counts what was attempted, decided or not, and leaves other kinds alone", () => {
  const sure = judged("sure", { shares: 2 });
  const open = judged("open", { status: "inconclusive" });
  const left = judged("left", { status: "not attempted" });
  const against = judged("against", { status: "contradicted", shares: 1 });
  const other = judged("other", { shares: 1 }, { kind: "speed" });
  const single = judged("single", { shares: 1 }, { kind: undefined });
  assert.deepEqual(corrected([sure, open, left]), ["supported", "inconclusive", "not attempted"]);
  assert.deepEqual(corrected([sure, open, against])[0], "inconclusive");
  assert.deepEqual(corrected([sure, against]), ["supported", "contradicted"]);
  assert.deepEqual(corrected([sure, other, single]), ["supported", "supported", "supported"]);
  // Of claims that were not asked for nothing is known: they may be as certain.
  assert.deepEqual(corrected([sure], [sure, open, against]), ["inconclusive"]);
});

Deno.test("correctKinds() says why, keeps the verdict that it changed, and starts from that again", () => {
  const claims = [judged("a", { shares: 1, fragile: [3] }), judged("b", { shares: 1 })];
  const all = claims.map(({ claim }) => claim);
  const [first] = correctKinds(claims, all);
  assert.deepEqual(first.verdict, {
    status: "inconclusive",
    numbers: {},
    because:
      "So. By itself it would be supported; but it is one of 2 claims that share an error rate (rivals; " +
      "Holm), and at half of that rate it is open.",
    shares: 1,
    sharedBy: 2,
  });
  assert.deepEqual(first.alone, claims[0].verdict);
  assert.deepEqual(correctKinds(correctKinds(claims, all), all), correctKinds(claims, all));
  assert.deepEqual(correctKinds([first], [first.claim]), [claims[0]], "alone again");
});

Deno.test("of four claims of a kind without an effect at most 5 % of simulations decide any", () => {
  const rule = higher({ minPairs: 5 });
  const random = stream(0, "kinds");
  const simulations = 2000;
  let wrong = 0, wrongAlone = 0;
  for (let k = 0; k < simulations; k++) {
    const claims = Array.from({ length: 4 }, (_, i) => {
      const drawn = random.normal(new Float64Array(5));
      const pairs = Array.from(drawn, (first, unit) => ({ unit, first, second: 0 }));
      return judged(`${i}`, rule.decide(pairs, { names: NAMES }));
    });
    if (claims.some(({ verdict }) => verdict.status !== "inconclusive")) wrongAlone++;
    if (corrected(claims).some((status) => status !== "inconclusive")) wrong++;
  }
  const percent = (count: number) => 100 * count / simulations;
  assert.ok(percent(wrongAlone) > 15, `${percent(wrongAlone)} % without the correction`);
  assert.ok(percent(wrong) < 6, `${percent(wrong)} % with it`); // 5 and two standard errors
});

Deno.test("shares is the largest number of claims that the decision stands for", () => {
  const differences = [1.2, 0.7, 1.9, 1.1, 0.4, 1.0];
  const pairs = differences.map((first, unit) => ({ unit, first, second: 0 }));
  const of = (options: Parameters<typeof higher>[0]) => higher(options).decide(pairs, { names: NAMES });
  for (const looks of [undefined, [3, 6]]) {
    const { shares, status } = of({ looks, margin: 0.3 });
    assert.equal(status, "supported");
    assert.ok(shares! >= 1 && shares! < MOST_OF_A_KIND, `${shares}`);
    const at = (claims: number) => of({ looks, margin: 0.3, level: 1 - 0.05 / claims }).status;
    assert.deepEqual([at(shares!), at(shares! + 1)], ["supported", "inconclusive"]);
  }
  assert.equal(of({ margin: 1 }).shares, undefined, "nothing is decided");
  assert.equal(of({ margin: -100 }).shares, MOST_OF_A_KIND);
  // Six wins of six: p = 1/32, which one claim may have, and not two.
  assert.equal(winsOnMost().decide(pairs, { names: NAMES }).shares, 1);
});

Deno.test("openControls() names the controls of a supported claim that do not hold", () => {
  const main = judged("main", {}, { controls: ["fair", "dull"] });
  const fair = judged("fair", {}), dull = judged("dull", { status: "not attempted" });
  const others = [main, fair, dull];
  assert.deepEqual(openControls(main, others).map(({ claim }) => claim.id), ["dull"]);
  assert.deepEqual(
    openControls({ ...main, verdict: { ...main.verdict, status: "contradicted" } }, others),
    [],
  );
  assert.deepEqual(openControls(fair, others), []);
});
