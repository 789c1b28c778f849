import { heatmap, panels, type PlaneLayers } from "../../../lib/figures/mod.ts";
import { type Artefact, studyFigure } from "../../../lib/harness/mod.ts";
import { TOY } from "../studies.ts";

/** Figure 2 of the paper, on a stand-in for its unpublished data: the plane six times. */
export const toyFigure: Artefact = studyFigure({
  id: "figure-2",
  location: "Figure 2",
  title: "Two-dimensional example",
  caption:
    "The density's gradient vanishes away from the data (c), that of the posterior mode does not (e), so samples that " +
    "follow it reach the data from everywhere (f).",
  of: TOY,
  draw([{ runs: [{ result }] }]) {
    const { extent, grid, data, density, densityGradient, mode, modeGradient, flow } = result;
    const range = [-extent, extent] as const;
    const field = (values: readonly number[]) => ({ x: range, y: range, columns: grid, rows: grid, values });
    const arrows = (from: typeof modeGradient) => from.map(([x, y, dx, dy]) => ({ x, y, dx, dy }));
    const panel = (title: string, layers: PlaneLayers) =>
      heatmap(layers, {
        title,
        x: { title: "x₁", domain: range },
        y: { title: "x₂", domain: range },
        width: 185,
        height: 185,
        pointSize: 4,
        alt: title,
      });
    return panels([
      panel("data", { points: data }),
      panel("kernel density", { grid: field(density) }),
      panel("its gradient", { vectors: arrows(densityGradient) }),
      panel("posterior mode", { grid: field(mode) }),
      panel("its negative gradient", { vectors: arrows(modeGradient) }),
      panel("flow of random samples", { paths: flow }),
    ], {
      columns: 3,
      title: "Far from the data only the posterior mode has a gradient",
      subtitle: "Standardised coordinates; the paper's own data is not published",
      alt:
        "Six panels: a spiral of points; its kernel density and that density's gradient, which vanishes away from the data; " +
        "the mode of the posterior over σ² and its negative gradient, which points to the data everywhere; samples flowing onto it.",
    });
  },
});
