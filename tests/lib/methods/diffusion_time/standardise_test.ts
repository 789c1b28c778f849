import assert from "node:assert/strict";
import {
  fitDdpm,
  fitDteCategorical,
  fitDteEnsemble,
  fitDteGaussian,
  fitDteInverseGamma,
} from "../../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { fitStandardiser, matrix } from "../../../../lib/stats/mod.ts";

/** Year, income and share: columns of very different size. */
const raw = (() => {
  const noise = stream(0, "raw").normal(new Float64Array(600));
  const rows = Array.from({ length: 200 }, (_, i) => [
    1980 + 10 * noise[3 * i],
    5e4 + 2e4 * noise[3 * i + 1],
    0.3 + 0.05 * noise[3 * i + 2],
  ]);
  return matrix(rows.flat(), { columns: 3 });
})();
const asked = matrix([1980, 5e4, 0.3, 1980, 5e4, 5, 3000, 9e5, 0.3], { columns: 3 });
const options = { seed: 0, epochs: 30, executor: "wasm", hidden: [64, 64] } as const;

Deno.test("DTE on rows that were never standardised tells outliers, as on standardised ones", async () => {
  for (const fit of [fitDteCategorical, fitDteEnsemble]) {
    await using model = await fit(raw, { ...options, epochs: 60, learningRate: 1e-3 });
    const [inside, ...outside] = await model.score(asked);
    const few = fit === fitDteEnsemble ? 1 : 0.5;
    assert.ok(outside.every((score) => score > inside + few), `${inside}, ${outside}`);
  }
});

Deno.test("DDPM on rows that were never standardised scores as on standardised ones, to the last bit", async () => {
  const standardiser = fitStandardiser(raw);
  const small = { ...options, steps: 400, start: 100, width: 32, hidden: 32, blocks: 1, timeWidth: 32 };
  await using inside = await fitDdpm(raw, small);
  await using outside = await fitDdpm(standardiser.apply(raw), { ...small, standardise: false });
  const scores = await inside.score(asked);
  assert.deepEqual(scores, await outside.score(standardiser.apply(asked)));
  assert.ok(scores.slice(1).every((score) => score > scores[0]), `${scores}`);
  // Without either, the columns' sizes drown what the network knows.
  await using never = await fitDdpm(raw, { ...small, standardise: false });
  assert.notDeepEqual(await never.score(asked), scores);
});

Deno.test("DTE keeps the statistics by which it standardises, and standardises no rows that are", async () => {
  const standardiser = fitStandardiser(raw), rows = standardiser.apply(raw);
  for (const fit of [fitDteCategorical, fitDteGaussian, fitDteInverseGamma]) {
    await using inside = await fit(raw, { ...options, epochs: 2 });
    assert.deepEqual(inside.standardiser!.mean, standardiser.mean);
    assert.deepEqual(inside.standardiser!.std, standardiser.std);
    await using outside = await fit(rows, { ...options, epochs: 2, standardise: false });
    assert.equal(outside.standardiser, undefined);
    // To the last bit what standardising by hand gives.
    assert.deepEqual(await inside.score(asked), await outside.score(standardiser.apply(asked)));
  }
});

Deno.test("DTE scores finite numbers for columns of any size, and for rows far outside", async () => {
  const huge = matrix(raw.data.map((value, i) => i % 3 === 0 ? value * 1e90 : value), { columns: 3 });
  await using model = await fitDteCategorical(huge, { ...options, epochs: 2 });
  const scores = await model.score(matrix([1980e90, 5e4, 0.3, 1e99, 5e4, 1e99], { columns: 3 }));
  assert.ok(scores.every(Number.isFinite), `${scores}`);
});
