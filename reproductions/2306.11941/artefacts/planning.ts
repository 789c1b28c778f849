import { type Figure, lineChart, panels, panelWidth, type Table } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { LONG_PLAN, type PlannerName, PLANNERS, PLANNING, SHORT_PLAN } from "../planning_studies.ts";
import { MODEL_COLOURS, spreadOf, TRIVIAL_COLOUR } from "./_style.ts";

const AHEAD = [SHORT_PLAN, LONG_PLAN];
const colourOf = (name: PlannerName) => name === "simulator" ? TRIVIAL_COLOUR : MODEL_COLOURS[name];

function swingFigure(results: Results): Figure {
  const groups = PLANNING.groups(results);
  const charts = AHEAD.map((ahead) => {
    const series = groups.flatMap(({ name, runs: [{ result }] }) => {
      const which = result.planned.findIndex((one) => one.ahead === ahead);
      if (which < 0) return [];
      const y = result.heights[which];
      return [{
        name: name === "simulator" ? "simulator" : name === "mlp" ? "MLP" : PLANNERS[name].label,
        colour: colourOf(name),
        dashed: name === "simulator",
        x: y.map((_, k) => k + 1),
        y,
      }];
    });
    if (series.length === 0) throw new NoResults("no planner has a run");
    return lineChart(series, {
      title: `${ahead} steps ahead`,
      x: { title: "step" },
      y: { title: "height of the tip (m)", domain: [-1.05, 1.05] },
      width: panelWidth(2) - 20,
      height: 200,
      alt: `Height of the tip over an episode, planned ${ahead} steps ahead.`,
    });
  });
  return panels(charts, {
    title: "Planning with models of recorded episodes",
    subtitle: "First episode of the first seed; 1 is upright. The simulator plans with the truth.",
    columns: 2,
    alt: "Two panels: height of the pendulum's tip over an episode, by what plans.",
  });
}

function planningTable(results: Results): Table {
  return {
    kind: "table",
    columns: [
      { key: "planner", title: "Planned with" },
      { key: "ahead", title: "Steps ahead", digits: 0 },
      { key: "seeds", title: "Seeds", digits: 0 },
      { key: "reward", title: "Mean reward of a step" },
      { key: "upright", title: "Share of steps upright" },
    ],
    rows: PLANNING.groups(results).flatMap(({ name, runs }) =>
      AHEAD.map((ahead) => {
        const of = (what: "rewards" | "upright") =>
          runs.map(({ result }) => mean(result.planned.find((one) => one.ahead === ahead)![what]));
        return {
          planner: name === "mlp" ? "MLP" : PLANNERS[name].label,
          ahead,
          seeds: runs.length,
          reward: spreadOf(of("rewards")),
          upright: spreadOf(of("upright")),
        };
      })
    ),
    notes: [
      "Models learned from recorded episodes; there is neither a value function nor a learned policy, unlike in TD-MPC.",
      "Mean ± standard deviation over seeds. Hanging still has a reward of −9.87.",
    ],
  };
}

/** Planning. */
export const planningArtefacts: readonly Artefact[] = [
  {
    id: "figure-recorded-planning",
    kind: "figure",
    location: "Figure 5",
    title: "Planning with models of recorded episodes",
    caption:
      "What a learned model is good for: with which model, and how far ahead, the pendulum is swung up.",
    jobs: (plan) => PLANNING.jobs(plan),
    render: swingFigure,
  },
  {
    id: "table-planning",
    kind: "table",
    location: "Figure 5",
    title: "Planning with models of recorded episodes",
    caption: "The same in numbers, over all seeds and episodes.",
    jobs: (plan) => PLANNING.jobs(plan),
    largest: true,
    render: planningTable,
  },
];
