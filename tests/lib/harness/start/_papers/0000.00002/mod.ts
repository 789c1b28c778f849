import { lineChart, type Table } from "../../../../../../lib/figures/mod.ts";
import { everyProfile, type Paper, study } from "../../../../../../lib/harness/paper/mod.ts";
import { escapes } from "../../_escapes.ts";
import { prisoner } from "./experiments.ts";

const worked = await escapes(JSON.parse(Deno.env.get("REFIGURE_TEST_OUTSIDE")!));
Deno.stderr.writeSync(new TextEncoder().encode(`the command can: ${worked.join(", ") || "nothing"}\n`));

const once = study(prisoner, everyProfile({ all: { config: null, seeds: { only: 0 } } }));

/** A paper that tries to get out, when it is loaded and in its job. */
export default {
  id: "0000.00002",
  title: "On walls",
  authors: "A. Nonymous",
  venue: "Nowhere",
  read: "nothing",
  profiles: {
    smoke: { data: "stand-in", summary: "Stand-ins." },
    laptop: { data: "stand-in", summary: "Stand-ins." },
    paper: { data: "stand-in", summary: "Stand-ins." },
  },
  experiments: [prisoner],
  artefacts: [{
    id: "figure-1",
    kind: "figure",
    location: "Figure 1",
    title: "Walls",
    caption: "Walls.",
    jobs: (plan) => once.jobs(plan),
    render(results) {
      once.result(results, "all");
      const axes = { x: { title: "x" }, y: { title: "y" } };
      return lineChart([{ name: "wall", x: [0, 1], y: [0, 1] }], { title: "Walls", alt: "A wall.", ...axes });
    },
  }, {
    id: "table-1",
    kind: "table",
    location: "Table 1",
    title: "Walls",
    caption: "Walls.",
    jobs: (plan) => once.jobs(plan),
    render(results): Table {
      once.result(results, "all");
      return { kind: "table", columns: [{ key: "id", title: "Id" }], rows: [{ id: "wall" }], notes: [] };
    },
  }],
  claims: [],
} satisfies Paper;
