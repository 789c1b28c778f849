/** Claims on what the structure and the groups give. */
import {
  allOf,
  type Claim,
  compareSamples,
  comparison,
  decide,
  equalWithin,
  lower,
  notAttempted,
} from "../../../lib/harness/mod.ts";
import { latticeErrors } from "../artefacts/sizes.ts";
import { CARBON, CARBON_TRIVIAL, LATTICES, LATTICES_TRIVIAL } from "../studies/mod.ts";
import {
  ANY,
  type Bar,
  COMPETITIVE,
  IS_CONTROL,
  LEARNED,
  MEASURED,
  METHOD,
  NO_WORSE,
  onceLearned,
  test,
  trivialSample,
} from "./_shared.ts";

const helps = lower({ scale: "ratio" });
const unhurt = lower({ scale: "ratio", margin: 1 / COMPETITIVE });
/** Claims that share their error rate. */
const GROUPS = "groups against message passing";

const [SET_ON_CARBON, PCUBIC, PTRICLINIC] = (["set", "pcubic", "ptriclinic"] as const).map((name) =>
  CARBON.sample(name, test)
);
const carbonMean = trivialSample(CARBON_TRIVIAL, { name: "mean", value: ({ mean }) => mean });
/** Without neighbours: as the mean, within this factor. With them: better by more than that factor. */
const AS_MEAN = 1.05, CLEARLY = 1 / LEARNED;
const asMean = equalWithin({ scale: "ratio", margin: AS_MEAN });
const clearlyBelow = lower({ scale: "ratio", margin: CLEARLY });
const MEAN_BAR: Bar = {
  without: carbonMean,
  share: LEARNED,
  text: `Not attempted unless all networks have less than ${LEARNED} times the error of the mean.`,
};
const LATTICE_BAR =
  `Only lattices on which both networks have less than ${LEARNED} times the error of the mean.`;

/** The size of training sets at which lattices are compared. */
const largestTrain = (rows: readonly { readonly train: number }[]) =>
  Math.max(...rows.map(({ train }) => train));

/** What the groups and the structure give. */
export const structureClaims: readonly Claim[] = [
  {
    id: "structure-not-composition",
    location: "addition",
    statement: "On carbon the network learns the structure: without neighbours it is as good as the mean.",
    safeguards: {
      bar: "None: the claim is the bar itself, of the claims on groups.",
      controls: IS_CONTROL,
      smallest: `without neighbours a factor of ${AS_MEAN} on either side, with them of ${CLEARLY}`,
    },
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
          first: PCUBIC,
          second: carbonMean,
          rule: clearlyBelow,
        }),
      }),
  },
  onceLearned({
    id: "groups-do-not-hurt",
    location: METHOD,
    statement: "More colours at the same number of parameters do not hurt on structure-dominated data.",
    safeguards: {
      bar: MEAN_BAR.text,
      controls: ["structure-not-composition"],
      smallest: NO_WORSE,
      kind: GROUPS,
    },
    test: `${MEASURED} on carbon, pcubic and ptriclinic each against set. ${unhurt.text}`,
    data: "published",
    jobs: (plan) => CARBON.jobs(plan, ["pcubic", "ptriclinic", "set"]),
    evaluate: (results) =>
      allOf({
        pcubic: compareSamples(results, { first: PCUBIC, second: SET_ON_CARBON, rule: unhurt }),
        ptriclinic: compareSamples(results, { first: PTRICLINIC, second: SET_ON_CARBON, rule: unhurt }),
      }),
  }, { networks: [PCUBIC, PTRICLINIC, SET_ON_CARBON], bar: MEAN_BAR }),
  onceLearned(
    comparison("groups-help", {
      location: "Abstract (an expressive convolution)",
      statement: "More colours help: translations (ptriclinic) are better than message passing on carbon.",
      safeguards: {
        bar: MEAN_BAR.text,
        controls: "Not as a claim: colours that are shuffled among the bonds are a row of the table.",
        smallest: ANY,
        kind: GROUPS,
      },
      measured: `${MEASURED} on carbon at the same number of parameters`,
      first: PTRICLINIC,
      second: SET_ON_CARBON,
      rule: helps,
      data: "published",
    }),
    { networks: [PTRICLINIC, SET_ON_CARBON], bar: MEAN_BAR },
  ),
  {
    id: "own-group-helps",
    location: "Abstract (an expressive convolution)",
    statement: "A lattice's own group is better than message passing on its crystals.",
    safeguards: {
      bar: LATTICE_BAR,
      controls: "None: both networks have about as many parameters, for which the group's is narrower.",
      smallest: ANY,
      kind: GROUPS,
    },
    test:
      `${MEASURED} on decorated lattices at the largest training set and the same number of parameters, pairs by lattice. ` +
      `${LATTICE_BAR} ${helps.text}`,
    jobs: (plan) => [...LATTICES.jobs(plan), ...LATTICES_TRIVIAL.jobs(plan)],
    evaluate(results) {
      const rows = latticeErrors(results), train = largestTrain(rows);
      const all = rows.filter((row) => row.train === train);
      const pairs = all.filter(({ own, set, mean }) => mean !== null && Math.max(own, set) < LEARNED * mean)
        .map(({ lattice, own, set }) => ({ unit: lattice, first: own, second: set }));
      if (pairs.length < helps.minPairs && pairs.length < all.length) {
        return notAttempted(`did not learn on ${all.length - pairs.length} of ${all.length} lattices`);
      }
      return decide(helps, pairs, { names: ["own group", "set"], units: "lattices" });
    },
  },
];
