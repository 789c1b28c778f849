/** @jsxImportSource preact */
import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { lower } from "../../../../lib/harness/paper/rules.ts";
import { decide } from "../../../../lib/harness/paper/claims.ts";
import { EvidenceFigures } from "../../../../lib/harness/report/_evidence.tsx";

const FACTORS = [0.7, 1.2, 0.9, 1.1, 0.8, 0.95, 1.02];
const pairs = FACTORS.map((first, unit) => ({ unit, first, second: 1 }));
const html = (rule = lower({ scale: "ratio", looks: [3, 5, 20], matters: 1.1 })) => {
  const { evidence = [] } = decide(rule, pairs, { names: ["ours", "theirs"] });
  return renderToString(<EvidenceFigures evidence={evidence} />);
};
const count = (text: string, part: RegExp) => [...text.matchAll(part)].length;

Deno.test("EvidenceFigures draws an interval for each look, with the planned ones on the axis", () => {
  const drawn = html();
  assert.equal(count(drawn, /<circle/g), 2);
  assert.equal(count(drawn, /class="last"/g), 1);
  assert.equal(count(drawn, /class="band"/g), 1);
  for (const look of [3, 5, 20]) assert.match(drawn, new RegExp(`class="middle">${look}<`));
  assert.match(drawn, /aria-label="ours \/ theirs: 0\.911 \(0\.\d+ to \d[\d.]*\) from 3 seeds, 0\.92/);
  assert.match(
    drawn,
    /ours \/ theirs, mean ratio by number of seeds: intervals that hold together .*at most 20/,
  );
  // The ratio's axis is logarithmic: 1.21 is as far from 1.1 as that is from 1.
  const heights = Array.from(
    drawn.matchAll(/<(?:rect|line) class="(band|zero)"[^>]*? y1?="([\d.]+)"(?:[^>]*height="([\d.]+)")?/g),
  );
  const [band, zero] = ["band", "zero"].map((name) => heights.find(([, own]) => own === name)!);
  assert.ok(Math.abs(Number(band[2]) + Number(band[3]) / 2 - Number(zero[2])) < 1e-6);
});

Deno.test("EvidenceFigures shows a single look pair by pair, and nothing where nothing was looked at", () => {
  const drawn = html(lower({ scale: "ratio" }));
  assert.equal(count(drawn, /<circle/g), 5);
  assert.equal(count(drawn, /class="band"/g), 0);
  assert.match(drawn, /: interval after each, judged at the last only/);
  assert.equal(count(html(lower({ looks: [8, 12] })), /<figure/g), 0);
});
