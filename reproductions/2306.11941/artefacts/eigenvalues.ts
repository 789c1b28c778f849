import {
  type Figure,
  FIGURE_WIDTH,
  INK,
  lineChart,
  PALETTE,
  panels,
  scatterChart,
  type ScatterPoint,
  scientific,
} from "../../../lib/figures/mod.ts";
import { type Artefact, metricTable, NoResults, type Results, seedsText } from "../../../lib/harness/mod.ts";
import { RECOVERY, ROLLOUTS } from "../spectrum_studies.ts";
import { ABLATION, type AblationName } from "../studies.ts";
import { rewardError, stateError } from "../summaries.ts";

function lawFigure(results: Results): Figure {
  const { gradients } = ROLLOUTS.result(results, "all");
  const reals = [...new Set(gradients.map(({ real }) => real))];
  const error = Math.max(...gradients.map((row) => row.error));
  return lineChart(
    reals.map((real) => {
      const rows = gradients.filter((row) => row.real === real);
      return {
        name: `μ = ${real}`.replace("-", "−"),
        x: rows.map(({ steps }) => steps),
        y: rows.map(({ ratio }) => ratio),
        points: true,
      };
    }),
    {
      title: "The real part sets how far gradients reach",
      subtitle: `Measured, mean over modes; the relative distance from exp(kΔtμ) is at most ${
        scientific(error)
      }`,
      x: { title: "steps k" },
      y: { title: "gradient at the start, per gradient at step k", log: true },
      alt:
        "Gradient factors over the number of steps: straight lines on a logarithmic axis for five real parts.",
    },
  );
}

function spectrumFigure(results: Results): Figure {
  const recovered = RECOVERY.finished(results, ["all"]).flatMap(({ runs }) => runs);
  const variants = ABLATION.finished(results, ["decaying", "ranged", "free", "random"]);
  const charts: Figure[] = [];
  if (recovered.length > 0) {
    const learned: ScatterPoint[] = recovered.flatMap(({ result: { real, imaginary } }) =>
      real.map((x, j) => ({ x, y: imaginary[j], group: "learned", size: 30 }))
    );
    const truth = recovered[0].result.truth.map((x) => ({ x, y: 0, group: "true", size: 240 }));
    // What comes last lies on top.
    charts.push(scatterChart([...truth, ...learned], {
      title: "slow manifold",
      x: { title: "Re λ (1/s)" },
      y: { title: "Im λ (rad/s)", domain: [-0.2, 0.2] },
      colours: { true: INK.rule, learned: PALETTE[1] },
      width: FIGURE_WIDTH,
      height: 240,
      alt: "Learned eigenvalues lie on the true ones.",
    }));
  }
  const points = variants.flatMap(({ label, runs }) => {
    const own = runs[0].result.eigenvalues;
    return own === null
      ? []
      : own.real.map((x, j) => ({ x: x * own.timeStep, y: own.imaginary[j] * own.timeStep, group: label }));
  });
  if (points.length > 0) {
    charts.push(scatterChart(points, {
      title: `${variants[0].config.data.environment}, by initialisation`,
      x: { title: "Re λ Δt per step" },
      y: { title: "Im λ Δt (rad per step)" },
      colours: Object.fromEntries(variants.map(({ label }, i) => [label, PALETTE[i]])),
      width: FIGURE_WIDTH,
      height: 240,
      pointSize: 30,
      alt: "Learned eigenvalues of four initialisations.",
    }));
  }
  if (charts.length === 0) throw new NoResults("no eigenvalues were learned");
  return panels(charts, {
    title: "Learned eigenvalues",
    subtitle: `a: ${seedsText([{ runs: recovered }])} over the true values; b: the first seed of each start`,
    columns: 1,
    alt: "Learned eigenvalues on the complex plane.",
  });
}

/** Eigenvalues: the law, the spectra, the ablation. */
export const eigenvalueArtefacts: readonly Artefact[] = [
  {
    id: "figure-gradient-law",
    kind: "figure",
    location: "Theorem on gradients",
    title: "The law of gradients",
    caption: "Measured gradients lie on e^{kΔtμ}.",
    jobs: (plan) => ROLLOUTS.jobs(plan),
    render: lawFigure,
  },
  {
    id: "figure-spectrum",
    kind: "figure",
    location: "addition",
    title: "Learned eigenvalues",
    caption: "On the slow manifold they are the true ones; elsewhere they stay near where they started.",
    jobs: (plan) => [
      ...RECOVERY.jobs(plan),
      ...ABLATION.jobs(plan, ["decaying", "ranged", "free", "random"] satisfies AblationName[]),
    ],
    render: spectrumFigure,
  },
  {
    largest: true,
    ...metricTable({
      id: "table-ablation",
      location: "Appendix, ablation of the initialisation",
      title: "Initialisation of the eigenvalues",
      caption: "Errors over 100 steps by variant.",
      of: ABLATION,
      rows: "Variant",
      columns: {
        state: { title: "State error", digits: 4, value: stateError },
        last: { title: "… at the last step", digits: 4, value: ({ stateErrors }) => stateErrors.at(-1) },
        reward: { title: "Reward error", digits: 4, value: rewardError },
        gradient: {
          title: "Gradient",
          digits: 2,
          note: "median norm of the loss's gradient at the longest horizon, after training.",
          value: ({ gradients }) => gradients.at(-1)?.trained,
        },
        largest: {
          title: "Largest μ",
          digits: 3,
          note: "learned real parts, in 1/s of the model's own time.",
          value: ({ eigenvalues }) => eigenvalues && Math.max(...eigenvalues.real),
        },
      },
      notes: ["The paper's numbers were not available to us."],
    }),
  },
];
