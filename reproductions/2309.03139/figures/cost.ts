import { type Figure, lineChart, PALETTE, panels } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import type { TimingConfig, TimingResult } from "../experiments/timing.ts";
import { timingJobs } from "../jobs.ts";
import { some } from "../summaries.ts";

/** Parameters and time per update against K. */
function render(results: Results): Figure {
  const [{ config: { channels, hidden, layers, batchSize, nodes }, result }] = some(
    results.of<TimingConfig, TimingResult>("timing"),
  );
  const chart = (title: string, unit: string, y: readonly number[]) =>
    lineChart([{ name: "", x: channels, y, points: true, colour: PALETTE[0] }], {
      title,
      x: { title: "Channels K" },
      y: { title: unit, domain: [0, 1.1 * Math.max(...y)] },
      width: 355,
      height: 220,
      endLabels: false,
      alt: `${title} against the number of channels.`,
    });
  return panels([
    chart("parameters", "Parameters (thousands)", result.parameters.map((count) => count / 1000)),
    chart("training update", "Time (ms)", result.milliseconds),
  ], {
    columns: 2,
    title: "What channels cost",
    subtitle:
      `L = ${layers}, H = ${hidden}; update on ${batchSize} graphs of ${nodes} nodes, one core, median`,
    alt: "Number of parameters and time per training update against the number of channels.",
  });
}

/** Cost of channels. */
export const cost: Artefact = {
  id: "figure-cost",
  kind: "figure",
  location: "Abstract (cost of channels)",
  title: "Parameters and time by number of channels",
  caption: "The edge networks of width H dominate; K enters beside them.",
  jobs: timingJobs,
  render,
};
