/** Aggregates over runs and tasks, as the paper's figures on control show them. */
import { type Bar, barChart, type Figure, panels } from "../../../lib/figures/mod.ts";
import { NoResults } from "../../../lib/harness/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import {
  interquartileMean,
  type Interval,
  mean,
  optimalityGap,
  stratifiedBootstrapInterval,
} from "../../../lib/stats/mod.ts";

/** What is taken of the scores of all runs. */
export const AGGREGATES = {
  mean: { title: "Mean", of: mean },
  iqm: { title: "Interquartile mean", of: interquartileMean },
  gap: { title: "Optimality gap", of: (scores: ArrayLike<number>) => optimalityGap(scores) },
} as const;

type AggregateName = keyof typeof AGGREGATES;
const NAMES = Object.keys(AGGREGATES) as readonly AggregateName[];

/** An agent with the scores of its runs, task by task; there is at least one. */
export interface ScoredAgent {
  readonly name: string;
  readonly label: string;
  readonly scores: readonly (readonly number[])[];
}

function aggregate({ name, scores }: ScoredAgent, what: AggregateName): Interval {
  return stratifiedBootstrapInterval(scores, AGGREGATES[what].of, { stream: stream(0, name, what) });
}

/** One panel for each aggregate, with the intervals of the stratified bootstrap. */
export function aggregateFigure(agents: readonly ScoredAgent[], title: string): Figure {
  if (agents.length === 0) throw new NoResults("no agent has a run");
  const charts = NAMES.map((what) => {
    const bars: Bar[] = agents.map((agent) => {
      const { low, high } = aggregate(agent, what);
      return { label: agent.label, value: (low + high) / 2, error: (high - low) / 2 };
    });
    return barChart(bars, {
      title: AGGREGATES[what].title,
      value: { title: what === "gap" ? "1 − score, at least 0" : "score" },
      form: "range",
      sort: "none",
      digits: null,
      alt: `${AGGREGATES[what].title} by agent.`,
    });
  });
  return panels(charts, {
    title,
    subtitle: [
      "95 % intervals of the stratified bootstrap over seeds within tasks; they describe and decide nothing.",
      "Every run counts the same; a task with one seed has no spread.",
    ],
    columns: 1,
    alt: "Mean, interquartile mean and optimality gap by agent, as intervals.",
  });
}

/** Columns of the aggregates, for a table. */
export const AGGREGATE_COLUMNS = NAMES.map((key) => ({ key, title: AGGREGATES[key].title }));

/** The aggregates of an agent as texts, by column. */
export function aggregateCells(agent: ScoredAgent): Record<AggregateName, string> {
  return Object.fromEntries(NAMES.map((what) => {
    const { estimate, low, high } = aggregate(agent, what);
    if (agent.scores.every(({ length }) => length === 1)) return [what, estimate.toFixed(2)];
    return [what, `${estimate.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`];
  })) as Record<AggregateName, string>;
}

/** Episodes of training that a point of a curve is the mean of. */
export const SMOOTH = 3;

/** Means of the last {@link SMOOTH} values. */
export function smoothed(scores: readonly number[]): number[] {
  return scores.map((_, i) => mean(scores.slice(Math.max(0, i - SMOOTH + 1), i + 1)));
}
