import assert from "node:assert/strict";
import { type Figure, renderSvg } from "../../../../lib/figures/mod.ts";
import { metricBars } from "../../../../lib/harness/mod.ts";
import { COINS, PLAN, resultsWith, TEXTS, tosses } from "./_coins.ts";

const OPTIONS = { ...TEXTS, of: COINS, axis: { title: "heads" }, alt: "Bars of heads." };
interface Bar {
  readonly label: string;
  readonly value: number;
  readonly errorLow: number;
  readonly high: number;
  readonly group?: string;
  readonly reference?: number;
}
const barsOf = (figure: unknown) =>
  (figure as Figure).spec as {
    readonly data: { readonly values: readonly Bar[] };
    readonly title: unknown;
  };

Deno.test("metricBars() has a bar for each variant, as long as the mean, with its deviation; a single seed has none", async () => {
  const figure = metricBars({ ...OPTIONS, value: ({ heads }) => heads, heading: "Heads up" })
    .render(resultsWith(tosses)) as Figure;
  const { data, title } = barsOf(figure);
  assert.deepEqual(
    data.values.map(({ label, value, errorLow, high }) => [label, value, errorLow, high]),
    [
      ["fair coin", 6, 5, 7],
      ["bent coin", 6.5, 5.79289, 7.20711], // ± 1/√2
      ["lone", 7, 7, 7],
    ],
  );
  assert.deepEqual(title, { text: "Heads up", subtitle: "Mean and standard deviation over 1 to 3 seeds" });
  assert.match(await renderSvg(figure), /bent coin/);
});

Deno.test("metricBars() of single seeds says so", () => {
  const bars = metricBars({ ...OPTIONS, value: ({ heads }) => heads, subtitle: "By hand" });
  const { data, title } = barsOf(bars.render(resultsWith(tosses, COINS.jobs({ ...PLAN, seeds: 1 }))));
  assert.deepEqual(title, { text: "Coins", subtitle: "By hand; one seed" });
  assert.ok(data.values.every(({ value, errorLow, high }) => value === errorLow && value === high));
});

Deno.test("metricBars() takes variants, labels, groups and the paper's values", () => {
  const bars = metricBars({
    ...OPTIONS,
    variants: ["lone", "fair"],
    value: ({ heads }) => heads,
    label: ({ config: { bias } }) => `bias ${bias}`,
    group: ({ metal }) => metal,
    reported: ({ metal }) => metal === "gold" ? 5 : undefined,
  });
  assert.deepEqual(bars.jobs(PLAN), COINS.jobs(PLAN, ["fair", "lone"]));
  const { data } = barsOf(bars.render(resultsWith(tosses)));
  assert.deepEqual(
    data.values.map(({ label, group, reference }) => [label, group, reference]),
    [["bias 0.5", "gold", 5], ["bias 0.7", "tin", undefined]],
  );
});

Deno.test("metricBars() leaves out what has no number; if that is all, there is no figure", () => {
  const edges = metricBars({ ...OPTIONS, value: ({ edges }) => edges });
  assert.deepEqual(
    barsOf(edges.render(resultsWith(tosses))).data.values.map(({ label, value }) => [label, value]),
    [
      ["bent coin", 4],
    ],
  );
  const none = metricBars({ ...OPTIONS, value: () => null });
  assert.throws(() => none.render(resultsWith(tosses)), { name: "NoResults", message: /“Coins”/ });
  assert.throws(() => edges.render(resultsWith(tosses, [])), { name: "NoResults" });
});
