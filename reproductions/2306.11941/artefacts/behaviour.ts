import type { Table } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { BEHAVIOUR, nameOfSet, SET_KEYS } from "../studies.ts";

/** Characters of a digest that are shown. */
const SHOWN = 12;

function behaviourTable(results: Results): Table {
  return {
    kind: "table",
    columns: [
      { key: "name", title: "Behaviour data" },
      { key: "environment", title: "Environment" },
      { key: "quality", title: "Quality" },
      { key: "episodes", title: "Episodes", digits: 0 },
      { key: "transitions", title: "Transitions", digits: 0 },
      { key: "meanReturn", title: "Mean return", digits: 1 },
      { key: "digest", title: "SHA-256", note: `its first ${SHOWN} characters.` },
    ],
    rows: BEHAVIOUR.groups(results).map(({ set, config, runs: [{ result }] }) => ({
      name: nameOfSet(set),
      environment: config.data.environment,
      quality: nameOfSet(set).replace(/^.*?-(ars|cpg)-/, ""),
      episodes: result.episodes,
      transitions: result.transitions,
      meanReturn: result.meanReturn,
      digest: result.digest.slice(0, SHOWN),
    })),
    notes: [
      "ars: augmented random search; cpg: oscillations of all joints with noise. Never D4RL.",
    ],
  };
}

/** What the models learn from. */
export const behaviourArtefacts: readonly Artefact[] = [
  {
    id: "table-behaviour",
    kind: "table",
    location: "addition",
    title: "Behaviour data",
    caption: "What was recorded for the predictions, computed from the episodes themselves.",
    jobs: (plan) => BEHAVIOUR.jobs(plan, SET_KEYS),
    largest: true,
    render: behaviourTable,
  },
];
