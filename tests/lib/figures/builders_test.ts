import { decode } from "fast-png";
import assert from "node:assert/strict";
import {
  barChart,
  criticalDifference,
  diagrams,
  findCliques,
  heatmap,
  lineChart,
  mosaic,
  panels,
  renderSvg,
  ridgeline,
  scatterChart,
  show,
  sliderFigure,
  stampProvenance,
  type Table,
  toMimeBundle,
} from "../../../lib/figures/mod.ts";
import { type AxisOptions, channel, makeScale, position, valueAt } from "../../../lib/figures/_axes.ts";
import { textWidth } from "../../../lib/figures/_fonts.ts";
import { placeLabels, spreadOut } from "../../../lib/figures/_labels.ts";
import { pngDataUrl } from "../../../lib/figures/_png.ts";
import { EXAMPLES } from "./_examples.ts";

Deno.test("findCliques() joins the largest groups within the critical difference", () => {
  const ranks = [1.5, 2, 2.4, 4, 4.5, 7];
  assert.deepEqual(findCliques(ranks, 1), [[0, 2], [3, 4]]);
  assert.deepEqual(findCliques(ranks, 2.2), [[0, 2], [1, 3], [2, 4]]);
  assert.deepEqual(findCliques(ranks, 0.5), [[1, 2]], "a difference equal to the critical one tells apart");
  assert.deepEqual(findCliques(ranks, 10), [[0, 5]]);
  assert.deepEqual(findCliques([1, 2, 3], 0.5), []);
});

Deno.test("diagrams() turns the heads of arrows along their links, y downwards", () => {
  const link = { from: [0.5, 0.5], colour: "black", arrow: true } as const;
  const ends = [[0.5, 0.1], [0.9, 0.5], [0.5, 0.9]] as const;
  const { spec } = diagrams([{ title: "a", links: ends.map((to) => ({ ...link, to })) }], {
    title: "arrows",
    alt: "Three arrows.",
    columns: 1,
  });
  const layers = spec.layer as { mark: { shape?: string }; data: { values: { angle: number }[] } }[];
  const heads = layers.find(({ mark }) => mark.shape === "triangle")!.data.values;
  assert.deepEqual(heads.map(({ angle }) => angle), [0, 90, 180], "clockwise from upwards");
});

Deno.test("makeScale() covers the values; position() and valueAt() are inverse", () => {
  for (const log of [false, true]) {
    const scale = makeScale({ title: "t", log }, [3, null, 40, 0.5], { length: 200 });
    for (const value of [0.5, 3, 40]) {
      const pixels = position(scale, value);
      assert.ok(pixels >= 0 && pixels <= 200);
      assert.ok(Math.abs(valueAt(scale, pixels) - value) < 1e-9);
    }
  }
  assert.deepEqual(makeScale({ title: "t", domain: [0, 1] }, [5], { length: 1 }).domain, [0, 1]);
});

Deno.test("makeScale() widens a logarithmic axis until it has two ticks", () => {
  const domain = (low: number, high: number) =>
    makeScale({ title: "t", log: true }, [low, high], { length: 1 }).domain;
  for (const [low, high] of [[0.0021, 0.0029], [30, 40], [9, 9], [1.1, 1.2]]) {
    const [first, last] = domain(low, high);
    assert.ok(Math.abs(last / first - 5) < 1e-9 || low === high, `${first} to ${last}`);
    assert.ok(first < low && high < last);
    assert.ok(Math.abs(first * last - low * high) < 1e-9 * low * high, "the values stay in the middle");
  }
  // Two ticks are enough.
  const [first, last] = domain(2, 6);
  assert.ok(last / first < 3.5, `${first} to ${last}`);
});

