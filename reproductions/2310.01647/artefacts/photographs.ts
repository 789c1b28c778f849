import { type Cell, type Figure, mosaic, type Table } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults } from "../../../lib/harness/mod.ts";
import { meanAndStd } from "../../../lib/stats/mod.ts";
import type { Regime, RegimeResult } from "../experiments/finetuning.ts";
import type { Rating, Row } from "../experiments/photographs.ts";
import { FINETUNING, PHOTOGRAPHS, TIMING } from "../studies.ts";
import {
  REPORTED_SIZE_RATIO,
  REPORTED_TIME_RATIO,
  reportedAccuracy,
  reportedNotebook,
} from "../_reported.ts";
import { CLASS_NAMES, tileOf } from "./_pictures.ts";

/** The teaser. */
export const teaserFigure: Artefact = {
  id: "figure-1",
  kind: "figure",
  location: "Figure 1 (photographs instead of masks)",
  title: "Turned photographs, said before and after",
  caption:
    "The first eight judged test photographs of CIFAR-10, each turned by one to three quarters, in grey. Above each what it is, what the " +
    "published ResNet-56 says of it, and what it says behind the canonicalizer.",
  jobs: (plan) => PHOTOGRAPHS.jobs(plan),
  render(results): Figure {
    const { shown } = PHOTOGRAPHS.result(results, "resnet56");
    if (shown.length === 0) throw new NoResults("no photographs were kept");
    return mosaic(
      shown.map(({ picture, label, plain, adapted }) => ({
        title: `${CLASS_NAMES[label]}: ${CLASS_NAMES[plain]} → ${CLASS_NAMES[adapted]}`,
        tiles: [tileOf(picture)],
      })),
      {
        title: "What a published network says of turned photographs",
        subtitle: "Turned by one to three quarters, in grey; truth: as published → behind the canonicalizer",
        tilesPerRow: 1,
        groupsPerRow: 4,
        colours: "grey",
        alt: "Eight turned photographs with the classes that are said of them before and after adaptation.",
      },
    );
  },
};

const BEHIND: Readonly<Record<Rating, string>> = {
  both: "CP zero-shot: ResNet-20's last stage and confidence",
  votes: "CP zero-shot: ResNet-20's last stage",
  small: "CP zero-shot: small CNN",
  confidence: "confidence alone, nothing trained (control)",
  untrained: "untrained last stage (control)",
};

/** Mean and standard deviation over seeds as a cell. */
function cell(values: readonly (number | null)[]): Cell {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length === 0) return null;
  const { value, std } = meanAndStd(numbers);
  return { value, ...std !== undefined && { std } };
}

/** Zero-shot adaptation of the published network. */
export const photographTable: Artefact = {
  id: "table-zero-shot",
  kind: "table",
  location: "Table 2 (classification instead of segmentation)",
  title: "ResNet-56 as published, and behind canonicalizers",
  caption:
    "Accuracy on 700 CIFAR-10 test photographs that neither the network nor the canonicalizer has seen, upright and averaged over quarter " +
    "turns (C4), turns by 45° (C8) and quarter turns with mirror images (D4). The network's weights are never changed.",
  largest: true,
  jobs: (plan) => PHOTOGRAPHS.jobs(plan),
  render(results): Table {
    const { runs } = PHOTOGRAPHS.group(results, "resnet56");
    const row = (label: string, all: readonly Row[], parameters: number | null): Record<string, Cell> => ({
      label,
      upright: cell(all.map(({ upright }) => upright)),
      c4: cell(all.map(({ c4 }) => c4)),
      c8: cell(all.map(({ c8 }) => c8)),
      d4: cell(all.map(({ d4 }) => d4)),
      identity: cell(all.map(({ identity }) => identity)),
      parameters,
    });
    const [{ result: { parameters, ensemble } }] = runs;
    const sizes: Readonly<Record<Rating, number>> = {
      both: parameters.judge,
      votes: parameters.judge,
      small: parameters.small,
      confidence: 0,
      untrained: parameters.judge,
    };
    return {
      kind: "table",
      columns: [
        { key: "label", title: "Before ResNet-56" },
        { key: "upright", title: "Upright (%)", digits: 1 },
        { key: "c4", title: "C4 (%)", digits: 1 },
        { key: "c8", title: "C8 (%)", digits: 1, note: "first seed only" },
        { key: "d4", title: "D4 (%)", digits: 1, note: "first seed only" },
        { key: "identity", title: "Found upright (%)", digits: 1 },
        { key: "parameters", title: "Trained", digits: 0, note: "trained parameters" },
      ],
      rows: [
        row("nothing", runs.map(({ result }) => result.plain), null),
        ...(Object.keys(BEHIND) as Rating[]).map((rating) =>
          row(BEHIND[rating], runs.map(({ result }) => result.behind[rating]), sizes[rating])
        ),
        row("mean of the logits over four poses (control)", runs.map(({ result }) => result.average), null),
        {
          label: "all three networks together, no canonicalizer (control)",
          upright: ensemble.upright,
          c4: ensemble.c4,
          c8: null,
          d4: null,
          identity: null,
          parameters: null,
        },
      ],
      notes: [`Mean ± standard deviation over ${runs.length} seeds of training.`],
    };
  },
};

