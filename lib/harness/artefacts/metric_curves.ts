import {
  type AxisOptions,
  type Figure,
  lineChart,
  type LineSeries,
  PALETTE,
  panels as joinPanels,
  panelWidth,
} from "../../figures/mod.ts";
import { mean, std } from "../../stats/mod.ts";
import { type Artefact, type Group, type Json, type Name, NoResults, type Variants } from "../paper/mod.ts";
import { describe, groupsOf, type MetricSource } from "./_source.ts";
import { spreadSubtitle } from "./seeds_text.ts";

/** A curve of a run. */
export interface Curve {
  /** Horizontal places, `[n]`. */
  readonly x: readonly number[];
  /** Values there, `[n]`. */
  readonly y: readonly number[];
}

/** Options of {@link meanCurve}. */
export interface MeanCurveOptions extends Partial<Pick<LineSeries, "colour" | "dashed" | "points">> {
  /** Shown at the line's end. */
  readonly name: string;
  /** Whether it is drawn on a logarithmic axis: then geometric mean and deviation. @default false */
  readonly log?: boolean;
  /** Values that y cannot leave, e.g. 0 and 100 for percent: the band ends there. */
  readonly limits?: readonly [number, number];
}

/**
 * The mean of runs' curves at the places that all of them have, with a band of a standard deviation (ddof 1;
 * a single run has none). On a logarithmic axis it is the geometric mean, times and over exp of the
 * logarithms' deviation, so that the band stays above 0.
 *
 * @throws {RangeError} If there is no curve, or a value is not positive with `log`.
 */
export function meanCurve(curves: readonly Curve[], options: MeanCurveOptions): LineSeries {
  const { log = false, limits: [least, most] = [-Infinity, Infinity], ...style } = options;
  const lists = curves.map(({ x, y }) => new Map(x.map((place, i) => [place, y[i]])));
  const x = [...lists[0]?.keys() ?? []].filter((place) => lists.every((list) => list.has(place)));
  if (x.length === 0) throw new RangeError(`Cannot draw "${style.name}" as its runs have no place in common`);
  const at = x.map((place) => lists.map((list) => list.get(place)!));
  if (log && at.flat().some((value) => !(value > 0))) {
    throw new RangeError(`Cannot draw "${style.name}" on a logarithmic axis as its values must be positive`);
  }
  const [into, back] = log ? [Math.log, Math.exp] : [(value: number) => value, (value: number) => value];
  const clamp = (value: number) => Math.min(most, Math.max(least, value));
  const centre = at.map((values) => mean(values.map(into)));
  if (curves.length === 1) return { ...style, x, y: centre.map(back) };
  const half = at.map((values) => std(values.map(into), { ddof: 1 }));
  return {
    ...style,
    x,
    y: centre.map(back),
    low: centre.map((value, i) => clamp(back(value - half[i]))),
    high: centre.map((value, i) => clamp(back(value + half[i]))),
  };
}

/** One panel of {@link metricCurves}. */
export interface CurvesPanel<R extends Json, N extends string> {
  /** Written above it. */
  readonly title: string;
  /** Variants that it shows. @default those of the figure */
  readonly variants?: readonly N[];
  /** Takes the curve from a run. */
  readonly curve: (result: R) => Curve;
  /** The horizontal axis. */
  readonly x: AxisOptions;
  /** The vertical axis. */
  readonly y: AxisOptions;
  /** Values that y cannot leave; the bands end there. */
  readonly limits?: readonly [number, number];
  /** Whether each place has a point. @default false */
  readonly points?: boolean;
}

/** Options of {@link metricCurves}. */
export interface MetricCurvesOptions<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
> extends MetricSource<C, R, V, N> {
  /** In reading order. */
  readonly panels: readonly CurvesPanel<R, N>[];
  /** Panels side by side. @default 2, or 1 for a single panel */
  readonly columns?: number;
  /** Colour of a variant, the same in every panel. @default the palette, in order */
  readonly colour?: (group: Group<V, R, N>) => string | undefined;
  /** What the figure says; the number of seeds is added to the subtitle. @default the artefact's title */
  readonly heading?: string;
  /** Said before the number of seeds. */
  readonly subtitle?: string | ((groups: readonly Group<V, R, N>[]) => string);
  /** What the figure shows, for who cannot see it. */
  readonly alt: string;
}

/** Panels of curves, one line for each variant: mean over seeds with a band of a standard deviation. */
export function metricCurves<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
>(
  options: MetricCurvesOptions<C, R, V, N>,
): Artefact {
  const { of, panels, colour, heading = options.title, subtitle, alt } = options;
  const { columns = Math.min(2, panels.length) } = options;
  const single = panels.length === 1;
  const width = panelWidth(columns);
  const logs = panels.filter(({ y }) => y.log).length;
  const axes = logs === 0 ? "linear" : logs === panels.length ? "log" : "both";
  return {
    ...describe(options),
    kind: "figure",
    render(results): Figure {
      const groups = groupsOf(options, results);
      const said = typeof subtitle === "function" ? subtitle(groups) : subtitle;
      const texts = { title: heading, subtitle: spreadSubtitle(groups, { subtitle: said, axes }), alt };
      const charts = panels.flatMap((panel) => {
        const shown = groups.filter(({ name }) => panel.variants?.includes(name) ?? true);
        if (shown.length === 0) return [];
        const series = shown.map((group) =>
          meanCurve(group.runs.map(({ result }) => panel.curve(result)), {
            name: group.label,
            // The same in every panel.
            colour: colour?.(group) ?? PALETTE[groups.indexOf(group) % PALETTE.length],
            log: panel.y.log,
            limits: panel.limits,
            points: panel.points,
          })
        );
        const { title, x, y } = panel;
        return [
          lineChart(series, single ? { ...texts, x, y } : { title, x, y, alt: title, width, height: 200 }),
        ];
      });
      if (charts.length === 0) throw new NoResults(`no result of “${of.experiment.title}”`);
      return single ? charts[0] : joinPanels(charts, { ...texts, columns, spacing: 30 });
    },
  };
}
