/** What each profile runs: experiments in named variants. */
import { study, type Variant } from "../../lib/harness/mod.ts";
import type { DataConfig, TaskName } from "./experiments/_tasks.ts";
import { type BaselineConfig, type BaselineName, baselines } from "./experiments/baselines.ts";
import { stitching, type StitchingConfig } from "./experiments/stitching.ts";
import { merlin, type MerlinConfig, type Source } from "./experiments/merlin.ts";
import { speed, type SpeedConfig } from "./experiments/speed.ts";
import { toy, type ToyConfig } from "./experiments/toy.ts";

/** Goals of the toy: that of training, and four that are never asked for in it. */
export const TOY_GOALS = [[0, 0], [5, 4], [7, -8], [-3, -6], [-7, 4]] as const;
/** Horizons at which the toy's policy is looked at. */
export const TOY_HORIZONS = [1, 5, 10, 20, 50, 200];

/** Methods of the toy. */
const TOY_METHODS = {
  merlin: { label: "Merlin", method: { kind: "merlin", horizon: true, misaligned: false } },
  noHorizon: { label: "no horizon", method: { kind: "merlin", horizon: false, misaligned: false } },
  misaligned: { label: "misaligned", method: { kind: "merlin", horizon: true, misaligned: true } },
  gcsl: { label: "GCSL", method: { kind: "gcsl", updates: 50 } },
} as const satisfies Record<string, { label: string; method: ToyConfig["method"] }>;
export type ToyName = keyof typeof TOY_METHODS;

function toys(
  { seeds, gcsl, ...base }: Omit<ToyConfig, "method" | "goals" | "horizons"> & {
    readonly seeds: number;
    /** What differs in GCSL, which learns on-line. */
    readonly gcsl: Partial<ToyConfig>;
  },
): Record<ToyName, Variant<ToyConfig>> {
  const variants = Object.fromEntries(
    Object.entries(TOY_METHODS).map(([name, { label, method }]) => [name, {
      label,
      config: {
        ...base,
        ...(name === "gcsl" && gcsl),
        method,
        goals: TOY_GOALS,
        // Without a horizon there is nothing to vary.
        horizons: name === "merlin" || name === "misaligned" ? TOY_HORIZONS : [1],
      },
      ...((name === "merlin" || name === "gcsl") && { firstSeed: { fields: true } }),
      seeds,
    }]),
  );
  return variants as unknown as Record<ToyName, Variant<ToyConfig>>;
}

const TOY_LAPTOP = { walks: 200, hidden: [128, 128], grid: 20, starts: 100 };

/** Toy navigation. */
export const TOY = study(toy, {
  smoke: toys({
    ...{ walks: 20, steps: 200, batchSize: 32, learningRate: 1e-3, hidden: [16, 16], grid: 6, starts: 5 },
    gcsl: { steps: 100 },
    seeds: 1,
  }),
  laptop: toys({
    ...{ ...TOY_LAPTOP, steps: 6000, batchSize: 256, learningRate: 1e-3 },
    gcsl: { steps: 10_000, batchSize: 100, learningRate: 5e-4 },
    seeds: 3,
  }),
  paper: toys({
    ...{ ...TOY_LAPTOP, hidden: [256, 256], grid: 40, steps: 100_000, batchSize: 256, learningRate: 1e-5 },
    gcsl: { steps: 1_000_000, batchSize: 100, learningRate: 5e-4 },
    seeds: 10,
  }),
});

/** Behaviour that episodes are recorded of. */
export const BEHAVIOURS = ["expert", "random"] as const;
type Behaviour = typeof BEHAVIOURS[number];

/** Tasks of the comparison: those in TypeScript with all methods, those on MuJoCo with some. */
export const TASKS = ["PointReach", "PointRooms", "Reacher"] as const;
export const FETCH = ["FetchReach", "FetchPush"] as const;
export type Task = typeof TASKS[number] | typeof FETCH[number];
export type Cell = `${Task} ${Behaviour}`;
const cellsOf = <T extends Task>(tasks: readonly T[]) =>
  tasks.flatMap((task) => BEHAVIOURS.map((behaviour) => `${task} ${behaviour}` as const));
/** Task and behaviour: the units of most claims. */
export const CELLS: readonly Cell[] = cellsOf(TASKS);
export const FETCH_CELLS: readonly Cell[] = cellsOf(FETCH);

