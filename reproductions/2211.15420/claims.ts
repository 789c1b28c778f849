import {
  allOf,
  type Claim,
  compareSamples,
  comparison,
  decide,
  equalWithin,
  lower,
  type Name,
  type Results,
  type Sample,
  type Study,
  type Variants,
  verdict,
} from "../../lib/harness/mod.ts";
import { latticeErrors, logSlope, sizeCurves } from "./artefacts/sizes.ts";
import type { PropertyResult } from "./experiments/property.ts";
import type { TrivialConfig, TrivialResult } from "./experiments/trivial.ts";
import {
  CARBON,
  CARBON_TRIVIAL,
  FORMS,
  GAPS,
  GAPS_TRIVIAL,
  LATTICES,
  PATTERNS,
  PEAKS,
  PEAKS_TRIVIAL,
  PEROVSKITE_TRIVIAL,
  PEROVSKITES,
  SIZES,
} from "./studies/mod.ts";

const METHOD = "section on the method (code read)";
const EXPERIMENTS = "section on experiments (existence inferred)";

const test = ({ test }: PropertyResult) => test;
const MEASURED = "Mean absolute test error";

/** The error of a predictor without a network, at the seeds of the networks. */
function trivialSample<V extends Variants<TrivialConfig>>(
  study: Study<TrivialConfig, TrivialResult, V>,
  { name, value, variant = "all" }: {
    readonly name: string;
    readonly value: (result: TrivialResult) => number | null;
    readonly variant?: Name<V>;
  },
): Sample {
  return { ...study.sample(variant, value), label: () => name };
}

/**
 * Colours of each lattice's group, worked out independently from generators published with the paper's code.
 */
const COLOURS: Readonly<Record<string, number>> = {
  ptriclinic: 8,
  pmonoclinic: 8,
  cmonoclinic: 6,
  porthorhombic: 8,
  corthorhombic: 6,
  borthorhombic: 5,
  forthorhombic: 5,
  ptetragonal: 6,
  btetragonal: 4,
  prhombohedral: 4,
  phexagonal: 4,
  pcubic: 4,
  bcubic: 3,
  fcubic: 3,
  set: 2,
};

/** Identities hold up to this, relative to the largest output; float32 carries about 1e-7. */
const IDENTITY = 1e-5;
/** Renaming cells changes the order of sums, and a small output may be the difference of large ones. */
const RENAMED = 1e-4;
/** What breaks an identity must exceed this. */
const BROKEN = 1e-3;

