import type { Experiment } from "../../../lib/harness/mod.ts";
import { diffusionSchedule } from "../../../lib/methods/diffusion_time/mod.ts";
import { neighbourIndex } from "../../../lib/anomaly/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import type { Matrix } from "../../../lib/stats/mod.ts";

/** Resolution of the plane and length of the flow. */
export type ToyConfig = { readonly grid: number; readonly flowSteps: number; readonly flowSamples: number };

/** Fields over the square [−extent, extent]², row by row from below. */
export type ToyResult = {
  readonly extent: number;
  readonly grid: number;
  readonly data: readonly (readonly [number, number])[];
  /** Kernel density at the lowest noise level. */
  readonly density: readonly number[];
  /** Its gradient on a coarser grid: [x, y, ∂x, ∂y]. */
  readonly densityGradient: readonly (readonly [number, number, number, number])[];
  /** Mode of the posterior over σ². */
  readonly mode: readonly number[];
  /** Its negative gradient on a coarser grid. */
  readonly modeGradient: readonly (readonly [number, number, number, number])[];
  /** Paths of samples that follow the negative gradient. */
  readonly flow: readonly (readonly (readonly [number, number])[])[];
  /** Mean distance of the samples to the nearest data point, before and after the flow. */
  readonly distanceBefore: number;
  readonly distanceAfter: number;
};

/** Half the side of the plane that is drawn, in standard deviations. */
const EXTENT = 2.5;
const NEIGHBOURS = 5;
/** Arrows per side. */
const ARROWS = 20;
/** Step size of the flow along −∇(m/d), m/d = mode of the posterior. */
const FLOW_RATE = 0.1;
/** Steps between recorded points of a path. */
const PATH_STRIDE = 5;
/** Diffusion length whose lowest step gives the kernel width, as in the DDPM baseline. */
const DDPM_STEPS = 1000;
/** The lowest step is too narrow to see (σ = 0.01): its variance is multiplied by this factor. */
const KERNEL_WIDENING = 100;

/** The two-dimensional example (paper Fig. 2): density, posterior mode, their gradients and the flow. */
export const toy: Experiment<ToyConfig, ToyResult> = {
  id: "toy",
  title: "Two-dimensional example",
  module: import.meta.url,
  usesExecutor: false,
  data: () => ["dte-toy/spiral"],
  cost: ({ grid }) => grid * grid / 10_000,
  async run({ grid, flowSteps, flowSamples }, context) {
    const { value: data } = await context.loadData<Matrix>("dte-toy/spiral");
    const variance = KERNEL_WIDENING * diffusionSchedule(DDPM_STEPS).variances[0];
    const cells = plane(grid);
    const arrows = plane(ARROWS);
    const uniform = stream(context.seed, "flow").uniform(new Float64Array(2 * flowSamples));
    const start: Matrix = { data: uniform.map((u) => EXTENT * (2 * u - 1)), rows: flowSamples, columns: 2 };
    let samples = start;
    const flow = pairs(start.data).map((point) => [point]);
    for (let step = 1; step <= flowSteps; step++) {
      const { gradient } = posteriorMode(samples, data);
      samples = { ...samples, data: samples.data.map((x, i) => x - FLOW_RATE * gradient[i]) };
      if (step % PATH_STRIDE === 0 || step === flowSteps) {
        pairs(samples.data).forEach((point, i) => flow[i].push(point));
      }
      context.progress(step / flowSteps);
    }
    return {
      extent: EXTENT,
      grid,
      data: pairs(data.data),
      density: rounded(kernelDensity(cells, data, variance).density),
      densityGradient: arrowsOf(arrows, kernelDensity(arrows, data, variance).gradient),
      mode: rounded(posteriorMode(cells, data).mode),
      modeGradient: arrowsOf(arrows, posteriorMode(arrows, data).gradient.map((g) => -g)),
      flow,
      distanceBefore: meanNearestDistance(start, data),
      distanceAfter: meanNearestDistance(samples, data),
    };
  },
};

/** Centres of `side × side` cells of the square. */
function plane(side: number): Matrix {
  const centre = (i: number) => EXTENT * (2 * (i + 0.5) / side - 1);
  const data = new Float64Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    data[2 * i] = centre(i % side);
    data[2 * i + 1] = centre(Math.floor(i / side));
  }
  return { data, rows: side * side, columns: 2 };
}

/** p(x) = mean_i N(x; x_i, v I) and ∇p. */
function kernelDensity(points: Matrix, data: Matrix, variance: number) {
  const density = new Float64Array(points.rows);
  const gradient = new Float64Array(points.data.length);
  const scale = 1 / (data.rows * 2 * Math.PI * variance);
  for (let i = 0; i < points.rows; i++) {
    for (let j = 0; j < data.rows; j++) {
      const dx = data.data[2 * j] - points.data[2 * i];
      const dy = data.data[2 * j + 1] - points.data[2 * i + 1];
      const kernel = scale * Math.exp(-(dx * dx + dy * dy) / (2 * variance));
      density[i] += kernel;
      gradient[2 * i] += kernel * dx / variance;
      gradient[2 * i + 1] += kernel * dy / variance;
    }
  }
  return { density, gradient };
}

/** m/d, m the mean squared distance to the K nearest, and its gradient (2/d)(x − their mean). */
function posteriorMode(points: Matrix, data: Matrix) {
  const { indices, distances } = neighbourIndex(data).search(points, { k: NEIGHBOURS });
  const mode = new Float64Array(points.rows);
  const gradient = new Float64Array(points.data.length);
  const d = points.columns;
  for (let i = 0; i < points.rows; i++) {
    for (let k = i * NEIGHBOURS; k < (i + 1) * NEIGHBOURS; k++) {
      mode[i] += distances[k] ** 2 / (NEIGHBOURS * d);
      for (let c = 0; c < d; c++) {
        gradient[d * i + c] += 2 / d * (points.data[d * i + c] - data.data[d * indices[k] + c]) / NEIGHBOURS;
      }
    }
  }
  return { mode, gradient };
}

function meanNearestDistance(points: Matrix, data: Matrix): number {
  const { distances } = neighbourIndex(data).search(points, { k: 1 });
  return distances.reduce((sum, distance) => sum + distance, 0) / points.rows;
}

function pairs(values: Float64Array): [number, number][] {
  return Array.from(
    { length: values.length / 2 },
    (_, i) => [round(values[2 * i]), round(values[2 * i + 1])],
  );
}

function arrowsOf(points: Matrix, field: Float64Array): [number, number, number, number][] {
  return pairs(points.data).map(([x, y], i) => [x, y, round(field[2 * i]), round(field[2 * i + 1])]);
}

/** Four significant digits are what a picture shows; they keep result files small. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

function rounded(values: Float64Array): number[] {
  return Array.from(values, round);
}
