import { barChart, type BarChartOptions, type Figure } from "../../figures/mod.ts";
import { meanAndStd } from "../../stats/mod.ts";
import { type Artefact, type Group, type Json, type Name, NoResults, type Variants } from "../paper/mod.ts";
import { describe, groupsOf, type Metric, type MetricSource, numbersOf } from "./_source.ts";
import { spreadSubtitle } from "./seeds_text.ts";

/** Options of {@link metricBars}. */
export interface MetricBarsOptions<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
> extends
  MetricSource<C, R, V, N>,
  Pick<BarChartOptions, "alt" | "colours" | "digits" | "form" | "referenceName" | "sort"> {
  /** The metric. */
  readonly value: Metric<R>;
  /** The axis of the metric. */
  readonly axis: BarChartOptions["value"];
  /** What the figure says; the number of seeds is added to the subtitle. @default the artefact's title */
  readonly heading?: string;
  /** Said before the number of seeds. */
  readonly subtitle?: string;
  /** Colours the bar; several of one label stand side by side. */
  readonly group?: (group: Group<V, R, N>) => string;
  /** The paper's value, drawn as a diamond. */
  readonly reported?: (group: Group<V, R, N>) => number | undefined;
}

/** A bar for each variant of a study: the mean of a metric over seeds, with its standard deviation. */
export function metricBars<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
>(
  options: MetricBarsOptions<C, R, V, N>,
): Artefact {
  const { value, axis, heading, subtitle, group: kind, reported } = options;
  const { alt, colours, digits, form, referenceName, sort } = options;
  return {
    ...describe(options),
    kind: "figure",
    render(results): Figure {
      const groups = groupsOf(options, results).filter((group) => numbersOf(group, value).length > 0);
      if (groups.length === 0) throw new NoResults(`no result has a value for “${options.title}”`);
      const bars = groups.map((group) => {
        const { value: mean, std } = meanAndStd(numbersOf(group, value));
        return {
          label: group.label,
          value: mean,
          error: std ?? null,
          ...(kind && { group: kind(group) }),
          ...(reported && { reference: reported(group) ?? null }),
        };
      });
      return barChart(bars, {
        ...{ alt, colours, digits, form, referenceName, sort },
        title: heading ?? options.title,
        subtitle: spreadSubtitle(groups, { subtitle }),
        value: axis,
      });
    },
  };
}
