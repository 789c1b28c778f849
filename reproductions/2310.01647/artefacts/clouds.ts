import { barChart, type Figure } from "../../../lib/figures/mod.ts";
import { type Artefact, metricTable } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { CLOUDS } from "../studies.ts";

/** Point clouds. */
export const cloudTable: Artefact = metricTable({
  id: "table-clouds",
  location: "point-cloud table (ModelNet10 instead of ModelNet40)",
  title: "Point clouds under rotations",
  caption:
    "Test accuracy on ModelNet10 clouds as they stand and turned in space at random. Networks are trained on upright clouds, but for the one " +
    "that is marked.",
  largest: true,
  of: CLOUDS,
  rows: "Network",
  columns: {
    upright: { title: "Upright (%)", digits: 1, value: ({ upright }) => upright },
    turned: { title: "SO(3) (%)", digits: 1, value: ({ turned }) => turned },
    changes: {
      title: "Changed (%)",
      digits: 2,
      value: ({ changes }) => changes,
      note: "clouds with another label in the one pose than in the other",
    },
    prior: { title: "(R − I)²", digits: 3, value: ({ prior }) => prior, note: "mean on upright clouds" },
    parameters: { title: "Parameters", digits: 0, value: ({ parameters }) => parameters },
  },
  notes: [
    "On the laptop profile PointNet is trained for 20 epochs, DGCNN for six.",
    "The paper's values of this table were not available.",
  ],
});

/** Classes whose front can be told, and classes whose front cannot. */
export const frontFigure: Artefact = {
  id: "figure-fronts",
  kind: "figure",
  location: "addition (what the frames learn, by class)",
  title: "How far frames are from upright",
  caption:
    "The prior's loss (8/9) sin²(θ/2) by class, mean over test clouds as they stand and over seeds: 0 if every frame is upright, 0.44 if " +
    "only the vertical is found, 0.67 for frames at random. A cloud with a rotational symmetry has no front that an equivariant frame " +
    "could find.",
  largest: true,
  jobs: (plan) => CLOUDS.jobs(plan, ["lc", "cp"]),
  render(results): Figure {
    const names = { lc: "LC", cp: "CP" } as const;
    const bars = (["lc", "cp"] as const).flatMap((name) => {
      const { runs } = CLOUDS.group(results, name);
      return runs[0].result.classes.map((label, k) => ({
        label,
        group: names[name],
        value: mean(runs.map(({ result }) => result.priors![k])),
      }));
    });
    return barChart(bars, {
      title: "How far frames are from upright, by class",
      subtitle: "0: upright; 0.44: vertical found, front at random; 0.67: at random",
      value: { title: "mean of (R − I)²" },
      colours: { LC: "#0072b2", CP: "#d55e00" },
      sort: "none",
      digits: 2,
      alt: "Bars of the prior's loss by class of clouds for LC and CP.",
    });
  },
};
