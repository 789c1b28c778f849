import type { Cell, Table } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import { meanAndStd } from "../../../lib/stats/mod.ts";
import { REPORTED_LOSSES } from "../_reported.ts";
import type { EnergyRow } from "../experiments/energies.ts";
import { ENERGIES } from "../studies.ts";

/** The paper's own canonicalizers, small and large. */
export const sizeTable: Artefact = {
  id: "table-sizes",
  kind: "table",
  location: "Table 2 (classification instead of segmentation), ablation of the canonicalizer's size",
  title: "G-CNNs of two sizes before a published ResNet-56",
  caption:
    "Accuracy on unseen CIFAR-10 test photographs, upright and averaged over quarter turns. Both canonicalizers are trained by the prior " +
    "alone, from scratch, on the same photographs, shrunk to half their side.",
  largest: true,
  jobs: (plan) => ENERGIES.jobs(plan),
  render(results): Table {
    const { runs, config } = ENERGIES.group(results, "resnet56");
    const cell = (values: readonly (number | null)[]): Cell => {
      const numbers = values.filter((value) => value !== null);
      return numbers.length === 0 ? null : meanAndStd(numbers);
    };
    const row = (label: string, pick: "plain" | "small" | "large"): Record<string, Cell> => {
      const all: readonly EnergyRow[] = runs.map(({ result }) => result[pick]);
      return {
        label,
        upright: cell(all.map(({ upright }) => upright)),
        c4: cell(all.map(({ c4 }) => c4)),
        identity: cell(all.map(({ identity }) => identity)),
        loss: pick === "plain" ? null : cell(all.map(({ losses }) => losses.at(-1)!)),
        parameters: pick === "plain" ? null : all[0].parameters,
      };
    };
    return {
      kind: "table",
      columns: [
        { key: "label", title: "Before ResNet-56" },
        { key: "upright", title: "Upright (%)", digits: 1 },
        { key: "c4", title: "C4 (%)", digits: 1 },
        { key: "identity", title: "Found upright (%)", digits: 1 },
        {
          key: "loss",
          title: "Prior's loss",
          digits: 3,
          note: "in the last epoch; log 4 = 1.386 for a guess",
        },
        { key: "parameters", title: "Canonicalizer", digits: 0, note: "its parameters" },
      ],
      rows: [
        row("nothing", "plain"),
        row("small: G-CNN", "small"),
        row("large: wide residual G-CNN", "large"),
      ],
      notes: [
        `Mean ± standard deviation over ${runs.length} seeds; ${config.train} photographs, ${config.epochs} epochs.`,
        `In the authors' notebook (STL-10, C4) the prior's loss is ${REPORTED_LOSSES.first} in the first epoch and ` +
        `${REPORTED_LOSSES.fifth} in the fifth.`,
        "The paper's canonicalizers have 0.2 and 1.9 million parameters (Table 2).",
      ],
    };
  },
};
