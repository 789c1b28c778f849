import { type Claim, verdict } from "../../../lib/harness/mod.ts";
import { TIMING } from "../studies.ts";

/** Most time that a small canonicalizer may add. */
const MOST_TIME = 1.25;

/** On times. */
export const timeClaim: Claim = {
  id: "small-overhead",
  location: "inference time",
  statement: "A small canonicalizer adds little to the time of a large network.",
  safeguards: "A time: medians on one machine, in one process.",
  test:
    `Median milliseconds a photograph, rounds interleaved in one process: ResNet-56 behind the small CNN at most ${MOST_TIME} ` +
    "times ResNet-56 alone.",
  jobs: (plan) => TIMING.jobs(plan),
  evaluate(results) {
    const times = TIMING.result(results, "resnet56");
    const ratio = (front: "small" | "votes" | "both" | "average") => times[front].median / times.none.median;
    return verdict({
      supported: ratio("small") <= MOST_TIME,
      numbers: {
        small: ratio("small"),
        votes: ratio("votes"),
        both: ratio("both"),
        average: ratio("average"),
      },
      because:
        `${ratio("small").toFixed(2)} times with the small CNN; ${
          ratio("votes").toFixed(2)
        } with ResNet-20's votes, ` +
        `${ratio("both").toFixed(2)} with the confidence of three networks, ${
          ratio("average").toFixed(2)
        } for averaging`,
    });
  },
};
