/** Claims on the number of training crystals. */
import { type Claim, comparison, decide, lower, type Sample } from "../../../lib/harness/mod.ts";
import { logSlope, sizeCurves } from "../artefacts/sizes.ts";
import { PEROVSKITE_TRIVIAL, type SIZE_NETWORKS, SIZES } from "../studies/mod.ts";
import { ANY, type Bar, LEARNED, MEASURED, onceLearned, trivialSample } from "./_shared.ts";

const LOCATION = "experiment with 12.5 to 100 % of the data (code read)";
const fallsWithSize = lower();
const better = lower({ scale: "ratio" });

const MEAN_BAR: Bar = {
  without: trivialSample(PEROVSKITE_TRIVIAL, { name: "mean", value: ({ mean }) => mean }),
  share: LEARNED,
  text: `Not attempted unless both networks have less than ${LEARNED} times the error of the mean of all ` +
    "crystals; no regression was fitted to so few.",
};

/** Errors at the smallest training set. */
const atSmallest = (network: typeof SIZE_NETWORKS[number]): Sample => ({
  label: () => network,
  jobs: (plan) => SIZES.jobs(plan),
  values(results) {
    const groups = SIZES.groups(results);
    const smallest = Math.min(...groups.map(({ train }) => train));
    return new Map(
      groups.filter((group) => group.network === network && group.train === smallest)
        .flatMap(({ runs }) => runs.map(({ seed, result }) => [seed, result.test] as const)),
    );
  },
});
const ECN = atSmallest("ECN, pcubic"), CGCNN = atSmallest("CGCNN");

/** Data efficiency. */
export const sizeClaims: readonly Claim[] = [
  {
    id: "error-falls",
    location: LOCATION,
    statement: "The error of the network falls with the number of training crystals.",
    safeguards: {
      bar: "None: the error of a network that learns nothing does not fall.",
      controls: "None: networks of all sizes have the same number of updates.",
      smallest: ANY,
    },
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
  onceLearned(
    comparison("fewer-crystals", {
      location: LOCATION,
      statement: "With few crystals the network is better than CGCNN of the same width.",
      safeguards: {
        bar: MEAN_BAR.text,
        controls: "None: the CGCNN with as many parameters was not run on few crystals.",
        smallest: ANY,
      },
      measured: `${MEASURED} (perovskites) at the smallest training set`,
      first: ECN,
      second: CGCNN,
      rule: better,
      data: "published",
    }),
    { networks: [ECN, CGCNN], bar: MEAN_BAR },
  ),
];
