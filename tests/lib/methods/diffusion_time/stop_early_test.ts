import assert from "node:assert/strict";
import {
  fitDteCategorical,
  fitDteEnsemble,
  fitDteGaussian,
  fitDteInverseGamma,
} from "../../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { matrix } from "../../../../lib/stats/mod.ts";

const rows = matrix(stream(0, "rows").normal(new Float64Array(300)), { columns: 3 });
const SMALL = { seed: 1, executor: "wasm", hidden: [16, 16, 16], steps: 60, learningRate: 0.01 } as const;

Deno.test("stopEarly ends a training of every network, past its least held-out loss by its patience", async () => {
  for (const fit of [fitDteCategorical, fitDteGaussian, fitDteInverseGamma]) {
    await using detector = await fit(rows, { ...SMALL, epochs: 200, stopEarly: { patience: 4 } });
    const { epochLosses, heldOutLosses } = detector;
    assert.equal(heldOutLosses.length, epochLosses.length);
    const least = heldOutLosses.indexOf(Math.min(...heldOutLosses));
    assert.ok(epochLosses.length < 200, `${fit.name}: ${epochLosses.length}`);
    assert.equal(epochLosses.length - 1 - least, 4, fit.name);
  }
});

Deno.test("stopEarly keeps the parameters of the epoch of the least held-out loss", async () => {
  await using stopped = await fitDteCategorical(rows, { ...SMALL, epochs: 200, stopEarly: { patience: 6 } });
  const least = stopped.heldOutLosses.indexOf(Math.min(...stopped.heldOutLosses));
  // As many epochs and no more: the last epoch is then the best one.
  await using short = await fitDteCategorical(rows, {
    ...SMALL,
    epochs: least + 1,
    stopEarly: { patience: 1000 },
  });
  assert.deepEqual(await short.score(rows), await stopped.score(rows));
  await using longer = await fitDteCategorical(rows, {
    ...SMALL,
    epochs: least + 7,
    stopEarly: { patience: 1000 },
  });
  assert.deepEqual(await longer.score(rows), await stopped.score(rows));
});

Deno.test("without stopEarly all epochs are trained on all rows, and nothing is held out", async () => {
  await using detector = await fitDteCategorical(rows, { ...SMALL, epochs: 12 });
  assert.equal(detector.epochLosses.length, 12);
  assert.deepEqual(detector.heldOutLosses, []);
});

Deno.test("members of an ensemble stop at epochs of their own", async () => {
  await using ensemble = await fitDteEnsemble(rows, {
    ...SMALL,
    epochs: 100,
    members: 3,
    stopEarly: { patience: 3 },
  });
  assert.ok(ensemble.epochLosses.length < 100 && ensemble.epochLosses.every(Number.isFinite));
});

Deno.test("stopEarly refuses shares and patiences that hold nothing out, or never wait", async () => {
  for (
    const stopEarly of [{ share: 0 }, { share: 0.6 }, { share: 0.001 }, { patience: 0 }, { patience: 1.5 }]
  ) {
    await assert.rejects(
      () => fitDteCategorical(rows, { ...SMALL, epochs: 2, stopEarly }),
      /Cannot stop DTE-C early as share must be in \(0, 0.5\] and hold a row of 100/,
      JSON.stringify(stopEarly),
    );
  }
});