Deno.test("channel() puts ticks of a logarithmic axis at powers of ten, or at 1, 2, 5 on short ones", () => {
  const ticks = (domain: readonly [number, number]) => {
    const { axis } = channel(makeScale({ title: "t", log: true, domain }, [], { length: 300 }), "x");
    return (axis as { values: number[] }).values;
  };
  assert.deepEqual(ticks([1e-5, 0.1]), [1e-5, 1e-4, 1e-3, 0.01, 0.1]);
  assert.deepEqual(ticks([4, 60]), [5, 10, 20, 50]);
  // One way of writing on an axis.
  const labels = (options: Partial<AxisOptions>, domain: readonly [number, number]) => {
    const { axis } = channel(makeScale({ title: "t", ...options, domain }, [], { length: 300 }), "x");
    return JSON.parse(/^\[.*?\]/.exec((axis as { labelExpr: string }).labelExpr)![0]);
  };
  assert.deepEqual(labels({ log: true }, [10, 1e4]), ["10", "100", "1000", "10000"]);
  assert.deepEqual(labels({ log: true }, [10, 1e5]), ["10", "100", "1000", "10⁴", "10⁵"]);
  assert.deepEqual(labels({ log: true }, [1e-4, 1e-2]), ["10⁻⁴", "10⁻³", "0.01"]);
  const named = [{ value: 0.5, label: "none" }, { value: 1.5, label: "all" }];
  assert.deepEqual(labels({ ticks: named }, [0, 2]), ["none", "all"]);
});

Deno.test("spreadOut() keeps the order, the gap and the room, and moves nothing that is far apart", () => {
  assert.deepEqual(spreadOut([80, 10, 40], { gap: 10, low: 0, high: 100 }), [80, 10, 40]);
  assert.deepEqual(spreadOut([50, 50], { gap: 10, low: 0, high: 100 }), [45, 55]);
  assert.deepEqual(spreadOut([100, 99, 98], { gap: 10, low: 0, high: 100 }), [100, 90, 80]);
  const wanted = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5].map((x) => 10 * x);
  const moved = spreadOut(wanted, { gap: 8, low: 0, high: 100 });
  const sorted = moved.toSorted((a, b) => a - b);
  assert.ok(sorted[0] >= 0 && sorted.at(-1)! <= 100 + 1e-9);
  sorted.slice(1).forEach((value, i) => assert.ok(value - sorted[i] >= 8 - 1e-9));
  wanted.forEach((a, i) => wanted.forEach((b, j) => assert.ok(a >= b || moved[i] < moved[j])));
});

Deno.test("placeLabels() finds places that cover no label and no point, inside the plot", () => {
  const points = Array.from({ length: 16 }, (_, i) => ({
    x: 100 + 40 * (i % 4),
    y: 60 + 22 * Math.floor(i / 4),
    width: 30 + 4 * (i % 5),
    height: 12,
  }));
  const area = { x1: 0, y1: 0, x2: 320, y2: 240 };
  const places = placeLabels(points, { radius: 4, area });
  const boxes = places.map(({ x, y }, i) => {
    const { width, height } = points[i];
    return { x1: x - width / 2, y1: y - height / 2, x2: x + width / 2, y2: y + height / 2 };
  });
  const hits = (a: typeof area, b: typeof area) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;
  const dots = points.map(({ x, y }) => ({ x1: x - 4, y1: y - 4, x2: x + 4, y2: y + 4 }));
  boxes.forEach((box, i) => {
    assert.ok(box.x1 >= 0 && box.y1 >= 0 && box.x2 <= 320 && box.y2 <= 240);
    assert.deepEqual(dots.filter((dot) => hits(box, dot)), [], `label ${i} covers a point`);
    assert.deepEqual(boxes.filter((other, j) => j > i && hits(box, other)), [], `label ${i} covers a label`);
  });
});

Deno.test("textWidth() measures DejaVu Sans", () => {
  // Advances of the font's own table, per 2048: D 1577, T 1251, E 1294; bold D 1700, T 1397, E 1399.
  const ems = (units: number) => units / 2048;
  assert.ok(Math.abs(textWidth("DTE", { fontSize: 10 }) - 10 * ems(1577 + 1251 + 1294)) < 1e-9);
  assert.ok(
    Math.abs(textWidth("DTE", { fontSize: 10, fontWeight: "bold" }) - 10 * ems(1700 + 1397 + 1399)) < 1e-9,
  );
});

