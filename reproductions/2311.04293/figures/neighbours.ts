import { type Figure, lineChart, panels } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { heat } from "../../../lib/methods/lie_symmetry/mod.ts";
import type { NeighboursConfig, NeighboursResult } from "../experiments/neighbours.ts";
import { neighbourJobs } from "../jobs.ts";

/** From the solution itself (dark) to its farthest neighbour. */
const COLOURS = ["#222222", "#0072B2", "#56B4E9", "#a6cee3"];

function neighboursFigure(results: Results): Figure {
  const [found] = results.of<NeighboursConfig, NeighboursResult>("neighbours");
  if (!found) throw new NoResults("no result");
  const { config, result: { positions, neighbours } } = found;
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
        width: 390,
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
        worst.toExponential(0).replace("e-", "·10⁻")
          .replace(/\d+$/, (digits) => [...digits].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]).join(""))
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
  jobs: neighbourJobs,
  render: neighboursFigure,
};
