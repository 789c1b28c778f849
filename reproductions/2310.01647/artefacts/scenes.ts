import { type Cell, type Figure, mosaic, type Table } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import { mean, meanAndStd } from "../../../lib/stats/mod.ts";
import { reportedSegmentation } from "../_reported.ts";
import type { ScenePrecision } from "../experiments/scenes.ts";
import { SCENES } from "../studies.ts";
import { tileOf } from "./_pictures.ts";

/** Table 2. */
export const sceneTable: Artefact = {
  id: "table-2",
  kind: "table",
  location: "Table 2 (scenes of digits, a stand-in for COCO)",
  title: "Zero-shot adaptation of a segmenting network",
  caption:
    "Mask AP@[.5:.95] with classes, each object prompted by its box, upright and averaged over quarter turns. The network labels pixels and is " +
    "never changed.",
  jobs: (plan) => SCENES.jobs(plan),
  render(results): Table {
    const { runs } = SCENES.group(results, "labeller");
    const cell = (values: readonly (number | null)[]): Cell => {
      const numbers = values.filter((value) => value !== null);
      return numbers.length === 0 ? null : meanAndStd(numbers);
    };
    const row = (label: string, all: readonly ScenePrecision[]): Record<string, Cell> => ({
      label,
      upright: cell(all.map(({ upright }) => upright)),
      c4: cell(all.map(({ c4 }) => c4)),
      identity: cell(all.map(({ identity }) => identity)),
      parameters: all[0].parameters,
    });
    return {
      kind: "table",
      columns: [
        { key: "label", title: "Network" },
        { key: "upright", title: "AP (%)", digits: 1 },
        { key: "c4", title: "C4 AP (%)", digits: 1 },
        { key: "identity", title: "Found upright (%)", digits: 1 },
        { key: "parameters", title: "Canonicalizer", digits: 0, note: "its parameters" },
      ],
      rows: [
        row("pixel labeller", runs.map(({ result }) => result.frozen)),
        row("behind a small canonicalizer", runs.map(({ result }) => result.small)),
        row("behind a large canonicalizer", runs.map(({ result }) => result.large)),
        ...reportedSegmentation().map(([label, [upright, c4]]): Record<string, Cell> => ({
          label: `reported: ${label}`,
          upright,
          c4,
          identity: null,
          parameters: null,
        })),
      ],
      notes: [
        `Mean ± standard deviation over ${runs.length} seeds.`,
        "Reported are COCO 2017, by two public note files; they do not compare with these scenes.",
      ],
    };
  },
};

/** The teaser's subject, masks. */
export const sceneFigure: Artefact = {
  id: "figure-masks",
  kind: "figure",
  location: "Figure 1 (scenes of digits, a stand-in)",
  title: "Labels of the pixels of a turned scene",
  caption:
    "The first test scene, whichever it is, turned by 90°. Each grey is a class of pixels, black the ground; in brackets the share of " +
    "the digits' pixels that are right. First seed.",
  jobs: (plan) => SCENES.jobs(plan),
  render(results): Figure {
    const { scene, truth, frozen, adapted } = SCENES.result(results, "labeller").shown;
    const wanted = Array.from(tileOf(truth).values);
    const right = (labels: string) => {
      const given = tileOf(labels).values;
      const hits = wanted.flatMap((kind, i) => kind > 0 ? [given[i] === kind ? 100 : 0] : []);
      return `${mean(hits).toFixed(0)} % right`;
    };
    return mosaic([
      { title: "scene, turned by 90°", tiles: [tileOf(scene)] },
      { title: "true labels", tiles: [tileOf(truth)] },
      { title: `frozen (${right(frozen)})`, tiles: [tileOf(frozen)] },
      { title: `adapted (${right(adapted)})`, tiles: [tileOf(adapted)] },
    ], {
      title: "Labels of the pixels of a turned scene",
      subtitle:
        "Each grey is a kind of digit, black the ground; in brackets how many of the digits' pixels are right",
      tilesPerRow: 1,
      groupsPerRow: 4,
      colours: "grey",
      alt:
        "A turned scene of digits with its true labels and those of a network before and after adaptation.",
    });
  },
};
