/** Toy navigation. */
import { type Seeds, study, type Variant } from "../../../lib/harness/mod.ts";
import { toy, type ToyConfig } from "../experiments/toy.ts";
import { SECOND_SEEDS } from "./cells.ts";

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
    readonly seeds: (name: ToyName) => Seeds;
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
      seeds: seeds(name as ToyName),
    }]),
  );
  return variants as unknown as Record<ToyName, Variant<ToyConfig>>;
}

const TOY_LAPTOP = { walks: 200, hidden: [128, 128], grid: 20, starts: 100 };

type Sizes = Omit<Parameters<typeof toys>[0], "seeds">;
const SMOKE: Sizes = {
  ...{ walks: 20, steps: 200, batchSize: 32, learningRate: 1e-3, hidden: [16, 16], grid: 6, starts: 5 },
  gcsl: { steps: 100 },
};
const LAPTOP: Sizes = {
  ...{ ...TOY_LAPTOP, steps: 6000, batchSize: 256, learningRate: 1e-3 },
  gcsl: { steps: 10_000, batchSize: 100, learningRate: 5e-4 },
};
const PAPER: Sizes = {
  ...{ ...TOY_LAPTOP, hidden: [256, 256], grid: 40, steps: 100_000, batchSize: 256, learningRate: 1e-5 },
  gcsl: { steps: 1_000_000, batchSize: 100, learningRate: 5e-4 },
};

/** Toy navigation. */
export const TOY = study(toy, {
  smoke: toys({ ...SMOKE, seeds: () => 1 }),
  // Those of the others beyond the first are in decided.json.
  laptop: toys({ ...LAPTOP, seeds: (name) => name === "merlin" ? 3 : 1 }),
  paper: toys({ ...PAPER, seeds: () => 10 }),
});

/** The toy once more on seeds that nothing was seen of, without a figure. */
function secondLook(sizes: Sizes, seeds: Seeds): Partial<Record<ToyName, Variant<ToyConfig>>> {
  const { merlin, noHorizon, gcsl } = toys({ ...sizes, seeds: () => seeds });
  const plain = ({ label, config }: Variant<ToyConfig>) => ({ label, config, seeds });
  return { merlin: plain(merlin), noHorizon: plain(noHorizon), gcsl: plain(gcsl) };
}

/** Merlin, without a horizon, and GCSL in the toy for claims that three seeds had left open. */
export const TOY_SECOND_LOOK = study(toy, {
  smoke: toys({ ...SMOKE, seeds: () => 1 }),
  laptop: secondLook(LAPTOP, SECOND_SEEDS.slice(0, 1)),
  paper: secondLook(PAPER, 10),
});
