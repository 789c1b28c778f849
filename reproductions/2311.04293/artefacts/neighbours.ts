import {
  type Figure,
  INK,
  lineChart,
  PALETTE,
  panels,
  panelWidth,
  scientific,
} from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { heat } from "../../../lib/methods/lie_symmetry/mod.ts";
import { NEIGHBOURS } from "../studies.ts";

/** From the solution itself (dark) to its farthest neighbour. */
const COLOURS = [INK.text, PALETTE[0], "#56B4E9", "#a6cee3"];

function neighboursFigure(results: Results): Figure {
  const { config, runs: [{ result: { positions, neighbours } }] } = NEIGHBOURS.group(results, "all");
  const names = Object.fromEntries(heat(1).generators.map(({ name, description }) => [name, description]));
  const all = neighbours.flatMap(({ values }) => values);
  const domain = [Math.min(...all) - 0.05, Math.max(...all) + 0.05] as const;
  const charts = Object.entries(config.parameters).map(([generator, epsilons]) =>
    lineChart(
      neighbours.filter((entry) => entry.generator === generator).map(({ epsilon, values }, i) => ({
        name: `ε = ${epsilon}`,
        x: positions,
        y: values,
        colour: COLOURS[i % COLOURS.length],
      })),
      {
        title: `${generator}, ${names[generator]}: ε = ${epsilons.join(", ")}`,
        x: { title: "x" },
        y: { title: "u(x, 1)", domain },
        width: panelWidth(2),
        height: 150,
        endLabels: false,
        alt: `The solution moved along ${generator}.`,
      },
    )
  );
  const worst = Math.max(...neighbours.map(({ residual }) => residual));
  return panels(charts, {
    columns: 2,
    title: "Symmetries move a solution of the heat equation to its neighbours",
    subtitle: [
      "Black: the solution at t = 1; blue to light: moved by the group parameters ε above each panel",
      `All satisfy the equation: the largest |Δ| along the curves is ${
        scientific(worst)
      } (finite differences)`,
    ],
    alt:
      "Six panels, one per generator, each with a solution and three solutions that the symmetry makes of it.",
  });
}

/** Figure 1: what a symmetry does. */
export const neighboursArtefact: Artefact = {
  id: "figure-1",
  kind: "figure",
  location: "Figure 1",
  title: "How symmetries move a solution",
  caption:
    "The content of the paper's own concept figure is not known; this shows the finite flows of the six generators.",
  jobs: (plan) => NEIGHBOURS.jobs(plan),
  render: neighboursFigure,
};
