/** Values, names and sizes that other people's data has: nothing may be lost, merged or left unreadable. */
import assert from "node:assert/strict";
import {
  barChart,
  criticalDifference,
  figure,
  lineChart,
  panels,
  renderPng,
  renderSvg,
  scatterChart,
  sliderFigure,
  tableToHtml,
  tableToMarkdown,
} from "../../../lib/figures/mod.ts";
import type { Figure, Table } from "../../../lib/figures/mod.ts";
import { textBoxes } from "../../../lib/figures/_vega.ts";

const texts = { title: "t", alt: "" };
const x = { title: "x" }, y = { title: "y" };

type Row = Readonly<Record<string, number>>;
const rowsOf = ({ spec }: Figure) => (spec.data as { values: Row[] }).values;
// deno-lint-ignore no-explicit-any -- specifications are loosely typed
const layersOf = ({ spec }: Figure) => spec.layer as any[];

const OFFSETS: readonly (readonly [string, readonly number[]])[] = [
  ["Unix seconds", [1700000001, 1700000002, 1700000007]],
  ["Unix milliseconds", [1700000000001, 1700000000002, 1700000003600]],
  ["numbers of steps", [1234560, 1234561, 1234579]],
  ["many steps", Array.from({ length: 4000 }, (_, i) => 1000000 + i)],
  ["energies", [-40478.93, -40478.92, -40478.94]],
  ["losses at ln 2", [Math.LN2, Math.LN2 + 2e-7, Math.LN2 - 2e-7]],
  ["neighbouring floats", [1, 1 + 2 ** -50, 1 + 2 ** -49]],
  ["one second", [1700000001]],
];
for (const [what, values] of OFFSETS) {
  Deno.test(`figures keep ${what} apart, and their axis`, async () => {
    const chart = scatterChart(values.map((value) => ({ x: value, y: value })), { ...texts, x, y });
    const spread = Math.max(...values) - Math.min(...values) || 1;
    rowsOf(chart).forEach((row, i) => {
      for (const name of ["x", "y"]) {
        assert.ok(Math.abs(row[name] - values[i]) <= 1e-5 * spread, `${row[name]}, not ${values[i]}`);
      }
    });
    assert.equal(new Set(rowsOf(chart).map((row) => row.x)).size, new Set(values).size);
    const [low, high] = layersOf(chart)[0].encoding.x.scale.domain;
    assert.ok(
      low <= Math.min(...values) && Math.max(...values) <= high && low < high && high - low < 2 * spread + 1,
    );
    if (values.length > 100) return;
    const drawn = [...(await renderSvg(chart)).matchAll(/aria-label="x: ([^;]*);/g)];
    assert.equal(drawn.length, values.length);
  });
}

Deno.test("figures keep apart what a fixed axis shows apart, beside values that it does not show", () => {
  const domain = [1700000000, 1700000010] as const;
  const points = [0, 1700000001, 1700000002].map((x) => ({ x, y: 0 }));
  const chart = scatterChart(points, { ...texts, x: { ...x, domain }, y });
  assert.deepEqual(rowsOf(chart).map((row) => row.x), [0, 1700000001, 1700000002]);
  assert.deepEqual(layersOf(chart)[0].encoding.x.scale.domain, domain);
});

Deno.test("scatterChart() gives points their own size, and others the chart's", () => {
  const points = [{ x: 0, y: 0, size: 200 }, { x: 1, y: 1 }];
  const chart = scatterChart(points, { ...texts, x, y, pointSize: 40 });
  assert.deepEqual(rowsOf(chart).map((row) => row.size), [200, 40]);
  assert.equal(layersOf(chart)[0].encoding.size.field, "size");
  const plain = scatterChart([{ x: 0, y: 0 }], { ...texts, x, y });
  assert.equal(layersOf(plain)[0].encoding.size, undefined);
});

Deno.test("bands, sliders and free specifications keep values at an offset", () => {
  const at = 1700000000;
  const line = lineChart([{ name: "a", x: [0, 1], y: [at, at + 1], low: [at, at], high: [at + 2, at + 2] }], {
    ...texts,
    x,
    y,
  });
  assert.deepEqual(rowsOf(line).map(({ y, low, high }) => [y, low, high]), [[at, at, at + 2], [
    at + 1,
    at,
    at + 2,
  ]]);
  const slider = { name: "now", label: "time", min: at + 1, max: at + 9, step: 1, value: at + 4 };
  const values = [{ time: at + 1.5 }, { time: at + 2.5 }];
  const { spec } = sliderFigure({ data: { values }, mark: "point" }, { sliders: [slider], alt: "" });
  const [{ value, bind }] = spec.params as { value: number; bind: { min: number; max: number } }[];
  assert.deepEqual([value, bind.min, bind.max], [at + 4, at + 1, at + 9]);
  assert.deepEqual((spec.data as { values: unknown }).values, values);
});

Deno.test("figures still round what six digits show", () => {
  const { spec } = figure({ data: { values: [{ a: 1 / 3 }, { a: 1e6 / 7 }] }, width: 100 / 3 }, { alt: "" });
  assert.deepEqual([(spec.data as { values: unknown }).values, spec.width], [
    [{ a: 0.333333 }, { a: 142857 }],
    33.3333,
  ]);
});

Deno.test("a logarithmic axis has two ticks or more, also on a narrow fixed domain", () => {
  for (const domain of [[0.22, 0.27], [3.1, 4.2], [1.01e-7, 1.02e-7], [99, 100]] as const) {
    const chart = scatterChart([{ x: domain[0], y: 1 }], { ...texts, x: { ...x, log: true, domain }, y });
    const { values, labelExpr } = layersOf(chart)[0].encoding.x.axis;
    assert.ok(values.length >= 2, `${domain}`);
    assert.equal(new Set(JSON.parse(/^\[.*?\]/.exec(labelExpr)![0])).size, values.length, labelExpr);
  }
});

Deno.test("bars on a logarithmic axis start at its end", async () => {
  const value = { title: "ms", log: true };
  const bars = [{ label: "KNN", value: 0.02, error: 0.03 }, { label: "DDPM", value: 120 }, {
    label: "one",
    value: 1,
  }];
  const chart = barChart(bars, { ...texts, value });
  const [low, high] = layersOf(chart)[0].encoding.x.scale.domain;
  assert.equal(low, 0.01);
  for (const row of rowsOf(chart)) assert.ok(row.low === low && row.errorLow >= low && row.value > low * 1.4);
  assert.ok(high >= 120);
  await renderSvg(chart);
  // The shortest bar may be the only one.
  for (const least of [1, 1.6, 3, 9.9]) {
    const [only] = rowsOf(barChart([{ label: "a", value: least }], { ...texts, value }));
    assert.ok(only.low > 0 && only.low * 1.4 < least, `${only.low}, ${least}`);
  }
  for (const bad of [0, -1]) {
    assert.throws(() => barChart([{ label: "KNN", value: bad }], { ...texts, value }), {
      name: "RangeError",
      message: new RegExp(
        `bar "KNN" on the logarithmic axis "ms" .* must be positive: current value is ${bad}$`,
      ),
    });
  }
});

Deno.test("what would lie on each other by its name is refused", () => {
  const line = { name: "run", x: [0, 1], y: [0, 1] };
  assert.throws(() => lineChart([line, { ...line, y: [1, 0] }], { ...texts, x, y }), {
    name: "RangeError",
    message: /names of its series must differ: "run" occurs twice/,
  });
  const value = { title: "v" };
  const bar = { label: "KNN", value: 1 };
  assert.throws(() => barChart([bar, { ...bar, value: 2 }], { ...texts, value }), /"KNN" has two without/);
  assert.throws(
    () => barChart([{ ...bar, group: "a" }, { ...bar, group: "a" }], { ...texts, value }),
    /"KNN" has two of "a"/,
  );
  barChart([{ ...bar, group: "a" }, { ...bar, group: "b" }], { ...texts, value });
});

/** A table with a text in a cell. */
const tableOf = (text: string): Table => ({
  kind: "table",
  columns: [{ key: "method", title: "Method" }],
  rows: [{ method: text }],
  notes: [],
});

Deno.test("control characters are refused by the text's name", () => {
  assert.match(tableToMarkdown(tableOf("one\rtwo\r\nthree")), /\| one two three \|/);
  for (const bad of ["\x1b[31mKNN", "a\0b", "\x9bm", "\ud800", "\uffff", "\x7f"]) {
    const escaped = JSON.stringify(bad).slice(1, 5).replace(/[\\[]/g, "\\$&");
    for (
      const build of [
        () => scatterChart([{ x: 1, y: 1, label: bad }], { ...texts, x, y }),
        () => lineChart([{ name: bad, x: [1], y: [1] }], { ...texts, x, y }),
        () => scatterChart([{ x: 1, y: 1 }], { ...texts, title: bad, x, y }),
        () => scatterChart([{ x: 1, y: 1 }], { title: "t", alt: bad, x, y }),
        () => tableToMarkdown(tableOf(bad)),
        () => tableToHtml(tableOf(bad)),
      ]
    ) {
      assert.throws(build, (error: Error) => {
        assert.equal(error.name, "RangeError");
        assert.match(error.message, /must have no control characters: current value is "/);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(error.message, /[\x00-\x1f\x7f-\x9f]/, escaped);
        return true;
      });
    }
  }
});

Deno.test("renderPng() warns of scripts that its font lacks, and names the label", async () => {
  const chart = scatterChart(
    ["近邻", "KNN α ± ∞", "가까운", "नज़दीक", "a\u200db"].map((label, x) => ({ x, y: 1, label })),
    { ...texts, x, y },
  );
  const warnings: string[] = [];
  await renderPng(chart, { scale: 0.2, onWarning: (message) => warnings.push(message) });
  assert.equal(warnings.length, 3);
  for (const label of ["近邻", "가까운", "नज़दीक"]) {
    assert.ok(warnings.some((line) => line.includes(`"${label}"`)));
  }
  assert.match(await renderSvg(chart), /近邻/);
});

const LONG = `${"a_very_long_name_of_a_method_".repeat(5)}7`;
const LONG_CHARTS: Readonly<Record<string, () => Figure>> = {
  lineChart: () =>
    lineChart([LONG, `${LONG}8`, "short"].map((name, i) => ({ name, x: [0, 1], y: [i, 2 * i] })), {
      ...texts,
      x,
      y,
    }),
  scatterChart: () =>
    scatterChart([{ x: 0, y: 0, label: LONG }, { x: 1, y: 1, label: `${LONG}8` }], { ...texts, x, y }),
  barChart: () =>
    barChart([LONG, `${LONG}8`].map((label, value) => ({ label, value })), { ...texts, value: y }),
  criticalDifference: () =>
    criticalDifference([LONG, `${LONG}8`].map((name, i) => ({ name, rank: 1 + i })), {
      ...texts,
      criticalDifference: 0.5,
    }),
  "a title": () => {
    const title = "many words that make a title ".repeat(6);
    return scatterChart([{ x: 0, y: 0 }], { title, subtitle: title, alt: "", x: { title }, y: { title } });
  },
  panels: () => {
    const title = "many words that make a title ".repeat(6);
    const part = scatterChart([{ x: 0, y: 0 }], { title, alt: "", x, y, width: 300, height: 200 });
    return panels([part, part], { title, alt: "" });
  },
};
for (const [name, make] of Object.entries(LONG_CHARTS)) {
  Deno.test(`texts of 150 characters leave ${name} its plot, within the figure`, async () => {
    assert.ok(LONG.length >= 145);
    const chart = make();
    if (typeof chart.spec.width === "number") assert.ok(chart.spec.width >= 250, `${chart.spec.width}`);
    const { width, height, boxes } = await textBoxes(chart);
    assert.ok(width < 1400 && height < 900, `${width} × ${height}`);
    for (const { text, x1, x2, y1, y2 } of boxes) {
      assert.ok(x1 >= -1 && x2 <= width + 1 && y1 >= -1 && y2 <= height + 1, `${text} is cut off`);
    }
    // Start and end are kept, so that names which differ there can be told apart.
    const shortened = boxes.map(({ text }) => text).filter((text) => text.includes("…"));
    assert.ok(shortened.length === 0 || new Set(shortened).size >= 2, `${shortened}`);
  });
}

Deno.test("scatterChart() takes time in proportion to the number of unlabelled points", () => {
  const points = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ x: Math.sin(i), y: Math.cos(1.7 * i) }));
  scatterChart(points(100), { ...texts, x, y }); // loads the font
  const start = performance.now();
  const chart = scatterChart(points(20000), { ...texts, x, y });
  const seconds = (performance.now() - start) / 1000;
  assert.equal(rowsOf(chart).length, 20000);
  // Quadratic it took 36 s; now about 0.1 s.
  assert.ok(seconds < 3, `${seconds} s`);
});
