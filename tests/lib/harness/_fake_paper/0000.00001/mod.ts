import type { Table } from "../../../../../lib/figures/mod.ts";
import { NoResults, type Paper } from "../../../../../lib/harness/mod.ts";
import { experiments } from "./experiments.ts";

/** A paper of which most fails. */
export default {
  id: "0000.00001",
  title: "On failures",
  authors: "A. Nonymous",
  venue: "Nowhere",
  profiles: {
    smoke: { data: "stand-in", summary: "Stand-ins." },
    laptop: { data: "stand-in", summary: "Stand-ins." },
    paper: { data: "stand-in", summary: "Stand-ins." },
  },
  experiments,
  artefacts: [
    ...experiments.map(({ id }) => ({
      id: `table-${id}`,
      kind: "table" as const,
      location: `Table ${id}`,
      title: id,
      caption: id,
      jobs: () => [{ experiment: id, config: null, seed: 0 }],
      render(results: Parameters<Paper["artefacts"][number]["render"]>[0]): Table {
        if (results.of(id).length === 0) throw new NoResults(`${id} has no result`);
        return { kind: "table", columns: [{ key: "id", title: "Id" }], rows: [{ id }], notes: [] };
      },
    })),
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
  ],
  claims: [{
    id: "broken",
    location: "Section 9",
    statement: "Cannot be tested.",
    test: "None.",
    jobs: () => [{ experiment: "fine", config: null, seed: 0 }],
    evaluate() {
      throw new TypeError("a bug in the claim");
    },
  }, {
    id: "impossible",
    location: "Section 10",
    statement: "Cannot be tested for lack of results.",
    test: "None.",
    jobs: () => [{ experiment: "throws", config: null, seed: 0 }],
    evaluate() {
      throw new NoResults("nothing to go by");
    },
  }],
} satisfies Paper;
