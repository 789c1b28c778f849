/** Claims on inference times. */
import { allOf, type Claim, type NameOf, verdict } from "../../../lib/harness/mod.ts";
import { TIMING } from "../studies.ts";

const MEASURED = "A time: medians on one machine, in one process.";

/** All of them. */
export const timeClaims: readonly Claim[] = [
  {
    id: "time-does-not-grow-with-order",
    location: "Figure 4",
    statement:
      "The canonicalized CNN takes hardly longer with a finer group, while the equivariant network's time grows with it.",
    safeguards: MEASURED,
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
    safeguards: MEASURED,
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
