import { type Figure, lineChart, PALETTE, panels } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import type { Stitching } from "../experiments/stitching.ts";
import { STITCHING } from "../studies.ts";

/** Switches, and cells that are visited, by δ; thresholds as kinds, as 1 − δ has no place for "none". */
function stitchingFigure(results: Results): Figure {
  const groups = STITCHING.groups(results);
  const order = groups[0].runs[0].result.rows.map(({ threshold }) => threshold).toSorted((a, b) => b - a);
  const chart = (title: string, value: (row: Stitching) => number, unit: string) =>
    lineChart(
      groups.map(({ label, runs: [{ result }] }, i) => ({
        name: label,
        x: order.map((_, k) => k),
        y: order.map((wanted) => value(result.rows.find(({ threshold }) => threshold === wanted)!)),
        colour: PALETTE[i],
        points: true,
      })),
      {
        title,
        x: {
          title: "threshold δ",
          ticks: order.map((threshold, value) => ({
            value,
            label: threshold > 1 ? "no switch" : String(threshold),
          })),
        },
        y: { title: unit },
        height: 220,
        alt: `${title} by threshold, for each task and data.`,
      },
    );
  return panels([
    chart("Switches of a stitched episode", ({ switches }) => switches, "switches in 49 steps"),
    chart("What it visits", ({ cells }) => cells, "unit cells of the map"),
  ], {
    title: "Stitching by threshold",
    subtitle: "Means over the stitched episodes; the released code has δ = 0.9999; one seed",
    columns: 1,
    alt: "Lines of switches and of cells visited over the threshold.",
  });
}

/** Diagnostics of Merlin-NP. */
export const stitchingArtefacts: readonly Artefact[] = [{
  id: "figure-stitching",
  kind: "figure",
  location: "addition",
  title: "Switches and visited cells by threshold",
  caption:
    "The lower the threshold, the more often stitched episodes switch; of the map they see about as much.",
  jobs: (plan) => STITCHING.jobs(plan),
  render: stitchingFigure,
}, {
  id: "table-stitching",
  kind: "table",
  location: "addition",
  title: "Stitching by threshold",
  caption: "How often walks switch, how far they jump, and how much of the map an episode then visits.",
  jobs: (plan) => STITCHING.jobs(plan),
  render: (results) => ({
    kind: "table",
    columns: [
      { key: "cell", title: "Data" },
      { key: "threshold", title: "δ", digits: 6 },
      { key: "switches", title: "Switches", digits: 1, note: "of the 49 steps of an episode." },
      { key: "discarded", title: "Dropped", digits: 2, note: "walks for each that is kept." },
      {
        key: "median",
        title: "Jump, median",
        digits: 3,
        note: "distance to the neighbour; a step is up to 1.4 long.",
      },
      { key: "high", title: "Jump, 90 %", digits: 3 },
      { key: "cells", title: "Cells visited", digits: 1, note: "unit cells of the map, by episode." },
    ],
    rows: STITCHING.groups(results).flatMap(({ label, runs: [{ result }] }) =>
      result.rows.map(({ threshold, switches, discarded, jump, cells }) => ({
        cell: label,
        threshold: threshold > 1 ? "none" : threshold,
        ...{ switches, discarded, median: jump[0], high: jump[1], cells },
      }))
    ),
    notes: ["The released code has δ = 0.9999. Nearest neighbours are exact; one seed."],
  }),
}];
