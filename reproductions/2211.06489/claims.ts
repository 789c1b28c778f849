import {
  allOf,
  type Claim,
  compareSamples,
  comparison,
  equalWithin,
  higher,
  lower,
  type NameOf,
  notAttempted,
  type Results,
  type Verdict,
  verdict,
} from "../../lib/harness/mod.ts";
import { mean } from "../../lib/stats/mod.ts";
import type { CloudResult } from "./experiments/clouds.ts";
import { CLOUDS, DIGITS, PARTICLES, PARTS, TIMING } from "./studies.ts";

const error = (name: NameOf<typeof DIGITS>) => DIGITS.sample(name, (result) => result.error);

/** Largest test error of a network of digits that has learned; guessing has 90 %. */
const DIGIT_BAR = 50;

/** A claim that is not attempted where one of the networks that it compares has not learned. */
function whereLearned(claim: Claim, bar: string, laggard: (results: Results) => string | undefined): Claim {
  return {
    ...claim,
    test: `${claim.test} Not attempted unless ${bar}.`,
    evaluate(results): Verdict {
      const who = laggard(results);
      return who === undefined ? claim.evaluate(results) : notAttempted(`did not learn: ${who}`);
    },
  };
}

function digitClaim(
  id: string,
  { names: [first, second], ...rest }:
    & { readonly names: readonly [NameOf<typeof DIGITS>, NameOf<typeof DIGITS>] }
    & Pick<Parameters<typeof comparison>[1], "location" | "statement" | "rule">,
): Claim {
  const claim = comparison(id, {
    ...rest,
    measured: "Test error in percent",
    first: error(first),
    second: error(second),
    data: "published",
  });
  return whereLearned(claim, `both networks' mean error is below ${DIGIT_BAR} %`, (results) => {
    const bad = DIGITS.groups(results, [first, second]).find(({ runs }) =>
      mean(runs.map(({ result }) => result.error)) >= DIGIT_BAR
    );
    return bad?.label;
  });
}

/** Half of what Table 1 reports between the plain network and CN(p4): 4.90 − 2.41 points. */
const HALF_OF_REPORTED = 1.245;

const digitClaims: readonly Claim[] = [
  digitClaim("learned-beats-plain", {
    location: "Table 1",
    statement: "A learned canonicalizer over C4 makes a CNN more accurate on rotated digits.",
    names: ["c4", "cnn"],
    rule: lower({ margin: HALF_OF_REPORTED }),
  }),
  digitClaim("learned-beats-frozen", {
    location: "Table 1",
    statement: "A learned canonicalizer is better than one that stays as it was drawn.",
    names: ["c4", "frozen"],
    rule: lower(),
  }),
  digitClaim("learned-beats-pca", {
    location: "Table 1",
    statement: "A learned canonicalizer over C4 is better than principal components.",
    names: ["c4", "pca"],
    rule: lower(),
  }),
  digitClaim("finer-is-better", {
    location: "Table 1",
    statement: "A finer group helps: C64 is better than C4.",
    names: ["c64", "c4"],
    rule: lower(),
  }),
  digitClaim("as-good-as-group-cnn", {
    location: "Table 1",
    statement: "The canonicalized CNN over C4 is as good as the equivariant network over C4.",
    names: ["c4", "group"],
    rule: equalWithin({ margin: 2 }),
  }),
  digitClaim("beyond-augmentation", {
    location: "addition (control)",
    statement: "The finest learned canonicalizer is better than turning the digits in training.",
    names: ["c64", "augmented"],
    rule: lower(),
  }),
  {
    id: "exact-invariance",
    location: "Section 3",
    statement:
      "A canonicalized network is invariant: turning a digit by quarter turns never changes its label.",
    test:
      "Share of test digits whose label changes under a further turn by 90°, 180° or 270°, every seed: exactly 0 for CN(C4), " +
      "learned and frozen; above 1 % for the plain CNN.",
    data: "published",
    jobs: (plan) => DIGITS.jobs(plan, ["c4", "frozen", "cnn"]),
    evaluate(results) {
      const changes = (name: "c4" | "frozen" | "cnn") =>
        DIGITS.group(results, name).runs.map(({ result }) => result.quarterChanges);
      const canonical = Math.max(...changes("c4"), ...changes("frozen"));
      const plain = Math.min(...changes("cnn"));
      return verdict({
        supported: canonical === 0 && plain > 1,
        contradicted: canonical > 0,
        numbers: { canonicalized: canonical, plain },
        because: `${canonical} % of labels change behind the canonicalizer, at least ${
          plain.toFixed(1)
        } % without it`,
      });
    },
  },
];

