/** What each profile runs: experiments in named variants. */
import { type Seeds, study, type Variant } from "../../lib/harness/mod.ts";
import { type BaselineConfig, type BaselineName, baselines } from "./experiments/baselines.ts";
import { stitching, type StitchingConfig } from "./experiments/stitching.ts";
import { merlin, type MerlinConfig, type Source } from "./experiments/merlin.ts";
import { speed, type SpeedConfig } from "./experiments/speed.ts";
import {
  BASELINE_NAMES,
  type Cell,
  CELLS,
  dataOf,
  FRESH,
  RATES,
  SECOND_SEEDS,
  TEST_HORIZONS,
  tunedHorizon,
  tunedRatio,
} from "./studies/cells.ts";

export { ARM_RUNS } from "./studies/arms.ts";
export * from "./studies/cells.ts";
export { PIXELS } from "./studies/pixels.ts";
export { TOY, TOY_GOALS, TOY_HORIZONS, TOY_SECOND_LOOK, type ToyName } from "./studies/toy.ts";

/** Hindsight ratios of the sweep. */
export const RATIOS = [0, 0.2, 0.5, 1] as const;
/** Sizes of a profile. */
interface Scale {
  readonly cells: readonly Cell[];
  readonly ratios: readonly number[];
  readonly episodes: number;
  readonly training: Pick<MerlinConfig, "steps" | "batchSize" | "hidden">;
  readonly testHorizons: readonly number[];
  readonly testEpisodes: number;
  readonly stitching: Omit<Extract<Source, { kind: "stitching" }>, "kind" | "threshold">;
  readonly reverse: Omit<Extract<Source, { kind: "reverse" }>, "kind">;
  /** Seeds of Merlin's variants. */
  readonly variants: (cell: Cell, kind: MerlinKind) => Seeds;
  /** Seeds of the comparison with other methods. */
  readonly compared: (cell: Cell, method: BaselineName | "Merlin") => Seeds;
}

const SMOKE: Scale = {
  cells: ["PointReach expert", "PointReach random"],
  ratios: [0, 1],
  episodes: 40,
  training: { steps: 100, batchSize: 32, hidden: [16, 16] },
  testHorizons: [1, 50],
  testEpisodes: 10,
  stitching: { steps: 40, width: 16 },
  reverse: { dynamicsSteps: 10, behaviourSteps: 20, hidden: 8, width: 16 },
  variants: () => 1,
  compared: () => 1,
};

/** Merlin's variants with three seeds on point tasks; the rest of three seeds is in decided.json. */
const THREE: readonly string[] = ["P", "NP"];
/** Methods with three seeds on point tasks; of the others two of the three are in decided.json. */
const THREE_SEEDS: readonly string[] = [
  ...["Merlin", "goal BC", "GCSL", "WGCSL", "BESO", "Decision Diffuser"],
];
/** What takes longest: on Reacher it is run to decide claims, not in the profile. */
const LONG: readonly string[] = ["AM", "g-DQL", "GoFAR"];
const isPoint = (cell: Cell) => cell.startsWith("Point");

const LAPTOP: Scale = {
  cells: CELLS,
  ratios: [0, 0.2, 1],
  episodes: 2000,
  training: { steps: 2500, batchSize: 256, hidden: [128, 128, 128] },
  testHorizons: TEST_HORIZONS,
  testEpisodes: 100,
  stitching: { steps: 1000, width: 128 },
  reverse: { dynamicsSteps: 150, behaviourSteps: 1000, hidden: 32, width: 128 },
  variants: (cell, kind) => isPoint(cell) && THREE.includes(kind) ? 3 : 1,
  compared(cell, method) {
    const [first] = FRESH;
    if (isPoint(cell)) return THREE_SEEDS.includes(method) ? FRESH : [first];
    return method === "Merlin" ? [first] : LONG.includes(method) ? { beyond: [first] } : { only: first };
  },
};

const PAPER: Scale = {
  ...LAPTOP,
  ratios: [0, 0.2, 0.5, 0.8, 1],
  training: { steps: 500_000, batchSize: 512, hidden: [256, 256, 256] },
  stitching: { steps: 39_000, width: 512 },
  reverse: { dynamicsSteps: 800, behaviourSteps: 39_000, hidden: 256, width: 256 },
  variants: () => 10,
  compared: () => 10,
};

/** Variants of Merlin on each cell; the first seed keeps some walks where states are places. */
export type MerlinKind = `ρ ${number}` | "no horizon" | "P" | "NP" | "NP, δ = 2";
type MerlinName = `${Cell} ${MerlinKind}`;
interface MerlinVariant extends Variant<MerlinConfig> {
  readonly cell: Cell;
}

/** The variant of Merlin with ρ as the authors tuned it. */
export const mainOf = (cell: Cell): MerlinName => `${cell} ρ ${tunedRatio(cell)}`;

/** What all trainings of Merlin share. */
const merlinBase = (
  cell: Cell,
  { episodes, training, testEpisodes }: Scale,
): Omit<MerlinConfig, "testHorizons"> => ({
  data: dataOf(cell, episodes),
  horizon: true,
  ratio: tunedRatio(cell),
  ...training,
  learningRate: RATES.Merlin,
  episodes: testEpisodes,
});