/** ρ and h of the released code for each task: they were tuned by the authors. */
const TUNED: Readonly<Record<Task, Readonly<Record<Behaviour, readonly [ratio: number, horizon: number]>>>> =
  {
    PointReach: { expert: [1, 1], random: [1, 1] },
    PointRooms: { expert: [0.2, 1], random: [1, 1] },
    Reacher: { expert: [0.2, 5], random: [1, 5] },
    FetchReach: { expert: [1, 1], random: [1, 1] },
    FetchPush: { expert: [0, 20], random: [0.2, 20] },
  };
const parts = (cell: Cell) => cell.split(" ") as [Task, Behaviour];

/** ρ in the released code. */
export const tunedRatio = (cell: Cell) => TUNED[parts(cell)[0]][parts(cell)[1]][0];
/** h in the released code. */
export const tunedHorizon = (cell: Cell) => TUNED[parts(cell)[0]][parts(cell)[1]][1];

/** Hindsight ratios of the sweep. */
export const RATIOS = [0, 0.2, 0.5, 1] as const;
/** Horizons at which policies are tested. */
export const TEST_HORIZONS = [1, 5, 10, 20, 50];

/** Sizes of a profile. */
interface Scale {
  readonly cells: readonly Cell[];
  readonly ratios: readonly number[];
  readonly episodes: number;
  readonly training: Pick<MerlinConfig, "steps" | "batchSize" | "learningRate" | "hidden">;
  readonly testHorizons: readonly number[];
  readonly testEpisodes: number;
  readonly stitching: Omit<Extract<Source, { kind: "stitching" }>, "kind" | "threshold">;
  readonly reverse: Omit<Extract<Source, { kind: "reverse" }>, "kind">;
  readonly seeds: number;
  /** The same for tasks on MuJoCo; absent: none. */
  readonly fetch?: {
    readonly cells: readonly Cell[];
    readonly episodes: number;
    readonly testEpisodes: number;
    readonly testHorizons: readonly number[];
    readonly seeds: number;
  };
}

const SMOKE: Scale = {
  cells: ["PointReach expert", "PointReach random"],
  ratios: [0, 1],
  episodes: 40,
  training: { steps: 100, batchSize: 32, learningRate: 1e-3, hidden: [16, 16] },
  testHorizons: [1, 50],
  testEpisodes: 10,
  stitching: { steps: 40, width: 16 },
  reverse: { dynamicsSteps: 10, behaviourSteps: 20, hidden: 8, width: 16 },
  seeds: 1,
};

const LAPTOP: Scale = {
  cells: CELLS,
  ratios: [0, 0.2, 1],
  episodes: 2000,
  training: { steps: 2500, batchSize: 256, learningRate: 1e-3, hidden: [128, 128, 128] },
  testHorizons: TEST_HORIZONS,
  testEpisodes: 100,
  stitching: { steps: 1000, width: 128 },
  reverse: { dynamicsSteps: 150, behaviourSteps: 1000, hidden: 32, width: 128 },
  seeds: 3,
  fetch: { cells: FETCH_CELLS, episodes: 100, testEpisodes: 20, testHorizons: [1, 20, 50], seeds: 1 },
};

const PAPER: Scale = {
  ...LAPTOP,
  ratios: [0, 0.2, 0.5, 0.8, 1],
  training: { steps: 500_000, batchSize: 512, learningRate: 5e-4, hidden: [256, 256, 256] },
  stitching: { steps: 39_000, width: 512 },
  reverse: { dynamicsSteps: 800, behaviourSteps: 39_000, hidden: 256, width: 256 },
  seeds: 10,
  fetch: { cells: FETCH_CELLS, episodes: 2000, testEpisodes: 100, testHorizons: TEST_HORIZONS, seeds: 10 },
};

const dataOf = (cell: Cell, episodes: number): DataConfig => {
  const [task, behaviour] = parts(cell);
  return { task: task as TaskName, behaviour, episodes };
};

/** Variants of Merlin on each cell; the first seed keeps some walks where states are places. */
export type MerlinKind = `ρ ${number}` | "no horizon" | "P" | "NP" | "NP, δ = 2";
type MerlinName = `${Cell} ${MerlinKind}`;
interface MerlinVariant extends Variant<MerlinConfig> {
  readonly cell: Cell;
}

