import type { Table } from "../../../../../lib/figures/mod.ts";
import {
  type Artefact,
  everyProfile,
  type Experiment,
  NoResults,
  type Paper,
  study,
} from "../../../../../lib/harness/paper/mod.ts";
import { endless, experiments } from "./experiments.ts";

/** A table of an experiment that runs once, if it does. */
function tableOf(experiment: Experiment): Artefact {
  const { id } = experiment;
  const once = study(experiment, everyProfile({ all: { config: null, seeds: { only: 0 } } }));
  return {
    id: `table-${id}`,
    kind: "table",
    location: `Table ${id}`,
    title: id,
    caption: id,
    jobs: (plan) => once.jobs(plan),
    render(results): Table {
      once.result(results, "all");
      return { kind: "table", columns: [{ key: "id", title: "Id" }], rows: [{ id }], notes: [] };
    },
  };
}

/** A paper of which most fails. */
export default {
  id: "0000.00001",
  title: "On failures",
  authors: "A. Nonymous",
  venue: "Nowhere",
  read: "nothing",
  profiles: {
    smoke: { data: "stand-in", summary: "Stand-ins." },
    laptop: { data: "stand-in", summary: "Stand-ins." },
    paper: { data: "stand-in", summary: "Stand-ins." },
  },
  experiments: [...experiments, endless],
  artefacts: [
    ...experiments.map(tableOf),
    {
      id: "figure-broken",
      kind: "figure",
      location: "Figure 9",
      title: "Broken",
      caption: "Cannot be drawn.",
      jobs: () => [{ experiment: "fine", config: null, seed: 0 }],
      render() {
        throw new TypeError("a bug in the figure");
      },
    },
    {
      id: "figure-unknown-mark",
      kind: "figure",
      location: "Figure 10",
      title: "Wrong",
      caption: "Cannot be drawn either.",
      jobs: () => [{ experiment: "fine", config: null, seed: 0 }],
      render: () => ({
        kind: "figure",
        alt: "",
        spec: { mark: "no such mark", data: { values: [{ x: 1 }] } },
      }),
    },
    {
      id: "table-endless",
      kind: "table",
      location: "Table 11",
      title: "Endless",
      caption: "Never ends, in the paper profile.",
      jobs: ({ profile }) =>
        profile === "paper" ? [0, 1].map((seed) => ({ experiment: "endless", config: null, seed })) : [],
      render() {
        throw new NoResults("nothing to show");
      },
    },
  ],
  claims: [{
    id: "broken",
    location: "Section 9",
    statement: "Cannot be tested.",
    test: "None.",
    safeguards: "A fake.",
    jobs: () => [{ experiment: "fine", config: null, seed: 0 }],
    evaluate() {
      throw new TypeError("a bug in the claim");
    },
  }, {
    id: "impossible",
    location: "Section 10",
    statement: "Cannot be tested for lack of results.",
    test: "None.",
    safeguards: "A fake.",
    jobs: () => [{ experiment: "throws", config: null, seed: 0 }],
    evaluate() {
      throw new NoResults("nothing to go by");
    },
  }],
} satisfies Paper;
