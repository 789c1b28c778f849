import {
  type Figure,
  INK,
  lineChart,
  PALETTE,
  panels,
  panelWidth,
  type Table,
} from "../../../lib/figures/mod.ts";
import { type Artefact, meanCurve, NoResults, type Plan, type Results } from "../../../lib/harness/mod.ts";
import {
  AGENT_NAMES,
  type AgentName,
  AGENTS,
  CONTROL_TASK_NAMES,
  CONTROL_TASKS,
  TDMPC,
} from "../control_studies.ts";
import { scoresByTask } from "../control_summaries.ts";
import reported from "../reported.json" with { type: "json" };
import {
  AGGREGATE_COLUMNS,
  aggregateCells,
  aggregateFigure,
  type ScoredAgent,
  SMOOTH,
  smoothed,
} from "./_aggregates.ts";
import { spreadOf } from "./_style.ts";
import { MODEL_COLOURS } from "./_style.ts";

const COLOURS: Readonly<Record<AgentName, string>> = {
  koopman: MODEL_COLOURS.koopman,
  mlp: MODEL_COLOURS.mlp,
  longMlp: PALETTE[5],
  inconsistent: PALETTE[3],
};

/** How far the public curve is shown, in lengths of ours. */
const SHOWN = 3;

function learningFigure(results: Results): Figure {
  const groups = TDMPC.groups(results);
  const charts = CONTROL_TASK_NAMES.flatMap((task) => {
    const own = groups.filter((group) => group.task === task);
    if (own.length === 0) return [];
    const lines = own.map(({ agent, label, runs }) =>
      meanCurve(
        runs.map(({ result: { training, episodeSteps } }) => ({
          x: training.map((_, i) => (i + 1) * episodeSteps / 1000),
          y: smoothed(training),
        })),
        { name: label, colour: COLOURS[agent] },
      )
    );
    const longest = Math.max(...lines.map(({ x }) => x[x.length - 1]));
    const known = reported.curves.filter((curve) => curve.task === task).map(({ steps, scores }) => {
      const shown = steps.filter((step) => step / 1000 <= SHOWN * longest);
      return {
        name: "TD-MPC, its authors",
        colour: INK.muted,
        dashed: true,
        x: shown.map((step) => step / 1000),
        y: scores.slice(0, shown.length),
      };
    });
    return [lineChart([...lines, ...known], {
      title: CONTROL_TASKS[task],
      x: { title: "environment steps (thousands)" },
      y: { title: "score" },
      width: panelWidth(2) - 20,
      height: 220,
      alt: `Score over training on the ${CONTROL_TASKS[task]}, by agent.`,
    })];
  });
  if (charts.length === 0) throw new NoResults("no agent has a run");
  return panels(charts, {
    title: "Learning to swing up by TD-MPC",
    subtitle: [
      `Training episodes, mean of the last ${SMOOTH}; over seeds, with a standard deviation. 1 is upright throughout.`,
      "Dashed: public curve of TD-MPC's authors (MLP of eight times the width, 5 steps), not of this paper.",
    ],
    columns: 2,
    alt: "Panels by task: score over environment steps, by agent.",
  });
}

/** Agents that have runs, with their scores. */
function scored(results: Results): ScoredAgent[] {
  return AGENT_NAMES.flatMap((name) => {
    const scores = [...scoresByTask(results, name).values()];
    return scores.length === 0 ? [] : [{ name, label: AGENTS[name].label, scores }];
  });
}

function scoresTable(results: Results): Table {
  return {
    kind: "table",
    columns: [
      { key: "agent", title: "Agent" },
      { key: "seeds", title: "Seeds", note: "by task." },
      ...CONTROL_TASK_NAMES.map((task) => ({ key: task, title: CONTROL_TASKS[task] })),
      ...AGGREGATE_COLUMNS,
    ],
    rows: scored(results).map((agent) => {
      const tasks = scoresByTask(results, agent.name as AgentName);
      return {
        agent: agent.label,
        seeds: agent.scores.map(({ length }) => length).join(", "),
        ...Object.fromEntries([...tasks].map(([task, scores]) => [task, spreadOf(scores)])),
        ...aggregateCells(agent),
      };
    }),
    notes: [
      "Episodes without noise after training; a return as a share of a perfect episode's. In brackets: 95 % intervals of the stratified bootstrap.",
      "Every run counts the same in the last three columns, so that a task with one seed moves them little; its score has no " +
      "spread in the bootstrap.",
      "On the pendulum 1 is upright throughout, which no agent can reach from hanging.",
    ],
  };
}

const jobs = (plan: Plan) => TDMPC.jobs(plan);

/** TD-MPC with either model. */
export const tdMpcArtefacts: readonly Artefact[] = [
  {
    id: "figure-5",
    kind: "figure",
    location: "Figure 5",
    title: "Learning to swing up by TD-MPC",
    caption: "An agent that plans with its latent model, and learns while acting: Koopman or MLP.",
    jobs,
    largest: true,
    render: learningFigure,
  },
  {
    id: "figure-5-aggregates",
    kind: "figure",
    location: "Figure 5",
    title: "TD-MPC over all tasks",
    caption: "Mean, interquartile mean and optimality gap over tasks and seeds.",
    jobs,
    largest: true,
    render: (results) => aggregateFigure(scored(results), "TD-MPC over all tasks"),
  },
  {
    id: "table-tdmpc",
    kind: "table",
    location: "Figure 5",
    title: "Scores of TD-MPC",
    caption: "The same in numbers, task by task.",
    jobs,
    largest: true,
    render: scoresTable,
  },
];
