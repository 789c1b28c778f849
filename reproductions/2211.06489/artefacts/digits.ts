import {
  barChart,
  type Figure,
  lineChart,
  type LineSeries,
  mosaic,
  panels,
  panelWidth,
  scatterChart,
  type Tile,
} from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  metricTable,
  type NameOf,
  NoResults,
  type Results,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { SIDE } from "../experiments/_digits.ts";
import { reportedError } from "../_reported.ts";
import { DIGITS, TIMING } from "../studies.ts";

/** A digit of a result as a tile. */
const tile = (encoded: string): Tile => ({
  rows: SIDE,
  columns: SIDE,
  values: Uint8Array.fromBase64(encoded),
  domain: [0, 255],
});

/** Its ink black on white. */
const ink = (encoded: string): Tile => {
  const { rows, columns, values, domain } = tile(encoded);
  return { rows, columns, values: Array.from(values, (value) => 255 - value), domain };
};

const first = (results: Results, name: NameOf<typeof DIGITS>) => DIGITS.result(results, name);

/** What the paper's first figure explains, on a digit of ours. */
export const orbitFigure: Artefact = {
  id: "figure-1",
  kind: "figure",
  location: "Figure 1 (another picture of the same idea)",
  title: "A digit in eight poses, and what the network sees",
  caption:
    "A test digit turned by eight angles (left), and what the network behind the canonicalizer sees (right). Over C4 the eight turns " +
    "fall into two orbits, over C64 all of them come to one pose, up to interpolation.",
  jobs: (plan) => DIGITS.jobs(plan, ["c4", "c64"]),
  render(results): Figure {
    const [coarse, fine] = [first(results, "c4"), first(results, "c64")];
    if (coarse.orbit.length === 0) throw new NoResults("no digits were kept");
    return mosaic([
      { title: "turned by 0°, 45°, …, 315°", tiles: coarse.orbit.map(({ original }) => ink(original)) },
      { title: "canonical, C4", tiles: coarse.orbit.map(({ canonical }) => ink(canonical)) },
      { title: "canonical, C64", tiles: fine.orbit.map(({ canonical }) => ink(canonical)) },
    ], {
      title: "A digit in eight poses, and what the network sees",
      subtitle: "One test digit at eight angles, and the pose in which the network sees it",
      tilesPerRow: 4,
      groupsPerRow: 3,
      colours: "grey",
      alt: "A digit turned by eight angles, and its canonical poses over C4 and C64.",
    });
  },
};

/** Values over the circle, from the middle (least) outwards (largest). */
function ring(values: readonly number[]): { x: number[]; y: number[] } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const radius = (value: number) => 0.3 + 0.7 * (value - low) / (high - low || 1);
  const at = (of: (angle: number) => number) =>
    values.map((value, k) => radius(value) * of(2 * Math.PI * k / values.length));
  return { x: at(Math.cos), y: at(Math.sin) };
}

/** The energy ring of Figure 2. */
export const ringFigure: Artefact = {
  id: "figure-2",
  kind: "figure",
  location: "Figure 2",
  title: "Poses of one digit, rated",
  caption:
    "How each canonicalizer rates the poses of one test digit, in polar coordinates: the angle is the pose, the distance from the " +
    "middle its activation (direct) or minus its energy (by optimization); the outermost point is the pose that is chosen.",
  jobs: (plan) => DIGITS.jobs(plan, ["c64", "opt"]),
  render(results): Figure {
    const charts = (["c64", "opt"] as const).map((name) => {
      const { label } = DIGITS.group(results, name);
      const { landscape } = first(results, name);
      if (landscape === null) throw new NoResults("no ratings were kept");
      const { x, y } = ring(landscape);
      const best = landscape.indexOf(Math.max(...landscape));
      const points = landscape.map((_, k) => ({
        x: x[k],
        y: y[k],
        group: k === best ? "highest" : "pose",
        ...k === best && { label: `${Math.round(360 * k / landscape.length)}°` },
      }));
      const axis = { title: "", domain: [-1.15, 1.15] as const };
      return scatterChart(points, {
        title: label,
        x: axis,
        y: axis,
        width: panelWidth(2),
        height: panelWidth(2),
        pointSize: 30,
        alt: `Ratings of the poses of a digit by ${label}.`,
      });
    });
    return panels(charts, {
      title: "Poses of one digit, rated",
      subtitle: "Distance from the middle: activation, or minus the energy, from least to largest",
      columns: 2,
      alt: "Two rings of points, the ratings of poses by a direct and an optimised canonicalizer.",
    });
  },
};

const GRID = ["c4", "c64", "frozen", "pca", "opt"] as const;

