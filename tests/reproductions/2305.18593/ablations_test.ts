/** Claims with their ingredient taken out: networks trained with and without it, on stand-ins. */
import assert from "node:assert/strict";
import { type NetworkConfig, networks } from "../../../reproductions/2305.18593/experiments/networks.ts";
import { context } from "@refigure/refigure/testing";

async function aurocOf(config: Omit<NetworkConfig, "setting">, seed = 0): Promise<number> {
  return (await networks.run({ setting: "semi", ...config }, context(seed))).auroc;
}

Deno.test("bins-collapse: with 50 bins DTE-C learns nothing behind two softmaxes, and does behind one", async () => {
  const training = { dataSet: "adbench/39_vertebral", epochs: 400 };
  const few = await aurocOf({ ...training, method: "DTE-C" });
  const many = await aurocOf({ ...training, method: "DTE-C", bins: 50 });
  const single = await aurocOf({ ...training, method: "DTE-C single softmax", bins: 50 });
  assert.ok(few > 75, `7 bins: ${few}`);
  assert.ok(Math.abs(many - 50) < 5, `50 bins: ${many}`);
  assert.ok(single > 75, `50 bins, one softmax: ${single}`);
});

Deno.test("dte-ig-reported: without the square DTE-IG ranks anomalies last", async () => {
  for (const seed of [0, 1, 2]) {
    const training = { dataSet: "adbench/14_glass", epochs: 40 };
    const squared = await aurocOf({ ...training, method: "DTE-IG" }, seed);
    const raw = await aurocOf({ ...training, method: "DTE-IG raw" }, seed);
    assert.ok(squared > 60 && raw < 40, `seed ${seed}: squared ${squared}, raw ${raw}`);
  }
});