/** The variant that Merlin means on a cell: ρ as the authors tuned it. */
export const mainOf = (cell: Cell): MerlinName => `${cell} ρ ${tunedRatio(cell)}`;

function merlins(scale: Scale): Partial<Record<MerlinName, MerlinVariant>> {
  const { stitching, reverse, fetch } = scale;
  const kinds = (cell: Cell, onMujoco: boolean): Record<string, Partial<MerlinConfig>> => {
    const tuned = tunedRatio(cell);
    const ratios = onMujoco ? [tuned] : [...new Set([...scale.ratios, tuned])].sort((a, b) => a - b);
    return {
      ...Object.fromEntries(ratios.map((ratio) => [`ρ ${ratio}`, { ratio }])),
      ...(!onMujoco && {
        "no horizon": { horizon: false, testHorizons: [1] },
        P: { source: { kind: "reverse", ...reverse } },
        NP: { source: { kind: "stitching", threshold: 0.9999, ...stitching } },
        "NP, δ = 2": { source: { kind: "stitching", threshold: 2, steps: 0, width: 2, size: 2 } },
      }),
    };
  };
  const of = (cell: Cell, sizes: Pick<Scale, "episodes" | "testEpisodes" | "testHorizons" | "seeds">) =>
    Object.entries(kinds(cell, sizes !== scale)).map(([kind, own]) => {
      const walks = cell.startsWith("Point") && kind === `ρ ${tunedRatio(cell)}`;
      // The tuned horizon first: walks are at it.
      const horizons = [...new Set([tunedHorizon(cell), ...sizes.testHorizons])];
      return [`${cell} ${kind}`, {
        label: kind,
        cell,
        config: {
          data: dataOf(cell, sizes.episodes),
          horizon: true,
          ratio: tunedRatio(cell),
          ...scale.training,
          testHorizons: horizons,
          episodes: sizes.testEpisodes,
          ...own,
        },
        ...(walks && { firstSeed: { paths: 40 } }),
        // What no claim needs has one seed.
        seeds: kind === "ρ 0.2" && cell.endsWith("random") ? 1 : sizes.seeds,
      }];
    });
  return Object.fromEntries([
    ...scale.cells.flatMap((cell) => of(cell, scale)),
    ...fetch?.cells.flatMap((cell) => of(cell, fetch)) ?? [],
  ]);
}

/** Merlin with its sweeps and ablations. */
export const MERLIN = study(merlin, {
  smoke: merlins(SMOKE),
  laptop: merlins(LAPTOP),
  paper: merlins(PAPER),
});

/** Methods of the comparison with their own rates: those of their released code, or a pilot's. */
export const BASELINES: Readonly<Record<BaselineName, number>> = {
  "goal BC": 1e-3,
  GCSL: 1e-3,
  WGCSL: 1e-3,
  GoFAR: 1e-3,
  "DDPG+HER": 1e-3,
};
export const BASELINE_NAMES = Object.keys(BASELINES) as readonly BaselineName[];
interface BaselineVariant extends Variant<BaselineConfig> {
  readonly cell: Cell;
  readonly method: BaselineName;
}

function others(scale: Scale): Partial<Record<`${Cell} ${BaselineName}`, BaselineVariant>> {
  const of = (cell: Cell, sizes: Pick<Scale, "episodes" | "testEpisodes" | "seeds">) =>
    BASELINE_NAMES.filter((method) => sizes === scale || method === "GCSL").map((
      method,
    ) => [`${cell} ${method}`, {
      label: method,
      cell,
      method,
      config: {
        data: dataOf(cell, sizes.episodes),
        method,
        ...scale.training,
        learningRate: BASELINES[method],
        episodes: sizes.testEpisodes,
      },
      // Time allows three seeds of the method that most claims are about, on a laptop.
      seeds: scale === LAPTOP && method !== "GCSL" ? 1 : sizes.seeds,
    }]);
  return Object.fromEntries([
    ...scale.cells.flatMap((cell) => of(cell, scale)),
    ...scale.fetch?.cells.flatMap((cell) => of(cell, scale.fetch!)) ?? [],
  ]);
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
  smoke: timed({ hidden: [16, 16], rows: 4, rounds: 3, calls: 3 }),
  laptop: timed({ hidden: [256, 256, 256], rows: 100, rounds: 7, calls: 10 }),
  paper: timed({ hidden: [256, 256, 256], rows: 100, rounds: 7, calls: 100 }),
});
