import assert from "node:assert/strict";
import { type Figure, renderSvg } from "../../../../lib/figures/mod.ts";
import { meanCurve, metricCurves, spreadText } from "../../../../lib/harness/mod.ts";
import { COINS, PLAN, resultsWith, TEXTS, type Tosses, tosses } from "./_coins.ts";

const near = (actual: ArrayLike<number | null>, expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! - value) < 1e-9, `${i}: ${actual[i]}, not ${value}`)
  );
};

Deno.test("meanCurve() is the mean with a band of one deviation (ddof 1), and ends at the limits", () => {
  const curves = [{ x: [1, 2], y: [90, 100] }, { x: [1, 2], y: [98, 100] }, { x: [1, 2], y: [100, 100] }];
  const { y, low, high, ...style } = meanCurve(curves, {
    name: "accuracy",
    colour: "#123456",
    limits: [0, 100],
  });
  near(y, [96, 100]);
  near(low!, [96 - Math.sqrt(28), 100]);
  near(high!, [100, 100]);
  assert.deepEqual(style, { name: "accuracy", colour: "#123456", x: [1, 2] });
  near(meanCurve(curves, { name: "accuracy" }).high!, [96 + Math.sqrt(28), 100]);
});

Deno.test("meanCurve() on a logarithmic axis is geometric, and its band stays above 0", () => {
  const { y, low, high } = meanCurve([{ x: [0], y: [1e-4] }, { x: [0], y: [1] }], {
    name: "loss",
    log: true,
  });
  const factor = Math.exp(Math.log(1e4) * Math.SQRT1_2);
  near(y, [0.01]);
  near(low!, [0.01 / factor]);
  near(high!, [0.01 * factor]);
  assert.ok(low![0]! > 0);
  const linear = meanCurve([{ x: [0], y: [1e-4] }, { x: [0], y: [1] }], { name: "loss" });
  assert.ok(linear.low![0]! < 0); // what the geometric one is for
  assert.throws(
    () => meanCurve([{ x: [0], y: [0] }], { name: "loss", log: true }),
    /Cannot draw "loss" on a logarithmic axis as its values must be positive/,
  );
});

Deno.test("meanCurve() of a single run is the run, without a band", () => {
  for (const log of [false, true]) {
    const line = meanCurve([{ x: [1, 2], y: [3, 4] }], { name: "run", log });
    near(line.y, [3, 4]);
    assert.ok(!("low" in line) && !("high" in line));
  }
});

Deno.test("meanCurve() is drawn where all runs have a value", () => {
  const line = meanCurve([{ x: [1, 2, 3], y: [1, 2, 3] }, { x: [3, 2], y: [30, 20] }], { name: "run" });
  assert.deepEqual([line.x, line.y], [[2, 3], [11, 16.5]]);
  const apart = [{ x: [1], y: [1] }, { x: [2], y: [2] }];
  assert.throws(
    () => meanCurve(apart, { name: "run" }),
    /Cannot draw "run" as its runs have no place in common/,
  );
  assert.throws(() => meanCurve([], { name: "run" }), RangeError);
});

const PANEL = {
  title: "course",
  curve: ({ course }: Tosses) => ({ x: [1, 2], y: course }),
  x: { title: "toss" },
  y: { title: "heads" },
};
const OPTIONS = { ...TEXTS, of: COINS, alt: "Curves of coins." };
interface Row {
  readonly name: string;
  readonly y: number;
  readonly low?: number;
}
const specOf = (figure: unknown) => (figure as Figure).spec as Record<string, unknown>;
const rowsOf = (spec: unknown) =>
  JSON.stringify(spec).match(/\{"name":"[^"]*","x":[^}]*\}/g)!.map((row) => JSON.parse(row) as Row);

Deno.test("metricCurves() has a line for each variant in each panel, and says what bands are", async () => {
  const artefact = metricCurves({
    ...OPTIONS,
    panels: [PANEL, {
      ...PANEL,
      title: "in logarithms",
      variants: ["fair", "lone"],
      y: { title: "heads", log: true },
    }],
    subtitle: (groups) => `${groups.length} coins`,
  });
  assert.deepEqual(artefact.jobs(PLAN), COINS.jobs(PLAN));
  const figure = artefact.render(resultsWith(tosses)) as Figure;
  const { concat, columns, title } = specOf(figure) as {
    concat: unknown[];
    columns: number;
    title: { subtitle: string };
  };
  assert.equal(columns, 2);
  assert.equal(
    title.subtitle,
    "3 coins; mean and standard deviation (geometric on logarithmic axes) over 1 to 3 seeds",
  );
  const names = concat.map((panel) => [...new Set(rowsOf(panel).map(({ name }) => name))]);
  assert.deepEqual(names, [["fair coin", "bent coin", "lone"], ["fair coin", "lone"]]);
  const [arithmetic, geometric] = concat.map((panel) =>
    rowsOf(panel).filter(({ name }) => name === "fair coin")
  );
  near(arithmetic.map(({ y }) => y), [10, 200]);
  // 100 · ∛6, in the figure's six digits
  near(geometric.map(({ y }) => y), [10, 181.712]);
  // The coin that was tossed once has no band.
  assert.ok(rowsOf(concat[0]).every(({ name, low }) => (low === undefined) === (name === "lone")));
  assert.match(await renderSvg(figure), /bent coin/);
});

Deno.test("metricCurves() of one panel is a chart of its own", () => {
  const artefact = metricCurves({
    ...OPTIONS,
    variants: ["lone"],
    label: ({ metal }) => `coin of ${metal}`,
    colour: ({ metal }) => metal === "tin" ? "#abcdef" : undefined,
    panels: [{ ...PANEL, y: { title: "heads", log: true } }],
    heading: "Tossed",
  });
  const spec = specOf(artefact.render(resultsWith(tosses)));
  assert.ok(!("concat" in spec));
  assert.deepEqual(spec.title, { text: "Tossed", subtitle: "One seed" });
  assert.deepEqual([...new Set(rowsOf(spec).map(({ name }) => name))], ["coin of tin"]);
  assert.match(JSON.stringify(spec), /#abcdef/);
});

Deno.test("metricCurves() leaves out a panel without runs; if that is all, there is no figure", () => {
  const artefact = metricCurves({ ...OPTIONS, panels: [PANEL, { ...PANEL, variants: ["bent"] }] });
  const { concat } = specOf(artefact.render(resultsWith(tosses, COINS.jobs(PLAN, ["fair"])))) as {
    concat: unknown[];
  };
  assert.equal(concat.length, 1);
  assert.throws(() => artefact.render(resultsWith(tosses, [])), { name: "NoResults" });
});

Deno.test("spreadText() says how many seeds there are, and whether means are geometric", () => {
  const runs = (...counts: number[]) => counts.map((length) => ({ runs: Array.from({ length }) }));
  assert.equal(spreadText(runs(5, 5)), "Mean and standard deviation over 5 seeds");
  assert.equal(spreadText(runs(3, 5), "log"), "Geometric mean and standard deviation over 3 to 5 seeds");
  assert.equal(spreadText(runs(1, 1), "log"), "One seed");
});
