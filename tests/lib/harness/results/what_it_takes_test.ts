import assert from "node:assert/strict";
import { decide } from "../../../../lib/harness/paper/claims.ts";
import { higher } from "../../../../lib/harness/paper/rules.ts";
import { whatItTakes } from "../../../../lib/harness/results/what_it_takes.ts";

const NAMES = ["ours", "theirs"] as const;
const verdictOf = (...differences: readonly number[]) =>
  decide(higher(), differences.map((first, unit) => ({ unit, first, second: 0 })), { names: NAMES });

Deno.test("whatItTakes() names the pairs that decide, and the time at the rate of those so far", () => {
  const open = verdictOf(2, -1, 1, 0, 1);
  const { needed } = open.evidence![0];
  assert.equal(open.status, "inconclusive");
  assert.ok(needed! > 5);
  // Five pairs took 10 s.
  assert.match(
    whatItTakes({ verdict: open, seconds: 10 })!,
    new RegExp(`about ${needed} seeds decide, ${(needed! - 5) * 2} s more of a core\\.$`),
  );
  assert.match(whatItTakes({ verdict: verdictOf(1, -1, 2, -2), seconds: 50 })!, /no number of pairs/);
  // Decided alone, but open as one of three claims.
  const alone = verdictOf(0.2, 1.8, 0.9, 1.4, 0.7, 0.1), sharedBy = 3;
  assert.deepEqual([alone.status, alone.shares], ["supported", 1]);
  const pairs = alone.evidence![0].neededOf![sharedBy]!;
  assert.ok(pairs > 6 && pairs < alone.evidence![0].neededOf![4]!);
  assert.match(
    whatItTakes({ verdict: { ...alone, status: "inconclusive", sharedBy }, seconds: 12 })!,
    new RegExp(`about ${pairs} seeds decide, ${(pairs - 6) * 2}(\\.0)? s more of a core\\.$`),
  );
  for (const verdict of [verdictOf(5, 6, 5, 6), verdictOf(1), verdictOf()]) {
    assert.equal(whatItTakes({ verdict, seconds: 50 }), undefined, verdict.status);
  }
});