/** Identities, exact or up to float32. */
const identities: readonly Claim[] = [
  {
    id: "patterns",
    location: METHOD,
    statement:
      "Linear maps that commute with a lattice's group share weights over its orbits of pairs of cells.",
    test:
      "Exact: every pattern commutes with every generator; it has as many colours as Burnside's lemma counts orbits, and " +
      "as the generators of the released code give; colours multiply as an association scheme. All fifteen groups.",
    jobs: (plan) => PATTERNS.jobs(plan),
    evaluate(results) {
      const rows = PATTERNS.result(results, "all");
      const broken = rows.reduce((sum, row) => sum + row.broken, 0);
      const unclosed = rows.reduce((sum, row) => sum + row.unclosed, 0);
      const counted = rows.filter(({ group, colours, burnside }) =>
        colours === burnside && colours === COLOURS[group]
      );
      return verdict({
        supported: broken === 0 && unclosed === 0 && counted.length === Object.keys(COLOURS).length,
        numbers: { groups: rows.length, broken, unclosed, counted: counted.length },
        because:
          `${broken} pairs of cells change their colour under a generator; ${counted.length} of ${rows.length} groups ` +
          `have the number of colours of both counts; ${unclosed} products of colours do not close.`,
      });
    },
  },
  {
    id: "contains-message-passing",
    location: METHOD,
    statement: "Message passing is the case of the symmetric group, and every lattice's network contains it.",
    test:
      `With the colours' weights tied to two, outputs equal those of the symmetric group within ${IDENTITY} of the ` +
      `largest; with weights of their own they differ by more than ${BROKEN}.`,
    jobs: (plan) => FORMS.jobs(plan),
    evaluate(results) {
      const rows = FORMS.result(results, "all").filter(({ group }) => group !== "set");
      const tied = Math.max(...rows.map((row) => row.tied));
      const untied = Math.min(...rows.map((row) => row.untied));
      return verdict({
        supported: tied <= IDENTITY && untied > BROKEN,
        numbers: { groups: rows.length, tied, untied },
        because: `tied: at most ${tied.toExponential(1)}; not tied: at least ${untied.toExponential(1)}.`,
      });
    },
  },
  {
    id: "invariant",
    location: METHOD,
    statement:
      "Renaming the cells by the group does not change the output; one-hot codes of cells break this on purpose.",
    test:
      `Without one-hot codes the output changes by at most ${RENAMED} of itself under every generator of the group, and ` +
      `by more than ${BROKEN} under another group's; with one-hot codes fcubic's generators change it by more than ` +
      `${BROKEN} on a simple cubic crystal, and pcubic's, which are symmetries of it, do not.`,
    jobs: (plan) => FORMS.jobs(plan),
    evaluate(results) {
      const rows = FORMS.result(results, "all");
      const inside = Math.max(...rows.map(({ renamed }) => renamed));
      const outside = Math.min(...rows.map(({ renamedOutside }) => renamedOutside ?? Infinity));
      const oneHot = (name: string) => rows.find(({ group }) => group === name)!.renamedOneHot;
      const [fcubic, pcubic] = [oneHot("fcubic"), oneHot("pcubic")];
      return verdict({
        supported: inside <= RENAMED && outside > BROKEN && fcubic > BROKEN && pcubic <= RENAMED,
        numbers: { inside, outside, fcubic, pcubic },
        because:
          `by the group: at most ${inside.toExponential(1)}; by another: at least ${
            outside.toExponential(1)
          }; with ` +
          `one-hot codes fcubic ${fcubic.toExponential(1)}, pcubic ${pcubic.toExponential(1)}.`,
      });
    },
  },
  {
    id: "cheaper-forms",
    location: "addition",
    statement:
      "The network can be computed without lifting to eight cells, and without the supercell, to the same result.",
    test:
      `Sums by intersection numbers against the lift to eight cells, and the primitive cell against the 2 × 2 × 2 ` +
      `supercell: outputs within ${IDENTITY} of the largest.`,
    jobs: (plan) => FORMS.jobs(plan),
    evaluate(results) {
      const rows = FORMS.result(results, "all");
      const grouped = Math.max(...rows.map(({ groupedDense }) => groupedDense));
      const primitive = Math.max(...rows.map(({ primitiveSupercell }) => primitiveSupercell));
      return verdict({
        supported: grouped <= IDENTITY && primitive <= IDENTITY,
        numbers: { groups: rows.length, grouped, primitive },
        because: `at most ${grouped.toExponential(1)} and ${primitive.toExponential(1)}.`,
      });
    },
  },
];

/** "Competitive": at most this much worse. */
const COMPETITIVE = 1.1;
const competitive = lower({ scale: "ratio", margin: 1 / COMPETITIVE });

const ECN_ON_PEROVSKITES = PEROVSKITES.sample("pcubic", test);