Deno.test("pngDataUrl() writes the pixels that were given", async () => {
  const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7, 6, 5, 4, 3, 2, 1);
  const { width, height, channels, data } = decode(
    await (await fetch(pngDataUrl(rgb, { width: 3, height: 2 }))).bytes(),
  );
  assert.deepEqual({ width, height, channels, data }, { width: 3, height: 2, channels: 3, data: rgb });
});

Deno.test("barChart() orders the labels by value, or as given", () => {
  const bars = [{ label: "a", value: 1 }, { label: "b", value: 3 }, { label: "c", value: 2 }];
  const order = (sort: "descending" | "ascending" | "none") => {
    const { spec } = barChart(bars, { title: "t", value: { title: "v" }, sort, alt: "" });
    return (spec.layer as { encoding: { y: { sort: string[] } } }[])[0].encoding.y.sort;
  };
  assert.deepEqual(order("descending"), ["b", "c", "a"]);
  assert.deepEqual(order("ascending"), ["a", "c", "b"]);
  assert.deepEqual(order("none"), ["a", "b", "c"]);
});

const axes = { x: { title: "x" }, y: { title: "y" } };
const texts = { title: "t", alt: "" };
const grid = { x: [0, 1] as const, y: [0, 1] as const, columns: 2, rows: 2 };
const slider = { name: "now", label: "time", min: 0, max: 3, step: 0.1, value: 1.5 };
Deno.test("heatmap() marks the ends of paths, not of outlines", () => {
  const marks = (kind: "paths" | "outlines") => {
    const { spec } = heatmap({ [kind]: [[[0, 0], [1, 1]]] }, { ...texts, ...axes });
    return (spec.layer as { mark: { type: string } }[]).map(({ mark: { type } }) => type);
  };
  assert.deepEqual(marks("paths"), ["line", "point"]);
  assert.deepEqual(marks("outlines"), ["line"]);
});

const BAD: readonly (readonly [string, () => unknown, RegExp])[] = [
  ["lineChart() without series", () => lineChart([], { ...texts, ...axes }), /number of series is 0/],
  [
    "lineChart() with lists of unequal length",
    () => lineChart([{ name: "a", x: [1, 2], y: [1] }], { ...texts, ...axes }),
    /"a".* 2 values: current lengths are 1/,
  ],
  [
    "lineChart() with NaN",
    () => lineChart([{ name: "a", x: [1], y: [NaN] }], { ...texts, ...axes }),
    /finite.* NaN$/,
  ],
  ["scatterChart() without points", () => scatterChart([], { ...texts, ...axes }), /number of values is 0/],
  [
    "scatterChart() with 0 on a logarithmic axis",
    () => scatterChart([{ x: 0, y: 1 }], { ...texts, x: { title: "Time", log: true }, y: axes.y }),
    /"Time".*positive.* 0$/,
  ],
  [
    "barChart() without bars",
    () => barChart([], { ...texts, value: { title: "v" } }),
    /number of values is 0/,
  ],
  ["heatmap() of nothing", () => heatmap({}, { ...texts, ...axes }), /number of values is 0/],
  [
    "heatmap() with too few values",
    () => heatmap({ grid: { ...grid, values: [1] } }, { ...texts, ...axes }),
    /2 × 2 values: current number is 1/,
  ],
  [
    "heatmap() with NaN",
    () => heatmap({ grid: { ...grid, values: [1, 2, NaN, 3] } }, { ...texts, ...axes }),
    /finite: current value is NaN/,
  ],
  [
    "criticalDifference() of one method",
    () => criticalDifference([{ name: "a", rank: 1 }], { ...texts, criticalDifference: 1 }),
    /2 methods: current number is 1/,
  ],
  [
    "ridgeline() without curves",
    () => ridgeline([], { ...texts, x: axes.x, z: axes.y }),
    /number of curves is 0/,
  ],
  ["mosaic() without tiles", () => mosaic([{ title: "a", tiles: [] }], texts), /number of tiles is 0/],
  [
    "mosaic() with too few values",
    () => mosaic([{ title: "a", tiles: [{ rows: 2, columns: 2, values: [1] }] }], texts),
    /2 × 2 values: current number is 1/,
  ],
  [
    "mosaic() with NaN",
    () => mosaic([{ title: "a", tiles: [{ rows: 1, columns: 1, values: [NaN] }] }], texts),
    /finite: current value is NaN/,
  ],
  ["diagrams() without panels", () => diagrams([], { ...texts, columns: 2 }), /number is 0/],
  [
    "diagrams() with a node outside",
    () => {
      const nodes = [{ x: 1.2, y: 0, colour: "red", size: 0.1 }];
      return diagrams([{ title: "a", nodes }], { ...texts, columns: 2 });
    },
    /unit square: current value is 1.2, 0/,
  ],
  [
    "sliderFigure() with a value out of range",
    () => sliderFigure({}, { sliders: [{ ...slider, value: 4 }], alt: "" }),
    /"now".*\[0, 3\].*current values are 4 and 0.1/,
  ],
  [
    "sliderFigure() with a name that is no identifier",
    () => sliderFigure({}, { sliders: [{ ...slider, name: "a b" }], alt: "" }),
    /identifier: current value is "a b"/,
  ],
  ["panels() without figures", () => panels([], texts), /number of figures is 0/],
];
for (const [what, build, message] of BAD) {
  Deno.test(`${what} is refused`, () => assert.throws(build, { name: "RangeError", message }));
}

