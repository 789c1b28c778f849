/** Rotated digits. */
import { type Seeds, study } from "../../../lib/harness/mod.ts";
import { type DigitConfig, type DigitModel, digits } from "../experiments/digits.ts";
import { type Entry, everywhere, type Kind, LAPTOP, type Seeding } from "./_seeding.ts";

/** Networks whose canonical digits are shown. */
const PICTURED: readonly DigitModel["kind"][] = ["discrete", "pca", "opt"];

type DigitBase = Omit<DigitConfig, "model" | "learningRate" | "decay">;

/** Learning rates, chosen on the same grid for each network. */
type Rate = Pick<DigitConfig, "learningRate" | "decay">;

/** Of networks that see digits as they are, of those that see few poses of them or each anew, and of many. */
type Rates = Readonly<Record<"plain" | "group" | "coarse" | "fine", Rate>>;

const everyRate = (learningRate: number): Rates => {
  const rate: Rate = { learningRate, decay: "none" };
  return { plain: rate, group: rate, coarse: rate, fine: rate };
};

function digitNetworks(
  base: DigitBase,
  { seeds: { main, slow, others }, rates, groupWidth, opt }: {
    readonly seeds: Seeding;
    readonly rates: Rates;
    readonly groupWidth: number;
    readonly opt: { readonly hidden: number; readonly steps: number; readonly rate: number };
  },
) {
  const entry = (
    label: string,
    kind: Kind,
    model: DigitModel,
    { seeds = main, rate = rates.plain }: { readonly seeds?: Seeds; readonly rate?: Rate } = {},
  ): Entry<DigitConfig> => ({
    label,
    kind,
    config: { ...base, ...rate, model },
    ...PICTURED.includes(model.kind) && { firstSeed: { samples: 5 } },
    seeds,
  });
  const { group, coarse, fine } = rates;
  const learned = (order: number, rate: Rate, seeds?: Seeds) =>
    entry(`CN(C${order})-CNN`, "learned frame", { kind: "discrete", order }, { seeds, rate });
  const optimised = (label: string, mode: "implicit" | "unrolled") =>
    entry(label, "learned frame", { kind: "opt", mode, ...opt }, { seeds: others });
  return {
    cnn: entry("CNN", "none", { kind: "cnn" }),
    augmented: entry("CNN, turned in training", "data", { kind: "cnn", augment: true }, { rate: coarse }),
    group: entry("G-CNN(C4)", "architecture", { kind: "group", order: 4, width: groupWidth }, {
      seeds: slow,
      rate: group,
    }),
    frozen: entry("CN(C4, frozen)-CNN", "fixed frame", { kind: "discrete", order: 4, frozen: true }, {
      rate: coarse,
    }),
    pca: entry("CN(PCA)-CNN", "fixed frame", { kind: "pca" }, { rate: coarse }),
    opt: optimised("CN(OPT)-CNN", "implicit"),
    unrolled: optimised("CN(OPT, unrolled)-CNN", "unrolled"),
    c4: learned(4, coarse),
    c8: learned(8, fine, others),
    c16: learned(16, fine, others),
    c32: learned(32, fine, others),
    c64: learned(64, fine),
  };
}

/** Rotated digits (Table 1). */
export const DIGITS = study(digits, {
  smoke: digitNetworks(
    {
      dataSet: "mnist/digits",
      counts: { train: 64, valid: 16, test: 60 },
      width: 2,
      epochs: 1,
      batchSize: 32,
      judged: "test",
    },
    { seeds: everywhere(1), rates: everyRate(1e-3), groupWidth: 2, opt: { hidden: 4, steps: 2, rate: 0.05 } },
  ),
  laptop: digitNetworks(
    {
      dataSet: "mnist/digits",
      counts: { train: 2000, valid: 1000, test: 2000 },
      width: 8,
      epochs: 6,
      batchSize: 32,
      judged: "test",
    },
    {
      seeds: LAPTOP,
      // Each of constant 2e-3 and a cosine from 2e-3, 5e-3 and 1e-2 was tried for each network.
      rates: {
        plain: { learningRate: 5e-3, decay: "cosine" },
        group: { learningRate: 2e-3, decay: "none" },
        coarse: { learningRate: 1e-2, decay: "cosine" },
        fine: { learningRate: 2e-3, decay: "none" },
      },
      groupWidth: 6,
      opt: { hidden: 8, steps: 5, rate: 0.1 },
    },
  ),
  paper: digitNetworks(
    {
      dataSet: "mnist/digits",
      counts: { train: 10000, valid: 2000, test: 10000 },
      width: 32,
      epochs: 100,
      batchSize: 256,
      judged: "test",
    },
    {
      seeds: everywhere(5),
      rates: everyRate(1e-3),
      groupWidth: 20,
      opt: { hidden: 64, steps: 20, rate: 5e-3 },
    },
  ),
});