/** Property prediction. */
const predictions: readonly Claim[] = [
  comparison("perovskites-beat-ridge", {
    location: EXPERIMENTS,
    statement: "The network predicts heats of formation of perovskites better than elements on sites alone.",
    measured: `${MEASURED} (heat_all), against ridge regression on element × site and cell length`,
    first: ECN_ON_PEROVSKITES,
    second: trivialSample(PEROVSKITE_TRIVIAL, {
      name: "ridge on element × site and cell length",
      value: ({ sites }) => sites,
    }),
    rule: lower(),
    data: "published",
  }),
  comparison("perovskites-beat-full-ridge", {
    location: EXPERIMENTS,
    statement:
      "It does so even if the regression learns from all 3 400 crystals at hand (0.260 eV per atom).",
    measured:
      `${MEASURED} (heat_all), against ridge regression on element × site and cell length with 3 400 crystals`,
    first: ECN_ON_PEROVSKITES,
    second: trivialSample(PEROVSKITE_TRIVIAL, {
      name: "ridge on element × site and cell length, 3 400 crystals",
      value: ({ sites }) => sites,
      variant: "full",
    }),
    rule: lower(),
    data: "published",
  }),
  comparison("competitive", {
    location: "Abstract",
    statement:
      "Results are competitive with the state of the art: here with CGCNN of the same width, on perovskites.",
    measured: `${MEASURED} (heat_all); competitive: at most ${COMPETITIVE} times CGCNN's`,
    first: ECN_ON_PEROVSKITES,
    second: PEROVSKITES.sample("cgcnn", test),
    rule: competitive,
    data: "published",
  }),
  comparison("competitive-at-equal-parameters", {
    location: "Abstract",
    statement: "The same against a CGCNN that is wider, so that it has as many parameters.",
    measured: `${MEASURED} (heat_all); competitive: at most ${COMPETITIVE} times CGCNN's`,
    first: ECN_ON_PEROVSKITES,
    second: PEROVSKITES.sample("cgcnnWide", test),
    rule: competitive,
    data: "published",
  }),
  comparison("gaps-beat-composition", {
    location: EXPERIMENTS,
    statement: "The network predicts band gaps better than composition alone.",
    measured: `${MEASURED} (band gap), against ridge regression on shares of elements`,
    first: GAPS.sample("pcubic", test),
    second: trivialSample(GAPS_TRIVIAL, {
      name: "ridge on composition",
      value: ({ composition }) => composition,
    }),
    rule: lower(),
    data: "published",
  }),
  comparison("phonons-beat-composition", {
    location: "addition",
    statement: "The network predicts the last peak of phonon spectra better than composition alone.",
    measured: `${MEASURED} (peak), against ridge regression on shares of elements`,
    first: PEAKS.sample("pcubic", test),
    second: trivialSample(PEAKS_TRIVIAL, {
      name: "ridge on composition",
      value: ({ composition }) => composition,
    }),
    rule: lower(),
    data: "published",
  }),
];

/** Two claims that groups help: each at the level that keeps both together at 5 %. */
const HELP_LEVEL = 0.975;
const helps = lower({ scale: "ratio", level: HELP_LEVEL });
const unhurt = lower({ scale: "ratio", margin: 1 / COMPETITIVE });
const SET_ON_CARBON = CARBON.sample("set", test);
/** The size of training sets at which lattices are compared. */
const largestTrain = (rows: readonly { readonly train: number }[]) =>
  Math.max(...rows.map(({ train }) => train));

const carbonMean = trivialSample(CARBON_TRIVIAL, { name: "mean", value: ({ mean }) => mean });
const asMean = equalWithin({ scale: "ratio", margin: 1.05 });
const clearlyBelow = lower({ scale: "ratio", margin: 1.25 });

