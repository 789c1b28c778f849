import assert from "node:assert/strict";
import { allOf, compareMeans, notAttempted, verdict } from "../../../../lib/harness/mod.ts";

const BASE = [80, 88, 76, 79, 90, 70, 65, 82];
const shifted = (by: number) => BASE.map((value, i) => value + by + [0.5, -0.5][i % 2]);

Deno.test("compareMeans() decides by the interval of the difference", () => {
  const cases: [number, number, string][] = [
    [3, 0, "supported"],
    [3, 2, "supported"],
    [3, 3, "inconclusive"],
    [3, 4, "contradicted"],
    [-3, 0, "contradicted"],
    [-3, -4, "supported"],
    [0, 0, "inconclusive"],
  ];
  for (const [shift, margin, status] of cases) {
    const found = compareMeans(shifted(shift), BASE, { margin, names: ["ours", "theirs"] });
    assert.equal(found.status, status, `${shift} against ${margin}`);
    const { difference, low, high, pairs } = found.numbers as Record<string, number>;
    assert.ok(Math.abs(difference - shift) < 1e-9 && low < difference && difference < high && pairs === 8);
    assert.match(found.because, /^ours minus theirs is -?\d/);
  }
});

Deno.test("compareMeans() gives the same verdict for the same numbers", () => {
  assert.deepEqual(compareMeans(shifted(1), BASE), compareMeans(shifted(1), BASE));
});

Deno.test("compareMeans() decides nothing on few pairs", () => {
  assert.equal(compareMeans([9, 9, 9, 9], [1, 1, 1, 1]).status, "inconclusive");
  assert.equal(compareMeans([9, 9, 9, 9], [1, 1, 1, 1], { leastPairs: 4 }).status, "supported");
  assert.equal(compareMeans([], []).status, "not attempted");
});

Deno.test("verdict() follows its conditions", () => {
  const make = (supported: boolean, contradicted?: boolean) =>
    verdict({ supported, contradicted, numbers: { x: 1 }, because: "so" }).status;
  assert.deepEqual([make(true), make(false), make(false, false), make(false, true)], [
    "supported",
    "contradicted",
    "inconclusive",
    "contradicted",
  ]);
  assert.throws(() => make(true, true), /must not be both supported and contradicted/);
});

Deno.test("allOf() is worth its worst part", () => {
  const yes = verdict({ supported: true, numbers: { x: 1 }, because: "Yes." });
  const no = verdict({ supported: false, numbers: { x: 2 }, because: "No." });
  const open = verdict({ supported: false, contradicted: false, numbers: {}, because: "Open." });
  assert.equal(allOf({ a: yes, b: yes }).status, "supported");
  assert.equal(allOf({ a: yes, b: open }).status, "inconclusive");
  assert.equal(allOf({ a: open, b: notAttempted("Later.") }).status, "not attempted");
  assert.deepEqual(allOf({ a: notAttempted("Later."), b: no, c: yes }), {
    status: "contradicted",
    numbers: { "b: x": 2, "c: x": 1 },
    because: "a: Later. b: No. c: Yes.",
  });
});
