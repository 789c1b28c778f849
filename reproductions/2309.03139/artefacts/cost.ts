import { type Figure, INK, lineChart, panels, panelWidth } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { countMoleculeEgnn, countMultichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import { TIMING } from "../studies.ts";

const LOCATION = "Abstract (cost of channels)";

/** What was timed, and what came out. */
function timed(results: Results) {
  const { config, runs: [{ result }] } = TIMING.group(results, "all");
  const { layers, hidden, batchSize, nodes } = config;
  return {
    ...result,
    channels: config.channels,
    text: `${batchSize} graphs of ${nodes} nodes, L = ${layers}, H = ${hidden}; one core, median`,
  };
}

function render(results: Results): Figure {
  const { channels, parameters, milliseconds, text } = timed(results);
  const chart = (title: string, unit: string, y: readonly number[]) =>
    lineChart([{ name: "", x: channels, y, points: true, colour: INK.text }], {
      title,
      x: { title: "Channels K" },
      y: { title: unit, domain: [0, 1.1 * Math.max(...y)] },
      width: panelWidth(2),
      height: 220,
      endLabels: false,
      alt: `${title} against the number of channels.`,
    });
  return panels([
    chart("parameters", "Parameters (thousands)", parameters.map((count) => count / 1000)),
    chart("training update", "Time (ms)", milliseconds),
  ], {
    columns: 2,
    title: "What channels cost",
    subtitle: `Update on ${text}`,
    alt: "Number of parameters and time per training update against the number of channels.",
  });
}

/** Cost of channels. */
export const costFigure: Artefact = {
  id: "figure-cost",
  kind: "figure",
  location: LOCATION,
  title: "Parameters and time by number of channels",
  caption: "The edge networks of width H dominate; K enters beside them.",
  jobs: (plan) => TIMING.jobs(plan),
  render,
};

const SHOWN_CHANNELS = [1, 2, 3, 5, 8, 10] as const;

/** The same in numbers; parameters in closed form. */
export const costTables: readonly Artefact[] = [
  {
    id: "table-parameters",
    kind: "table",
    location: LOCATION,
    title: "Parameters by number of channels",
    caption: "Three channels cost 2 % more parameters, ten 22 %.",
    jobs: () => [],
    render: () => ({
      kind: "table",
      columns: [
        { key: "channels", title: "K", digits: 0 },
        { key: "nbody", title: "N-body", digits: 0 },
        { key: "more", title: "More than K = 1 (%)", digits: 2 },
        { key: "solar", title: "Solar system", digits: 0 },
        { key: "molecules", title: "QM9", digits: 0 },
      ],
      rows: SHOWN_CHANNELS.map((channels) => ({
        channels,
        nbody: countMultichannelEgnn({ channels }),
        more: 100 * (countMultichannelEgnn({ channels }) / countMultichannelEgnn({ channels: 1 }) - 1),
        solar: countMultichannelEgnn({ channels, nodeFeatures: 2, edgeAttributes: 1 }),
        molecules: countMoleculeEgnn({ channels }),
      })),
      notes: [
        "In closed form, for the paper's networks: L = 4, H = 64; for QM9 L = 7, H = 128 with attention.",
      ],
    }),
  },
  {
    id: "table-time",
    kind: "table",
    location: LOCATION,
    title: "Time per update by number of channels",
    caption: "Measured on the machine that made these results.",
    jobs: (plan) => TIMING.jobs(plan),
    render(results) {
      const { channels, parameters, milliseconds, text } = timed(results);
      return {
        kind: "table",
        columns: [
          { key: "channels", title: "K", digits: 0 },
          { key: "parameters", title: "Parameters", digits: 0 },
          { key: "milliseconds", title: "Update (ms)", digits: 2 },
          { key: "relative", title: "Relative to K = 1", digits: 2 },
        ],
        rows: channels.map((count, i) => ({
          channels: count,
          parameters: parameters[i],
          milliseconds: milliseconds[i],
          relative: milliseconds[i] / milliseconds[0],
        })),
        notes: [`One training update: ${text}.`],
      };
    },
  },
];
