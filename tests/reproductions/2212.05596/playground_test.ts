import assert from "node:assert/strict";
import { renderSvg } from "../../../lib/figures/mod.ts";
import { watsonOrder } from "../../../lib/stats/mod.ts";
import { alignmentRows, alignmentSliders, STRENGTHS } from "../../../reproductions/2212.05596/playground.ts";

const SMALL = { box: 50, mesh: 32, members: [6, 20] } as const;

Deno.test("the playground's correlations follow the sliders: satellites within haloes, centrals also between them", () => {
  const { curves } = alignmentRows(SMALL);
  const omega = (kind: string, strength: number, from: number, to: number) => {
    const found = curves.filter((row) =>
      row.kind === kind && row.strength === strength && row.r >= from && row.r < to
    );
    assert.ok(found.length >= 2, "bins with pairs");
    return found.reduce((sum, row) => sum + row.omega, 0) / found.length;
  };
  for (const kind of ["satellites", "centrals"]) {
    assert.ok(Math.abs(omega(kind, 0, 0, 1)) < 0.05, `${kind} without alignment`);
  }
  const last = STRENGTHS.at(-1)!;
  assert.ok(omega("satellites", last, 0, 0.5) > omega("satellites", 0.45, 0, 0.5));
  assert.ok(omega("satellites", 0.45, 0, 0.5) > omega("satellites", 0, 0, 0.5));
  // Pairs of two satellites dilute ⅔ S(μ_s), the correlation with the central.
  const most = 2 / 3 * watsonOrder(last);
  assert.ok(omega("satellites", last, 0, 0.5) > 0.1 && omega("satellites", last, 0, 0.5) < most);
  assert.ok(omega("centrals", last, 3, 9) > omega("centrals", 0, 3, 9) + 0.03);
});

Deno.test("the playground's figure shows the strengths that its sliders stand at, and no others", async () => {
  const { outlines, curves } = alignmentRows(SMALL);
  const galaxies = new Set(outlines.map(({ galaxy }) => galaxy)).size;
  assert.equal(outlines.length, galaxies * STRENGTHS.length * 17);
  const svg = await renderSvg(alignmentSliders(SMALL));
  const points = svg.match(/aria-roledescription="point"/g)?.length;
  assert.equal(points, curves.filter(({ strength }) => strength === STRENGTHS.at(-1)).length);
  assert.throws(
    () => alignmentRows({ ...SMALL, members: [500, 600] }),
    /must have 500 to 600 galaxies: none has$/,
  );
});
