import type { Artefact } from "../../../lib/harness/mod.ts";
import { STITCHING } from "../studies.ts";

/** Diagnostics of Merlin-NP. */
export const stitchingArtefacts: readonly Artefact[] = [{
  id: "table-stitching",
  kind: "table",
  location: "addition",
  title: "Stitching by threshold",
  caption: "How often walks switch, how far they jump, and how much of the map an episode then visits.",
  jobs: (plan) => STITCHING.jobs(plan),
  render: (results) => ({
    kind: "table",
    columns: [
      { key: "cell", title: "Data" },
      { key: "threshold", title: "δ", digits: 6 },
      { key: "switches", title: "Switches", digits: 1, note: "of the 49 steps of an episode." },
      { key: "discarded", title: "Dropped", digits: 2, note: "walks for each that is kept." },
      {
        key: "median",
        title: "Jump, median",
        digits: 3,
        note: "distance to the neighbour; a step is up to 1.4 long.",
      },
      { key: "high", title: "Jump, 90 %", digits: 3 },
      { key: "cells", title: "Cells visited", digits: 1, note: "unit cells of the map, by episode." },
    ],
    rows: STITCHING.groups(results).flatMap(({ label, runs: [{ result }] }) =>
      result.rows.map(({ threshold, switches, discarded, jump, cells }) => ({
        cell: label,
        threshold: threshold > 1 ? "none" : threshold,
        ...{ switches, discarded, median: jump[0], high: jump[1], cells },
      }))
    ),
    notes: ["The released code has δ = 0.9999. Nearest neighbours are exact; one seed."],
  }),
}];
