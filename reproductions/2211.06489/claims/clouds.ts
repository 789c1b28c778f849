/** Claims on point clouds and their parts. */
import {
  allOf,
  type Claim,
  compareSamples,
  equalWithin,
  higher,
  type NameOf,
  notAttempted,
  type Safeguards,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { CloudResult } from "../experiments/clouds.ts";
import { CLOUDS, PARTS } from "../studies.ts";
import { type About, learnedClaim, LOOKS, SLOW_LOOKS } from "./_rules.ts";

/** Most clouds that may change label between poses, in percent: frames turn along up to rounding. */
const MOST_CHANGES = 1;
const RIVALS = "learned frame against its rivals, clouds";
/** By how much an upright network must fall under rotations, in points. */
const FALL = 30;

const accuracyOf = (name: NameOf<typeof CLOUDS>, value: (result: CloudResult) => number) =>
  CLOUDS.sample(name, value);

function cloudClaim(
  id: string,
  network: "PointNet" | "DGCNN",
  { names: [plain, learned], controls, looks }: {
    readonly names: readonly ["pointNet", "learnedPointNet"] | readonly ["dgcnn", "learnedDgcnn"];
    readonly controls: Safeguards["controls"];
    readonly looks: readonly number[];
  },
): Claim {
  const rule = higher({ margin: FALL, looks });
  const unless = "Not attempted unless the plain network is better than that on upright clouds.";
  return {
    id,
    location: "Table 3 (ModelNet40 there)",
    statement:
      `Trained on upright clouds, ${network} fails on clouds turned in space; behind a learned frame it does not.`,
    safeguards: {
      bar: "With the frame the mean accuracy exceeds that of the nearest neighbour by histograms, else " +
        `contradicted. ${unless}`,
      controls,
      smallest: `${FALL} points`,
      kind: RIVALS,
    },
    test:
      `Accuracy in percent on turned ModelNet10 clouds, with the frame and without. ${rule.text} With the frame at most ` +
      `${MOST_CHANGES} % of labels differ between the two poses, every seed, and the mean accuracy exceeds that of the ` +
      `nearest neighbour by histograms. ${unless}`,
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

/** A comparison of accuracies in all poses. */
const accuracyClaim = (
  id: string,
  rest: About & {
    readonly names: readonly [NameOf<typeof CLOUDS>, NameOf<typeof CLOUDS>];
  },
): Claim =>
  learnedClaim(id, {
    ...rest,
    study: CLOUDS,
    value: (result) => result.turned,
    measured: "Accuracy in percent on turned ModelNet10 clouds",
    bar: {
      better: "higher",
      text: "both networks' mean accuracy exceeds that of the nearest neighbour by histograms",
      at: "histograms",
    },
    data: "published",
  });

/** Points of accuracy or of IoU that do not matter. */
const NEGLIGIBLE = 1;
const SMALLEST = `${NEGLIGIBLE} point`;
/** Points of accuracy by which what is as good, or competes, may differ. */
const AS_GOOD = 2;

/** On classes. */
export const cloudClaims: readonly Claim[] = [
  cloudClaim("pointnet-under-rotations", "PointNet", {
    names: ["pointNet", "learnedPointNet"],
    controls: ["learned-cloud-frame"],
    looks: LOOKS,
  }),
  cloudClaim("dgcnn-under-rotations", "DGCNN", {
    names: ["dgcnn", "learnedDgcnn"],
    controls: "Not as a claim: DGCNN behind a frozen frame is a row of Table 3.",
    looks: SLOW_LOOKS,
  }),
  accuracyClaim("same-in-all-poses", {
    location: "Table 3 (ModelNet40 there)",
    statement:
      "Behind a learned frame it does not matter whether PointNet is trained on upright or on turned clouds.",
    safeguards: {
      controls: "None: two networks that had learned nothing would agree, too, hence the bar.",
      smallest: `${AS_GOOD} points on either side`,
    },
    names: ["learnedPointNet", "learnedPointNetTurned"],
    rule: equalWithin({ margin: AS_GOOD, looks: SLOW_LOOKS }),
  }),
  accuracyClaim("learned-cloud-frame", {
    location: "Table 3 (ModelNet40 there)",
    statement: "A learned frame is better for PointNet than one that stays as it was drawn.",
    safeguards: {
      controls: "None: the two differ in nothing but whether the frame is trained.",
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["learnedPointNet", "frozenPointNet"],
    rule: higher({ looks: LOOKS, matters: NEGLIGIBLE }),
  }),
  accuracyClaim("competitive-with-vector-neurons", {
    location: "Abstract",
    statement: "A plain PointNet behind a learned frame competes with VN-PointNet: at most 2 points below.",
    safeguards: {
      controls: ["pointnet-under-rotations"],
      smallest: `Any difference counts, beyond the ${AS_GOOD} points that it may be worse by.`,
      kind: RIVALS,
    },
    names: ["learnedPointNet", "vnPointNet"],
    rule: higher({ margin: -AS_GOOD, looks: SLOW_LOOKS }),
  }),
];

/** A comparison of part labels in all poses. */
const partClaim = (
  id: string,
  rest: Omit<About, "location"> & {
    readonly names: readonly [NameOf<typeof PARTS>, NameOf<typeof PARTS>];
  },
): Claim =>
  learnedClaim(id, {
    ...rest,
    study: PARTS,
    value: (result) => result.turned,
    location: "ShapeNet part segmentation (procedural shapes here, a stand-in)",
    measured: "Mean IoU in percent on turned shapes",
    bar: {
      better: "higher",
      text: "both networks' mean IoU exceeds that of the largest part of the class",
      at: "majority",
    },
    data: { alsoOn: ["part-shapes/ten"] },
  });

const PART_RIVALS = "learned frame against its rivals, parts";
const NO_WORSE = `Any difference counts, beyond the ${NEGLIGIBLE} point that it may be worse by.`;

/** On parts. */
export const partClaims: readonly Claim[] = [
  partClaim("learned-part-frame", {
    statement:
      "For labelling parts with PointNet, a learned frame is no worse than one that stays as it was drawn (by 1 point at most).",
    safeguards: {
      controls: "Not as a claim: PointNet without a frame is a row of the table.",
      smallest: NO_WORSE,
      kind: PART_RIVALS,
    },
    names: ["learned", "frozen"],
    rule: higher({ margin: -NEGLIGIBLE, looks: LOOKS }),
  }),
  partClaim("learned-part-frame-dgcnn", {
    statement:
      "For labelling parts with DGCNN, a learned frame is no worse than one that stays as it was drawn (by 1 point at most).",
    safeguards: {
      controls: "Not as a claim: DGCNN without a frame is a row of the table.",
      smallest: NO_WORSE,
      kind: PART_RIVALS,
    },
    names: ["learnedDgcnn", "frozenDgcnn"],
    rule: higher({ margin: -NEGLIGIBLE, looks: SLOW_LOOKS }),
  }),
  partClaim("parts-against-vn-pointnet", {
    statement:
      "For labelling parts, PointNet behind a learned frame is no worse than VN-PointNet (by 1 point at most).",
    safeguards: {
      controls: ["learned-part-frame"],
      smallest: NO_WORSE,
      kind: PART_RIVALS,
    },
    names: ["learned", "vnPointNet"],
    rule: higher({ margin: -NEGLIGIBLE, looks: SLOW_LOOKS }),
  }),
  partClaim("parts-against-vn-dgcnn", {
    statement: "For labelling parts, VN-DGCNN is better than DGCNN behind a learned frame.",
    safeguards: {
      controls: ["learned-part-frame-dgcnn"],
      smallest: SMALLEST,
      kind: PART_RIVALS,
    },
    names: ["vnDgcnn", "learnedDgcnn"],
    rule: higher({ looks: SLOW_LOOKS, matters: NEGLIGIBLE }),
  }),
];