const provenance = {
  paper: "2305.18593",
  artefact: "figure-1",
  profile: "smoke",
  commit: null,
  seeds: [0],
  digests: {},
  standIns: ["a/1", "a/2", "a/3", "a/4"],
};

Deno.test("stampProvenance() keeps the figure's own title and says stand-in only where it is", () => {
  const own = EXAMPLES.lineChart;
  const stamped = stampProvenance(own, provenance);
  assert.deepEqual(stamped.spec.title, {
    text: "Lines that end together",
    subtitle: ["One line", "and another", "Stand-in data, not the published sets: a/1, a/2, a/3 and 1 more"],
  });
  assert.deepEqual(stamped.spec.usermeta, { provenance });
  const real = stampProvenance(own, { ...provenance, standIns: [] });
  assert.deepEqual(real.spec.title, own.spec.title);
  const table: Table = { kind: "table", columns: [], rows: [], notes: ["first"] };
  assert.deepEqual(stampProvenance(table, provenance).notes, [
    "first",
    "Stand-in data, not the published sets: a/1, a/2, a/3 and 1 more.",
  ]);
  assert.deepEqual(stampProvenance(table, { ...provenance, standIns: [] }), table);
});

Deno.test("toMimeBundle() gives a figure as vega-lite and as PNG", async () => {
  const bundle = await toMimeBundle(EXAMPLES.lineChart);
  assert.equal(bundle["application/vnd.vegalite.v5+json"], EXAMPLES.lineChart.spec);
  assert.match(bundle["image/png"] as string, /^iVBORw0KGgo[A-Za-z0-9+/]+=*$/);
  assert.equal(bundle["text/plain"], "An example.");
});

Deno.test("toMimeBundle() gives a text as it is", async () => {
  assert.deepEqual(await toMimeBundle("two\nlines"), { "text/plain": "two\nlines" });
});

Deno.test("show() says that it needs a notebook", async () => {
  await assert.rejects(show(EXAMPLES.lineChart), /not a notebook/);
});

Deno.test("specifications hold nothing but JSON", () => {
  for (const [name, { spec }] of Object.entries(EXAMPLES)) {
    assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec, name);
  }
});

Deno.test("sliderFigure() binds a slider to a parameter; pictures show its first value", async () => {
  const at = (value: number) =>
    sliderFigure({
      width: 100,
      height: 100,
      data: { values: [0, 1, 2, 3].map((time) => ({ time })) },
      transform: [{ filter: "datum.time <= now" }],
      mark: "point",
      encoding: { x: { field: "time", type: "quantitative" } },
    }, { sliders: [{ ...slider, value }], alt: "" });
  assert.deepEqual(at(2).spec.params, [
    { name: "now", value: 2, bind: { input: "range", min: 0, max: 3, step: 0.1, name: "time " } },
  ]);
  for (const [value, points] of [[0, 1], [2, 3], [3, 4]]) {
    const found = (await renderSvg(at(value))).match(/aria-roledescription="point"/g);
    assert.equal(found?.length, points);
  }
});
