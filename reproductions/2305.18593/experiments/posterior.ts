import type { AnomalyData } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  analyticTimePosterior,
  diffusionSchedule,
  nonParametricTimePosterior,
} from "../../../lib/methods/diffusion_time/mod.ts";
import { neighbourIndex } from "../../../lib/anomaly/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { fitStandardiser, type Matrix, mean, std } from "../../../lib/stats/mod.ts";
import { addNoise, firstRows, range } from "./_rows.ts";

/** A data set to diffuse, the number T of steps and the rows used. */
export type PosteriorConfig = { readonly dataSet: string; readonly steps: number; readonly maxRows: number };

/** The posterior at one true time s, averaged over the points. */
export type PosteriorCurve = {
  readonly time: number;
  /** p(t|x_s) averaged over points, at {@link PosteriorResult.times}. */
  readonly analytic: readonly number[];
  readonly nonParametric: readonly number[];
};

/** Likeliest time at one true time: mean and standard deviation over points. */
export type TimePrediction = {
  readonly time: number;
  readonly analyticMean: number;
  readonly analyticStd: number;
  readonly nonParametricMean: number;
  readonly nonParametricStd: number;
};

/** Posterior curves and predictions. */
export type PosteriorResult = {
  /** Time indices at which curves are given. */
  readonly times: readonly number[];
  /** σ² at those times. */
  readonly variances: readonly number[];
  readonly curves: readonly PosteriorCurve[];
  readonly predictions: readonly TimePrediction[];
};

const NEIGHBOURS = 5;
/** True times at which predictions are made, as parts of T. */
const PREDICTIONS = 30;
/** Points at which a curve is drawn. */
const CURVE_POINTS = 100;

/** The analytical and the non-parametric posterior over diffusion time of noised points (paper Fig. 3). */
export const posterior: Experiment<PosteriorConfig, PosteriorResult> = {
  id: "posterior",
  title: "Posterior over diffusion time",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  cost: ({ steps }) => steps / 20,
  async run({ dataSet, steps, maxRows }, context) {
    const { value } = await context.loadData<AnomalyData>(dataSet);
    const data = firstRows(fitStandardiser(value.rows).apply(value.rows), maxRows);
    const schedule = diffusionSchedule(steps);
    const noise = stream(context.seed, "posterior noise");
    const stride = Math.max(1, Math.floor(steps / CURVE_POINTS));
    const times = range(0, steps, stride);
    const curves: PosteriorCurve[] = [];
    const predictions: TimePrediction[] = [];
    const trueTimes = range(0, steps, Math.max(1, Math.floor(steps / PREDICTIONS)));
    for (const [done, time] of trueTimes.entries()) {
      // x_s = x_0 + σ_s ε
      const noised = addNoise(
        data,
        schedule.variances[time],
        noise.normal(new Float64Array(data.data.length)),
      );
      const analytic = analyticTimePosterior(noised, { data, schedule });
      const nonParametric = nonParametricPosteriors(noised, data, schedule);
      curves.push({
        time,
        analytic: columnMeans(analytic, times),
        nonParametric: columnMeans(nonParametric, times),
      });
      const [exact, estimated] = [likeliest(analytic), likeliest(nonParametric)];
      predictions.push({
        time,
        analyticMean: mean(exact),
        analyticStd: std(exact, { ddof: 1 }),
        nonParametricMean: mean(estimated),
        nonParametricStd: std(estimated, { ddof: 1 }),
      });
      context.progress((done + 1) / trueTimes.length);
    }
    return { times, variances: times.map((time) => schedule.variances[time]), curves, predictions };
  },
};

function nonParametricPosteriors(
  rows: Matrix,
  data: Matrix,
  schedule: ReturnType<typeof diffusionSchedule>,
): Matrix {
  const { distances } = neighbourIndex(data).search(rows, { k: NEIGHBOURS });
  const probabilities = new Float64Array(rows.rows * schedule.steps);
  for (let i = 0; i < rows.rows; i++) {
    const nearest = distances.subarray(i * NEIGHBOURS, (i + 1) * NEIGHBOURS);
    const meanSquared = mean(nearest.map((distance) => distance * distance));
    probabilities.set(
      nonParametricTimePosterior(meanSquared, { dimension: data.columns, schedule }),
      i * schedule.steps,
    );
  }
  return { data: probabilities, rows: rows.rows, columns: schedule.steps };
}

function columnMeans({ data, rows, columns }: Matrix, which: readonly number[]): number[] {
  return which.map((column) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * columns + column];
    return sum / rows;
  });
}

function likeliest({ data, rows, columns }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    return row.reduce((best, value, t) => value > row[best] ? t : best, 0);
  });
}