function merlins(scale: Scale): Partial<Record<MerlinName, MerlinVariant>> {
  const { stitching, reverse, testHorizons } = scale;
  const kinds = (cell: Cell): Record<string, Partial<MerlinConfig>> => {
    const ratios = [...new Set([...scale.ratios, tunedRatio(cell)])].sort((a, b) => a - b);
    return {
      ...Object.fromEntries(ratios.map((ratio) => [`ρ ${ratio}`, { ratio }])),
      "no horizon": { horizon: false, testHorizons: [1] },
      P: { source: { kind: "reverse", ...reverse } },
      NP: { source: { kind: "stitching", threshold: 0.9999, ...stitching } },
      "NP, δ = 2": { source: { kind: "stitching", threshold: 2, steps: 0, width: 2, size: 2 } },
    };
  };
  return Object.fromEntries(scale.cells.flatMap((cell) =>
    Object.entries(kinds(cell)).map(([kind, own]) => {
      const walks = cell.startsWith("Point") && kind === `ρ ${tunedRatio(cell)}`;
      return [`${cell} ${kind}`, {
        label: kind,
        cell,
        config: {
          ...merlinBase(cell, scale),
          // The tuned horizon first: walks are at it.
          testHorizons: [...new Set([tunedHorizon(cell), ...testHorizons])],
          ...own,
        },
        ...(walks && { firstSeed: { paths: 40 } }),
        seeds: scale.variants(cell, kind as MerlinKind),
      }];
    })
  ));
}

/** Merlin with its sweeps and ablations. */
export const MERLIN = study(merlin, {
  smoke: merlins(SMOKE),
  laptop: merlins(LAPTOP),
  paper: merlins(PAPER),
});

function compared(scale: Scale): Partial<Record<Cell, MerlinVariant>> {
  return Object.fromEntries(scale.cells.map((cell) => [cell, {
    label: "Merlin",
    cell,
    config: { ...merlinBase(cell, scale), testHorizons: [tunedHorizon(cell)] },
    seeds: scale.compared(cell, "Merlin"),
  }]));
}

/** Merlin as it is compared with other methods, at the tuned horizon only. */
export const COMPARED = study(merlin, {
  smoke: compared(SMOKE),
  laptop: compared(LAPTOP),
  paper: compared(PAPER),
});

function secondLook(scale: Scale, seeds: Seeds): Partial<Record<Cell, MerlinVariant>> {
  return Object.fromEntries(
    Object.entries(compared(scale)).filter(([cell]) => cell.endsWith("expert")).map(([cell, variant]) => [
      cell,
      { ...variant, seeds },
    ]),
  );
}

/** Merlin and its data of experts once more, on seeds that nothing was seen of. */
export const SECOND_LOOK = study(merlin, {
  smoke: secondLook(SMOKE, 1),
  laptop: secondLook(LAPTOP, SECOND_SEEDS.slice(0, 1)),
  paper: secondLook(PAPER, 10),
});

interface BaselineVariant extends Variant<BaselineConfig> {
  readonly cell: Cell;
  readonly method: BaselineName;
}

function others(scale: Scale): Partial<Record<`${Cell} ${BaselineName}`, BaselineVariant>> {
  return Object.fromEntries(
    scale.cells.flatMap((cell) =>
      BASELINE_NAMES.map((method) => [`${cell} ${method}`, {
        label: method,
        cell,
        method,
        config: {
          data: dataOf(cell, scale.episodes),
          method,
          ...scale.training,
          learningRate: RATES[method],
          episodes: scale.testEpisodes,
        },
        seeds: scale.compared(cell, method),
      }])
    ),
  );
}

/** Other methods. */
export const OTHERS = study(baselines, {
  smoke: others(SMOKE),
  laptop: others(LAPTOP),
  paper: others(PAPER),
});

function stitchings(scale: Scale): Partial<Record<Cell, Variant<StitchingConfig>>> {
  return Object.fromEntries(
    scale.cells.filter((cell) => cell.startsWith("Point")).map((cell) => [cell, {
      label: cell,
      config: {
        data: dataOf(cell, scale.episodes),
        ...scale.stitching,
        thresholds: [0.99, 0.999, 0.9999, 0.99999, 0.999999, 2],
      },
      seeds: { only: 0 },
    }]),
  );
}

/** How many switches there are, by δ. */
export const STITCHING = study(stitching, {
  smoke: stitchings(SMOKE),
  laptop: stitchings(LAPTOP),
  paper: stitchings(PAPER),
});

const timed = (config: SpeedConfig) => ({ all: { config, seeds: { only: 0 } } });

/** Time for an action, of policies of equal width. */
export const SPEED = study(speed, {
  smoke: timed({ hidden: [16, 16], rows: 4, rounds: 3, calls: 3, updates: 10, trainings: 1 }),
  laptop: timed({ hidden: [256, 256, 256], rows: 100, rounds: 7, calls: 10, updates: 100, trainings: 3 }),
  paper: timed({ hidden: [256, 256, 256], rows: 100, rounds: 7, calls: 100, updates: 1000, trainings: 5 }),
});
