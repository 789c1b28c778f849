import { decode } from "fast-png";
import assert from "node:assert/strict";
import process from "node:process";
import { type Figure, figure, renderPng, renderSvg } from "../../../lib/figures/mod.ts";
import { textBoxes } from "../../../lib/figures/_vega.ts";
import { EXAMPLES } from "./_examples.ts";

const warnings: Error[] = [];
process.on("warning", (warning) => warnings.push(warning));

/** What must be in each example's SVG: mark groups, and words. */
const CONTENT: Readonly<Record<string, readonly string[]>> = {
  lineChart: ["mark-area", "mark-line", "mark-symbol", ">non-parametric<", ">y = x<", ">and another<"],
  "lineChart, log axes": ["mark-line", ">10⁻⁵<", ">10⁻³<", ">DTE-C<"],
  scatterChart: ["mark-symbol", ">FeatureBagging<", ">0.01<", ">diffusion<"],
  "scatterChart, crowded": ["mark-rule", ">far<"],
  barChart: ["mark-rect", ">81.5<", ">reported<", ">classical<"],
  "barChart, grouped": ["mark-rect", "mark-rule", ">unsupervised<"],
  heatmap: ["<image ", "data:image/png;base64,", "mark-rule", "mark-symbol", ">Density<"],
  "heatmap, diverging": ["<image ", "rgb(5, 48, 97)", "rgb(103, 0, 31)", ">Density<"],
  criticalDifference: ["mark-rule", ">CD = 2.50<", ">11.85\u2002DROCC<"],
  ridgeline: ["mark-area", ">True step s<"],
  panels: [">a\u2002Data<", ">d\u2002Field<", "<image ", ">Panels<"],
  "panels with legends": [">a\u2002Mean AUROC<", ">b\u2002Mean AUROC<"],
  mosaic: ["<image ", "data:image/png;base64,", ">Penalised<", ">Convolution<"],
  diagrams: ["mark-rule", "mark-symbol", ">Cluster<", ">2<"],
  sliderFigure: ["mark-symbol", ">height<"],
  stampProvenance: [
    "<metadata>",
    ">Stand-in data, not the published sets: adbench/6_cardio, adbench/14_glass<",
  ],
};

for (const [name, example] of Object.entries(EXAMPLES)) {
  Deno.test(`renderSvg() draws ${name}, twice the same`, async () => {
    const svg = await renderSvg(example);
    assert.ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"') && svg.endsWith("</svg>"));
    assert.ok(svg.includes(`<title>${example.alt}`));
    assert.ok(!svg.includes("NaN") && !svg.includes("undefined"));
    for (const part of CONTENT[name]) assert.ok(svg.includes(part), part);
    assert.equal(await renderSvg(example), svg);
  });

  Deno.test(`the text of ${name} is inside the figure and does not overlap`, async () => {
    const { width, height, boxes } = await textBoxes(example);
    assert.ok(boxes.length > 3);
    assert.ok(width > 300 && width <= 1450 && height > 100, `${width} × ${height}`);
    for (const { text, x1, y1, x2, y2 } of boxes) {
      assert.ok(x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height, `"${text}" is cut off`);
    }
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        if (a.text === b.text && a.x1 === b.x1 && a.y1 === b.y1) continue; // a label and its white edge
        const across = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
        const down = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
        // Boxes include the space between lines, so neighbours may touch.
        assert.ok(across < 1 || down < 3, `"${a.text}" overlaps "${b.text}"`);
      }
    });
  });
}

Deno.test("renderSvg() does not depend on what was drawn before", async () => {
  const alone = await renderSvg(EXAMPLES.lineChart);
  const [first, , second] = await Promise.all([
    renderSvg(EXAMPLES.lineChart),
    renderSvg(EXAMPLES.panels),
    renderSvg(EXAMPLES.lineChart),
  ]);
  assert.equal(first, alone);
  assert.equal(second, alone);
});

Deno.test("loading Vega prints no deprecation warning", () => {
  assert.deepEqual(warnings, []);
  assert.ok(!process.noDeprecation, "other warnings are still shown");
});

Deno.test("renderPng() writes a PNG of the figure's size times the scale, on white", async () => {
  const svg = await renderSvg(EXAMPLES.lineChart);
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
  for (const scale of [1, 2]) {
    const png = decode(await renderPng(EXAMPLES.lineChart, { scale }));
    assert.ok(Math.abs(png.width - scale * width) <= 1);
    assert.ok(Math.abs(png.height - scale * height) <= 1);
    assert.deepEqual([...png.data.subarray(0, 3)], [255, 255, 255]);
    assert.ok(png.data.some((value) => value < 128), "it shows something");
  }
});

const plain = {
  data: { values: [{ x: 1 }] },
  mark: "point",
  encoding: { x: { field: "x", type: "quantitative" } },
};
const BAD: readonly (readonly [string, object, RegExp])[] = [
  [
    "an unknown channel",
    { ...plain, encoding: { ...plain.encoding, z: { field: "x" } } },
    /z-encoding is dropped/,
  ],
  ["a scale that does not fit", {
    ...plain,
    encoding: { x: { field: "x", type: "quantitative", scale: { type: "log", zero: true } } },
  }, /does not work with log/],
  [
    "data at an address",
    { ...plain, data: { url: "https://example.org/data.csv" } },
    /must be inline.*example\.org/,
  ],
  ["an image at an address", {
    ...plain,
    mark: "image",
    encoding: { url: { value: "file:///etc/passwd" }, ...plain.encoding },
  }, /must be inline/],
  ["a link that runs a program", {
    ...plain,
    encoding: { ...plain.encoding, href: { value: "javascript:alert(1)" } },
  }, /its links must be https, http, mailto or #: current value is javascript:alert\(1\)/],
  ["a link to a file", {
    ...plain,
    encoding: { ...plain.encoding, href: { value: "file:///etc/passwd" } },
  }, /its links must be/],
  ["no mark", { data: plain.data }, /Invalid specification/],
];
for (const [what, spec, message] of BAD) {
  Deno.test(`renderSvg() refuses a specification with ${what}`, async () => {
    const bad: Figure = figure(spec as Figure["spec"], { alt: "" });
    await assert.rejects(renderSvg(bad), (error: Error) => {
      assert.equal(error.name, "SyntaxError");
      assert.match(error.message, /^Cannot draw the figure: /);
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  });
}

Deno.test("figure() lets a specification override the theme, key by key", () => {
  const { spec } = figure({ ...plain, config: { axis: { grid: false }, font: "serif" } }, { alt: "" });
  const { axis, font } = spec.config as { axis: Record<string, unknown>; font: string };
  assert.equal(font, "serif");
  assert.deepEqual([axis.grid, axis.ticks], [false, false]);
});

Deno.test("renderSvg() keeps links that lead to a page", async () => {
  const encoding = { ...plain.encoding, href: { value: "https://arxiv.org/abs/2305.18593" } };
  const linked: Figure = figure({ ...plain, encoding } as Figure["spec"], { alt: "" });
  assert.match(await renderSvg(linked), /href="https:\/\/arxiv\.org\/abs\/2305\.18593"/);
});
