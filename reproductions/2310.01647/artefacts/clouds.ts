import { type Artefact, metricTable } from "../../../lib/harness/mod.ts";
import { CLOUDS } from "../studies.ts";

/** Point clouds. */
export const cloudTable: Artefact = metricTable({
  id: "table-clouds",
  location: "point-cloud table (ModelNet10 instead of ModelNet40)",
  title: "Point clouds under rotations",
  caption:
    "Test accuracy on ModelNet10 clouds as they stand and turned in space at random. Networks are trained on upright clouds, but for the one " +
    "that is marked.",
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
  notes: ["The paper's values of this table were not available."],
});