/** What the groups and the structure give. */
const structure: readonly Claim[] = [
  {
    id: "structure-not-composition",
    location: "addition",
    statement: "On carbon the network learns the structure: without neighbours it is as good as the mean.",
    test:
      `${MEASURED}. Without neighbours, against the mean of the training crystals: ${asMean.text} With neighbours: ` +
      clearlyBelow.text,
    data: "published",
    jobs: (plan) => [...CARBON.jobs(plan, ["pcubic", "isolated"]), ...CARBON_TRIVIAL.jobs(plan)],
    evaluate: (results) =>
      allOf({
        "without neighbours": compareSamples(results, {
          first: CARBON.sample("isolated", test),
          second: carbonMean,
          rule: asMean,
        }),
        "with neighbours": compareSamples(results, {
          first: CARBON.sample("pcubic", test),
          second: carbonMean,
          rule: clearlyBelow,
        }),
      }),
  },
  {
    id: "groups-do-not-hurt",
    location: METHOD,
    statement: "More colours at the same number of parameters do not hurt on structure-dominated data.",
    test: `${MEASURED} on carbon, pcubic and ptriclinic each against set. ${unhurt.text}`,
    data: "published",
    jobs: (plan) => CARBON.jobs(plan, ["pcubic", "ptriclinic", "set"]),
    evaluate: (results) =>
      allOf({
        pcubic: compareSamples(results, {
          first: CARBON.sample("pcubic", test),
          second: SET_ON_CARBON,
          rule: unhurt,
        }),
        ptriclinic: compareSamples(results, {
          first: CARBON.sample("ptriclinic", test),
          second: SET_ON_CARBON,
          rule: unhurt,
        }),
      }),
  },
  comparison("groups-help", {
    location: "Abstract (an expressive convolution)",
    statement: "More colours help: translations (ptriclinic) are better than message passing on carbon.",
    measured: `${MEASURED} on carbon at the same number of parameters`,
    first: CARBON.sample("ptriclinic", test),
    second: SET_ON_CARBON,
    rule: helps,
    data: "published",
  }),
  {
    id: "own-group-helps",
    location: "Abstract (an expressive convolution)",
    statement: "A lattice's own group is better than message passing on its crystals.",
    test:
      `${MEASURED} on decorated lattices at the largest training set and the same number of parameters, pairs by lattice. ` +
      helps.text,
    jobs: (plan) => LATTICES.jobs(plan),
    evaluate(results) {
      const rows = latticeErrors(results), train = largestTrain(rows);
      const pairs = rows.filter((row) => row.train === train)
        .map(({ lattice, own, set }) => ({ unit: lattice, first: own, second: set }));
      return decide(helps, pairs, { names: ["own group", "set"], units: "lattices" });
    },
  },
];

const SMALLEST = (results: Results) => Math.min(...SIZES.groups(results).map(({ train }) => train));
const fallsWithSize = lower();
const better = lower({ scale: "ratio" });

/** Data efficiency. */
const efficiency: readonly Claim[] = [
  {
    id: "error-falls",
    location: "experiment with 12.5 to 100 % of the data (code read)",
    statement: "The error of the network falls with the number of training crystals.",
    test:
      `Slope of log test error over log size (perovskites), against 0, pairs by seed. ${fallsWithSize.text}`,
    data: "published",
    jobs: (plan) => SIZES.jobs(plan),
    evaluate(results) {
      const slopes = sizeCurves(results, "ECN, pcubic").filter(({ x }) => x.length > 1).map(logSlope);
      const pairs = slopes.map((slope, seed) => ({ unit: seed, first: slope, second: 0 }));
      return decide(fallsWithSize, pairs, { names: ["slope", "0"] });
    },
  },
  {
    id: "fewer-crystals",
    location: "experiment with 12.5 to 100 % of the data (code read)",
    statement: "With few crystals the network is better than CGCNN of the same width.",
    test: `${MEASURED} (perovskites) at the smallest training set, pairs by seed. ${better.text}`,
    data: "published",
    jobs: (plan) => SIZES.jobs(plan),
    evaluate(results) {
      const smallest = SMALLEST(results);
      const errors = (name: "ECN, pcubic" | "CGCNN") =>
        new Map(
          SIZES.groups(results).filter(({ network, train }) => network === name && train === smallest)
            .flatMap(({ runs }) => runs.map(({ seed, result }) => [seed, result.test] as const)),
        );
      const [own, other] = [errors("ECN, pcubic"), errors("CGCNN")];
      const pairs = [...own].flatMap(([seed, first]) => {
        const second = other.get(seed);
        return second === undefined ? [] : [{ unit: seed, first, second }];
      });
      return decide(better, pairs, { names: ["ECN, pcubic", "CGCNN"] });
    },
  },
];

export const claims: readonly Claim[] = [...identities, ...predictions, ...structure, ...efficiency];
