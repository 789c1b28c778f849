/** Results as models of known quality would give them, measured on synthetic catalogues. */
import { type GalaxyCatalogue, type GalaxyShapes, redrawShapes } from "../../../lib/data/mod.ts";
import { type Ellipticities, projectShapes } from "../../../lib/methods/galaxy_graphs/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import {
  halvesOf,
  makeCatalogue,
  takeRows,
} from "../../../reproductions/2212.05596/experiments/_catalogue.ts";
import {
  majorAxes,
  measureAxes,
  measureEllipticities,
} from "../../../reproductions/2212.05596/experiments/_measure.ts";
import type { MeasureConfig } from "../../../reproductions/2212.05596/experiments/_statistics.ts";
import type { TrainingResult } from "../../../reproductions/2212.05596/experiments/training.ts";

const MEASURE: MeasureConfig = { bins: { from: 0.1, to: 12, bins: 9 }, depth: 20, regionsPerSide: 3 };
const CATALOGUE = { box: 125, mesh: 128, number: 0.012, preset: "strong" } as const;

/** The catalogue of a seed and new shapes for it, made once. */
const catalogues = new Map<number, ReturnType<typeof make>>();
function make(seed: number) {
  const synthetic = makeCatalogue(CATALOGUE, seed);
  const halves = halvesOf(synthetic.catalogue, seed);
  const redrawn = [1, 2, 3].map((k) => redrawShapes(synthetic, { seed: 50 * seed + k }));
  return { halves, redrawn };
}

/** Changes what a perfect model would make. */
export interface Flaw {
  /** Galaxies whose axes point anywhere instead. */
  readonly lost?: "all" | "central" | "satellite";
  /** Ellipticities are multiplied by this. */
  readonly spread?: number;
  /** Halves that the flaw concerns. @default both */
  readonly only?: "train" | "test";
}

/** Unit vectors that point anywhere. */
function anywhere(seed: number, count: number): Float64Array {
  const axes = stream(seed, "anywhere").normal(new Float64Array(3 * count));
  for (let i = 0; i < axes.length; i += 3) {
    const length = Math.hypot(axes[i], axes[i + 1], axes[i + 2]);
    for (let k = 0; k < 3; k++) axes[i + k] /= length;
  }
  return axes;
}

const takeShapes = (shapes: GalaxyShapes, rows: Int32Array): GalaxyShapes => ({
  axes: takeRows(shapes.axes, rows, 9),
  intermediateRatio: takeRows(shapes.intermediateRatio, rows, 1),
  minorRatio: takeRows(shapes.minorRatio, rows, 1),
});

function flawed(
  axes: Float64Array,
  { central, galaxies }: GalaxyCatalogue,
  lost: Flaw["lost"],
  seed: number,
) {
  const random = anywhere(seed, galaxies);
  return axes.map((x, i) => {
    const kind = central[Math.floor(i / 3)] ? "central" : "satellite";
    return lost === "all" || lost === kind ? random[i] : x;
  });
}

type Half = "train" | "test";
type Output = "axis" | "ellipticity";

/** What is measured on one half of a seed's catalogue. */
function measure(
  seed: number,
  { output, half, lost, spread = 1 }: { readonly output: Output; readonly half: Half } & Flaw,
) {
  if (!catalogues.has(seed)) catalogues.set(seed, make(seed));
  const { halves, redrawn } = catalogues.get(seed)!;
  const { catalogue, rows } = halves[half];
  const shapes = redrawn.map((drawn) => takeShapes(drawn, rows));
  const common = { measure: MEASURE, seed };
  if (output === "axis") {
    const draws = shapes.slice(0, 2).map(({ axes }, k) =>
      flawed(majorAxes(axes), catalogue, lost, 10 * seed + k)
    );
    return measureAxes(catalogue, { ...common, draws, oracle: shapes[2].axes });
  }
  const draws = shapes.slice(0, 2).map((drawn): Ellipticities => {
    const { e1, e2 } = projectShapes(drawn);
    if (lost === undefined) return { e1: e1.map((x) => spread * x), e2: e2.map((x) => spread * x) };
    // Shapes of other galaxies: right in spread, aligned with nothing.
    const order = stream(seed, "others").permutation(e1.length);
    return { e1: e1.map((_, i) => e1[order[i]]), e2: e2.map((_, i) => e2[order[i]]) };
  });
  return measureEllipticities(catalogue, { ...common, draws, oracle: projectShapes(shapes[2]) });
}

/** What was measured: a flaw of one half leaves the other as others have it. */
const known = new Map<string, ReturnType<typeof measure>>();

function measured(output: Output, { only, lost, spread }: Flaw, seed: number, half: Half) {
  const flaw = only === undefined || only === half ? { lost, spread } : {};
  const key = JSON.stringify([output, flaw, seed, half]);
  if (!known.has(key)) known.set(key, measure(seed, { output, half, ...flaw }));
  return known.get(key)!;
}

/** What a model with this flaw gives on a seed's catalogue; without a flaw it draws from the true law. */
export function resultOf(output: Output, flaw: Flaw = {}): (seed: number) => TrainingResult {
  return (seed) => ({
    train: measured(output, flaw, seed, "train"),
    test: measured(output, flaw, seed, "test"),
    history: { iteration: [], distance: [], penalty: [] },
    snapshots: [],
    chosen: 0,
    map: null,
  });
}