/** Digits before and after canonicalization. */
export const gridFigure: Artefact = {
  id: "figure-3",
  kind: "figure",
  location: "Figure 3",
  title: "Digits in their canonical poses",
  caption:
    "Test digits, a column per class, as they are and as the canonicalizers turn them. Whether a class comes to one pose shows " +
    "what was learned: nothing tells a canonicalizer that poses should be upright.",
  jobs: (plan) => DIGITS.jobs(plan, [...GRID]),
  render(results): Figure {
    const groups = DIGITS.groups(results, [...GRID]);
    const grid = (pick: "original" | "canonical", samples: ReturnType<typeof first>["samples"]) => {
      const rows = Math.min(
        ...Array.from({ length: 10 }, (_, k) => samples.filter(({ label }) => label === k).length),
      );
      return Array.from(
        { length: rows },
        (_, row) =>
          Array.from({ length: 10 }, (_, k) => ink(samples.filter(({ label }) => label === k)[row][pick])),
      ).flat();
    };
    const own = groups.flatMap(({ label, runs: [{ result }] }) =>
      result.samples.length === 0 ? [] : [{ title: label, tiles: grid("canonical", result.samples) }]
    );
    if (own.length === 0 || own[0].tiles.length === 0) throw new NoResults("no digits were kept");
    return mosaic([
      { title: "test digits", tiles: grid("original", groups[0].runs[0].result.samples) },
      ...own,
    ], {
      title: "Digits in their canonical poses",
      subtitle: "A column per class; the network sees only these poses",
      tilesPerRow: 10,
      groupsPerRow: 2,
      colours: "grey",
      alt: "Grids of digits before and after canonicalization.",
    });
  },
};

/** Time over the order of the group. */
export const orderFigure: Artefact = {
  id: "figure-4",
  kind: "figure",
  location: "Figure 4",
  title: "Inference time over the order of the group",
  caption:
    "Milliseconds a digit of the canonicalized CNN and of the equivariant network, by the order of the group (left), and test errors of " +
    "the canonicalized CNN by order (right; the paper's bubbles in two panels).",
  jobs: (plan) => [...TIMING.jobs(plan, ["digits"]), ...DIGITS.jobs(plan, ["c4", "c16", "c64", "group"])],
  render(results): Figure {
    const { config, runs: [{ result }] } = TIMING.group(results, "digits");
    if (config.task !== "digits") throw new NoResults("no times of digits");
    const line = (kind: "discrete" | "group", name: string): LineSeries => {
      const own = config.models.flatMap((model, i) =>
        model.kind === kind ? [{ order: model.order, time: result.milliseconds[i].median }] : []
      );
      return { name, x: own.map(({ order }) => order), y: own.map(({ time }) => time), points: true };
    };
    const times = lineChart([line("discrete", "CN-CNN"), line("group", "G-CNN")], {
      title: "time",
      x: { title: "order of the group", log: true },
      y: { title: "ms a digit", log: true },
      width: panelWidth(2),
      height: 220,
      alt: "Time over order.",
    });
    const bars = DIGITS.groups(results, ["group", "c4", "c16", "c64"]).map(({ label, runs }) => ({
      label,
      value: mean(runs.map((run) => run.result.error)),
    }));
    const errors = barChart(bars, {
      title: "test error",
      value: { title: "%" },
      sort: "none",
      width: panelWidth(2),
      alt: "Test errors by order.",
    });
    return panels([times, errors], {
      title: "Inference time over the order of the group",
      subtitle: "Untrained networks, one thread; the G-CNN's width is that of Table 1",
      columns: 2,
      alt: "Inference time over the order of the group, and test errors.",
    });
  },
};

const ROWS: Partial<Record<NameOf<typeof DIGITS>, string>> = {
  cnn: "CNN",
  group: "G-CNN (p4)",
  frozen: "CN(p4 & frozen)-CNN",
  pca: "CN(PCA)-CNN",
  opt: "CN(OPT)-CNN",
  c4: "CN(p4)-CNN",
  c64: "CN(p64)-CNN",
};

/** Table 1. */
export const digitTable: Artefact = metricTable({
  id: "table-1",
  location: "Table 1",
  title: "Rotated digits",
  caption:
    "Test errors, and how labels and poses behave under further turns. Reported values are of the paper's scale: 10 000 digits, 100 " +
    "epochs, width 32.",
  of: DIGITS,
  rows: "Network",
  columns: {
    error: {
      title: "Test error (%)",
      digits: 2,
      value: ({ error }) => error,
      reported: ({ name }) => reportedError(ROWS[name] ?? ""),
      note:
        "in brackets the reported value, from a public leaderboard's machine extraction of the paper's Table 1",
    },
    quarter: {
      title: "Changed by 90° (%)",
      digits: 2,
      value: ({ quarterChanges }) => quarterChanges,
      note: "digits whose label changes under a further turn by 90°, 180° or 270°",
    },
    eighth: {
      title: "Changed by 45° (%)",
      digits: 2,
      value: ({ eighthChanges }) => eighthChanges,
      note: "under a further turn by 45°, which interpolates",
    },
    alignment: {
      title: "Alignment",
      digits: 3,
      value: ({ alignment }) => alignment,
      note: "mean cosine of canonical digits to their class's mean picture: 1 if a class has one picture",
    },
    parameters: { title: "Parameters", digits: 0, value: ({ parameters }) => parameters },
  },
});
