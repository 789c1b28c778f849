/** Claims on properties of crystals, against regressions and other networks. */
import { type Claim, comparison, lower } from "../../../lib/harness/mod.ts";
import { GAPS, GAPS_TRIVIAL, PEAKS, PEAKS_TRIVIAL, PEROVSKITE_TRIVIAL, PEROVSKITES } from "../studies/mod.ts";
import {
  ANY,
  type Bar,
  COMPETITIVE,
  EXPERIMENTS,
  IS_CONTROL,
  MEASURED,
  NO_WORSE,
  onceLearned,
  test,
  trivialSample,
} from "./_shared.ts";

const competitive = lower({ scale: "ratio", margin: 1 / COMPETITIVE });

const ECN_ON_PEROVSKITES = PEROVSKITES.sample("pcubic", test);
const CGCNN = PEROVSKITES.sample("cgcnn", test);
const WIDE_CGCNN = PEROVSKITES.sample("cgcnnWide", test);
const RIDGE = trivialSample(PEROVSKITE_TRIVIAL, {
  name: "ridge on element × site and cell length",
  value: ({ sites }) => sites,
});
const RIDGE_BAR: Bar = {
  without: RIDGE,
  share: 1,
  text:
    "Not attempted unless both networks err less than ridge regression on element × site and cell length.",
};
/** Of claims that a network is better than what needs none. */
const IS_THE_BAR = "None: the claim is the bar itself.";
const WITHOUT_NEIGHBOURS = "Not as a claim: the network without neighbours is a row of the table.";

/** Two kinds of claims that share their error rate. */
const ON_PEROVSKITES = "the network against its rivals, perovskites";
const AGAINST_COMPOSITION = "the network against composition alone";

/** Property prediction. */
export const predictionClaims: readonly Claim[] = [
  comparison("perovskites-beat-ridge", {
    location: EXPERIMENTS,
    statement: "The network predicts heats of formation of perovskites better than elements on sites alone.",
    safeguards: {
      bar: IS_THE_BAR,
      controls: ["perovskites-beat-full-ridge"],
      smallest: ANY,
      kind: ON_PEROVSKITES,
    },
    measured: `${MEASURED} (heat_all), against ridge regression on element × site and cell length`,
    first: ECN_ON_PEROVSKITES,
    second: RIDGE,
    rule: lower(),
    data: "published",
  }),
  comparison("perovskites-beat-full-ridge", {
    location: EXPERIMENTS,
    statement:
      "It does so even if the regression learns from all 3 400 crystals at hand (0.260 eV per atom).",
    safeguards: { bar: IS_THE_BAR, controls: IS_CONTROL, smallest: ANY, kind: ON_PEROVSKITES },
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
  onceLearned(
    comparison("competitive", {
      location: "Abstract",
      statement:
        "Results are competitive with the state of the art: here with CGCNN of the same width, on perovskites.",
      safeguards: {
        bar: RIDGE_BAR.text,
        controls: ["competitive-at-equal-parameters"],
        smallest: NO_WORSE,
        kind: ON_PEROVSKITES,
      },
      measured: `${MEASURED} (heat_all); competitive: at most ${COMPETITIVE} times CGCNN's`,
      first: ECN_ON_PEROVSKITES,
      second: CGCNN,
      rule: competitive,
      data: "published",
    }),
    { networks: [ECN_ON_PEROVSKITES, CGCNN], bar: RIDGE_BAR },
  ),
  onceLearned(
    comparison("competitive-at-equal-parameters", {
      location: "Abstract",
      statement: "The same against a CGCNN that is wider, so that it has as many parameters.",
      safeguards: {
        bar: RIDGE_BAR.text,
        controls: IS_CONTROL,
        smallest: NO_WORSE,
        kind: ON_PEROVSKITES,
      },
      measured: `${MEASURED} (heat_all); competitive: at most ${COMPETITIVE} times CGCNN's`,
      first: ECN_ON_PEROVSKITES,
      second: WIDE_CGCNN,
      rule: competitive,
      data: "published",
    }),
    { networks: [ECN_ON_PEROVSKITES, WIDE_CGCNN], bar: RIDGE_BAR },
  ),
  comparison("gaps-beat-composition", {
    location: EXPERIMENTS,
    statement: "The network predicts band gaps better than composition alone.",
    safeguards: {
      bar: IS_THE_BAR,
      controls: WITHOUT_NEIGHBOURS,
      smallest: ANY,
      kind: AGAINST_COMPOSITION,
    },
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
    safeguards: {
      bar: IS_THE_BAR,
      controls: WITHOUT_NEIGHBOURS,
      smallest: ANY,
      kind: AGAINST_COMPOSITION,
    },
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