const positionError = (name: NameOf<typeof PARTICLES>) => PARTICLES.sample(name, (result) => result.error);

function particleClaim(
  id: string,
  { names: [first, second], ...rest }:
    & { readonly names: readonly [NameOf<typeof PARTICLES>, NameOf<typeof PARTICLES>] }
    & Pick<Parameters<typeof comparison>[1], "location" | "statement" | "rule">,
): Claim {
  const claim = comparison(id, {
    ...rest,
    measured: "Mean squared error of positions",
    first: positionError(first),
    second: positionError(second),
    data: "published",
  });
  return whereLearned(
    { ...claim, jobs: (plan) => [...claim.jobs(plan), ...PARTICLES.jobs(plan, ["linear"])] },
    "both are below the error of x + a v, a fitted",
    (results) => {
      const bar = PARTICLES.result(results, "linear").error;
      const bad = PARTICLES.groups(results, [first, second]).find(({ runs }) =>
        mean(runs.map(({ result }) => result.error)) >= bar
      );
      return bad?.label;
    },
  );
}

const particleClaims: readonly Claim[] = [
  particleClaim("frame-beats-plain", {
    location: "Section 5.2",
    statement: "A learned frame makes a message-passing network predict charged particles better.",
    names: ["learned", "gnn"],
    rule: lower({ scale: "ratio" }),
  }),
  particleClaim("learned-frame-beats-frozen", {
    location: "Section 5.2",
    statement: "A learned frame is better than one that stays as it was drawn.",
    names: ["learned", "frozen"],
    rule: lower({ scale: "ratio" }),
  }),
  particleClaim("learned-frame-beats-pca", {
    location: "Abstract",
    statement: "A learned frame is better than principal axes.",
    names: ["learned", "pca"],
    rule: lower({ scale: "ratio" }),
  }),
  particleClaim("competitive-with-egnn", {
    location: "Abstract",
    statement:
      "With a learned frame a plain network competes with an equivariant one: its error is at most 10 % above EGNN's.",
    names: ["learned", "egnn"],
    rule: lower({ scale: "ratio", margin: 1 / 1.1 }),
  }),
];

/** Most clouds that may change label between poses, in percent: frames turn along up to rounding. */
const MOST_CHANGES = 1;
/** By how much an upright network must fall under rotations, in points. */
const FALL = 30;

const accuracyOf = (name: NameOf<typeof CLOUDS>, value: (result: CloudResult) => number) =>
  CLOUDS.sample(name, value);

function cloudClaim(
  id: string,
  network: "PointNet" | "DGCNN",
  [plain, learned]: readonly ["pointNet", "learnedPointNet"] | readonly ["dgcnn", "learnedDgcnn"],
): Claim {
  const rule = higher({ margin: FALL });
  return {
    id,
    location: "Table 3 (ModelNet40 there)",
    statement:
      `Trained on upright clouds, ${network} fails on clouds turned in space; behind a learned frame it does not.`,
    test:
      `Accuracy in percent on turned ModelNet10 clouds, with the frame and without. ${rule.text} With the frame at most ` +
      `${MOST_CHANGES} % of labels differ between the two poses, every seed, and the mean accuracy exceeds that of the ` +
      "nearest neighbour by histograms. Not attempted unless the plain network is better than that on upright clouds.",
    data: "published",
    jobs: (plan) => CLOUDS.jobs(plan, [plain, learned, "histograms"]),
    evaluate(results) {
      const bar = CLOUDS.result(results, "histograms").turned;
      const average = (name: NameOf<typeof CLOUDS>, value: (result: CloudResult) => number) =>
        mean(CLOUDS.group(results, name).runs.map(({ result }) => value(result)));
      const upright = average(plain, (result) => result.upright);
      if (upright <= bar) {
        return notAttempted(
          `did not learn: ${network} has ${upright.toFixed(1)} % upright, histograms ${bar.toFixed(1)} %`,
        );
      }
      const kept = average(learned, (result) => result.turned);
      const changes = Math.max(...CLOUDS.group(results, learned).runs.map(({ result }) => result.changes));
      return allOf({
        margin: compareSamples(results, {
          first: accuracyOf(learned, (result) => result.turned),
          second: accuracyOf(plain, (result) => result.turned),
          rule,
        }),
        invariance: verdict({
          supported: changes <= MOST_CHANGES,
          numbers: { changes },
          because: `at most ${changes.toFixed(2)} % of labels differ between poses.`,
        }),
        baseline: verdict({
          supported: kept > bar,
          numbers: { learned: kept, histograms: bar },
          because: `${kept.toFixed(1)} % against ${bar.toFixed(1)} % by histograms.`,
        }),
      });
    },
  };
}

