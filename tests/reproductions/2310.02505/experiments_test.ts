import assert from "node:assert/strict";
import { merlin } from "../../../reproductions/2310.02505/experiments/merlin.ts";
import { toy } from "../../../reproductions/2310.02505/experiments/toy.ts";
import { mainOf, MERLIN, TOY } from "../../../reproductions/2310.02505/studies.ts";
import { context } from "@refigure/refigure/testing";

const LAPTOP = { profile: "laptop" } as const;

/** The configuration of a variant, smaller. */
function small(
  name: Parameters<typeof MERLIN.variants>[1] extends readonly (infer N)[] | undefined ? N : never,
) {
  const [{ config }] = MERLIN.variants(LAPTOP, [name]);
  return {
    ...config,
    data: { ...config.data, episodes: 400 },
    steps: 1200,
    hidden: [64, 64],
    testHorizons: [1],
    episodes: 50,
  };
}

Deno.test("PointReach: Merlin is near the optimum, and each ingredient that is taken out costs", async () => {
  const run = async (change: object) => {
    const { tests, behaviour, ceiling } = await merlin.run({
      ...small(mainOf("PointReach random")),
      ...change,
    }, context(900));
    return { value: tests[0].return, data: behaviour.return, ceiling: ceiling! };
  };
  const full = await run({});
  const noHorizon = await run({ horizon: false });
  const noHindsight = await run({ ratio: 0 });
  assert.ok(
    full.value > 0.85 * full.ceiling && full.value <= full.ceiling,
    `${full.value} of ${full.ceiling}`,
  );
  assert.ok(noHorizon.value < 0.85 * full.value, `${noHorizon.value}`);
  assert.ok(noHindsight.value < 0.4 * full.value, `${noHindsight.value}`);
  assert.ok(full.data < 2);
});

Deno.test("the toy’s policy points to goals that it was never asked for; without a horizon less so", async () => {
  const [own, none] = await Promise.all((["merlin", "noHorizon"] as const).map(async (name) => {
    const [{ config }] = TOY.variants(LAPTOP, [name]);
    const { views } = await toy.run(
      {
        ...config,
        steps: 1500,
        hidden: [64, 64],
        grid: 8,
        starts: 10,
        horizons: name === "merlin" ? [5] : [1],
      },
      context(900),
    );
    return views.filter(({ goal }) => goal > 0).reduce((sum, { cosine }) => sum + cosine / 4, 0);
  }));
  assert.ok(own > 0.95 && own > none + 0.01, `${own}, ${none}`);
});