const REGIME_NAMES: Readonly<Record<Regime, readonly [label: string, reported: string]>> = {
  vanilla: ["Vanilla", "Vanilla"],
  augmented: ["C4 augmentation", "Rotation augmentation"],
  lc: ["LC", "LC"],
  cp: ["CP", "CP"],
};

/** Table 1 on photographs. */
export const finetuningTable: Artefact = {
  id: "table-1",
  kind: "table",
  location: "Table 1 (CIFAR-10, ResNet-20 and C4 instead of ResNet-50 and C8)",
  title: "Fine-tuning a published ResNet-20 in four regimes",
  caption:
    "Accuracy on unseen photographs. The last stage and the head are trained on few photographs of CIFAR-10's training set, which the " +
    "published network has seen upright; the stages before are frozen.",
  jobs: (plan) => FINETUNING.jobs(plan),
  render(results): Table {
    const { runs, config } = FINETUNING.group(results, "resnet20");
    const row = (label: string, all: readonly RegimeResult[], reported?: string): Record<string, Cell> => {
      const known = (of: typeof reportedAccuracy) =>
        (reported === undefined ? undefined : of(reported)) ?? [null, null];
      const [acc, c8] = known(reportedAccuracy), [notebookUpright, notebookC4] = known(reportedNotebook);
      return {
        label,
        upright: cell(all.map(({ upright }) => upright)),
        c4: cell(all.map(({ c4 }) => c4)),
        identity: cell(all.map(({ identity }) => identity)),
        reportedUpright: acc,
        reportedC8: c8,
        notebookUpright,
        notebookC4,
      };
    };
    return {
      kind: "table",
      columns: [
        { key: "label", title: "Regime" },
        { key: "upright", title: "Upright (%)", digits: 1 },
        { key: "c4", title: "C4 (%)", digits: 1 },
        { key: "identity", title: "Found upright (%)", digits: 1 },
        { key: "reportedUpright", title: "Reported upright (%)", digits: 2 },
        { key: "reportedC8", title: "Reported C8 (%)", digits: 2 },
        { key: "notebookUpright", title: "Notebook upright (%)", digits: 1, note: "ViT-B/16 on STL-10" },
        { key: "notebookC4", title: "Notebook C4 (%)", digits: 1, note: "ViT-B/16 on STL-10" },
      ],
      rows: [
        row("as published", runs.map(({ result }) => result.published)),
        ...(Object.keys(REGIME_NAMES) as Regime[]).map((regime) =>
          row(
            REGIME_NAMES[regime][0],
            runs.map(({ result }) => result.regimes[regime]),
            REGIME_NAMES[regime][1],
          )
        ),
      ],
      notes: [
        `Mean ± standard deviation over ${runs.length} seeds; ${config.train} photographs, ${config.epochs} epochs.`,
        "Reported are ResNet-50 on all of CIFAR-10 at 224 × 224 over C8, by public notes that quote the paper's table: they " +
        "show the order, not a value to reach. The notebook is the authors' (classification, C4, 20 epochs); its outputs are in their code.",
      ],
    };
  },
};

/** Inference times. */
export const timeTable: Artefact = {
  id: "table-times",
  kind: "table",
  location: "inference time",
  title: "Inference times",
  caption: "Milliseconds a photograph, one thread, rounds interleaved in one process.",
  jobs: (plan) => TIMING.jobs(plan),
  render(results): Table {
    const times = TIMING.result(results, "resnet56");
    const names = {
      none: "ResNet-56",
      small: "behind the small CNN",
      votes: "behind ResNet-20's last stage",
      both: "behind that and the confidence of three networks",
      average: "averaged over four poses (control)",
    } as const;
    return {
      kind: "table",
      columns: [
        { key: "label", title: "Network" },
        { key: "median", title: "Median (ms)", digits: 2 },
        { key: "least", title: "Least (ms)", digits: 2 },
        { key: "ratio", title: "Ratio", digits: 2, note: "median over that of ResNet-56 alone" },
      ],
      rows: Object.entries(names).map(([key, label]) => {
        const own = times[key as keyof typeof names];
        return { label, ...own, ratio: own.median / times.none.median };
      }),
      notes: [
        `Reported for SAM with its canonicalizer: ${REPORTED_TIME_RATIO} times the time and ${REPORTED_SIZE_RATIO} times the parameters of SAM (the authors' article).`,
      ],
    };
  },
};