const cloudClaims: readonly Claim[] = [
  cloudClaim("pointnet-under-rotations", "PointNet", ["pointNet", "learnedPointNet"]),
  cloudClaim("dgcnn-under-rotations", "DGCNN", ["dgcnn", "learnedDgcnn"]),
  comparison("learned-cloud-frame", {
    location: "Table 3 (ModelNet40 there)",
    statement: "A learned frame is better for PointNet than one that stays as it was drawn.",
    measured: "Accuracy in percent on turned ModelNet10 clouds",
    first: accuracyOf("learnedPointNet", (result) => result.turned),
    second: accuracyOf("frozenPointNet", (result) => result.turned),
    rule: higher(),
    data: "published",
  }),
  comparison("competitive-with-vector-neurons", {
    location: "Abstract",
    statement: "A plain PointNet behind a learned frame competes with VN-PointNet: at most 2 points below.",
    measured: "Accuracy in percent on turned ModelNet10 clouds",
    first: accuracyOf("learnedPointNet", (result) => result.turned),
    second: accuracyOf("vnPointNet", (result) => result.turned),
    rule: higher({ margin: -2 }),
    data: "published",
  }),
  comparison("learned-part-frame", {
    location: "ShapeNet part segmentation (procedural shapes here, a stand-in)",
    statement:
      "For labelling parts, a learned frame is no worse than one that stays as it was drawn (by 1 point at most).",
    measured: "Mean IoU in percent on turned shapes",
    first: PARTS.sample("learned", (result) => result.turned),
    second: PARTS.sample("frozen", (result) => result.turned),
    rule: higher({ margin: -1 }),
    data: { alsoOn: ["part-shapes/ten"] },
  }),
];

const timeClaims: readonly Claim[] = [
  {
    id: "time-does-not-grow-with-order",
    location: "Figure 4",
    statement:
      "The canonicalized CNN takes hardly longer with a finer group, while the equivariant network's time grows with it.",
    test:
      "Median milliseconds a digit: CN at the largest order at most 1.3 times that at order 4; G-CNN strictly longer at " +
      "each order and at least twice as long at the largest.",
    jobs: (plan) => TIMING.jobs(plan, ["digits"]),
    evaluate(results) {
      const { config, runs: [{ result }] } = TIMING.group(results, "digits");
      const times = result.milliseconds.map(({ median }) => median);
      const half = times.length / 2;
      const [ours, group] = [times.slice(0, half), times.slice(half)];
      const ratio = (list: readonly number[]) => list.at(-1)! / list[0];
      const increasing = group.every((time, i) => i === 0 || time > group[i - 1]);
      const last = config.task === "digits" ? config.models.at(-1) : undefined;
      return verdict({
        supported: ratio(ours) <= 1.3 && increasing && ratio(group) >= 2,
        numbers: {
          largestOrder: last?.kind === "group" ? last.order : null,
          canonicalized: ratio(ours),
          groupCnn: ratio(group),
        },
        because:
          `from order 4 to the largest the time grows ${
            ratio(ours).toFixed(2)
          }-fold with a canonicalizer and ` +
          `${ratio(group).toFixed(1)}-fold in the G-CNN`,
      });
    },
  },
  {
    id: "faster-than-equivariant",
    location: "Abstract",
    statement: "Canonicalized networks predict faster than equivariant ones of the same family and width.",
    test:
      "Median milliseconds an example, untrained networks in one process, rounds interleaved: CN-CNN below G-CNN (both C4), " +
      "CN(NL)-PointNet below VN-PointNet, CN(NL)-DGCNN below VN-DGCNN, CN-GNN below EGNN.",
    jobs: (plan) => TIMING.jobs(plan),
    evaluate(results) {
      const times = (name: NameOf<typeof TIMING>) =>
        TIMING.group(results, name).runs[0].result.milliseconds.map(({ median }) => median);
      const digits = times("digits"), clouds = times("clouds"), particles = times("particles");
      const pairs: Record<string, readonly [number, number]> = {
        "CNN": [digits[0], digits[digits.length / 2]],
        "PointNet": [clouds[0], clouds[1]],
        "DGCNN": [clouds[2], clouds[3]],
        "GNN": [particles[0], particles[1]],
      };
      return allOf(Object.fromEntries(
        Object.entries(pairs).map(([name, [ours, theirs]]) => [
          name,
          verdict({
            supported: ours < theirs,
            numbers: { ratio: ours / theirs },
            because: `${(ours / theirs).toFixed(2)} of the equivariant network's time.`,
          }),
        ]),
      ));
    },
  },
];

/** All claims of the paper. */
export const claims: readonly Claim[] = [...digitClaims, ...particleClaims, ...cloudClaims, ...timeClaims];
