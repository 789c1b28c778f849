import { allOf, type Claim, decide, higher, notAttempted } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { type Arm, ARM_RUNS, type Cell, tunedHorizon } from "../studies.ts";
import { SEEDS, TABLE } from "./_shared.ts";

const ARMS_JUDGED = ["FetchReach expert", "SawyerReach expert"] as const satisfies readonly Cell<Arm>[];
const BETTER = higher({ scale: "ratio", margin: 1.1, looks: [SEEDS] });
const PUSH = "FetchPush expert", LONG = tunedHorizon(PUSH), SHORT = 1;
const LONGER = higher({ scale: "ratio", matters: 1.03, looks: [SEEDS] });
/** A policy has learned to push if it returns this share of what its data do. */
const LEARNED = 0.5;

/** On arms that MuJoCo simulates: C5 and C9. */
export const armClaims: readonly Claim[] = [
  {
    id: "better-than-its-data-on-arms",
    location: TABLE,
    statement: "On arms, too, Merlin returns more than its data of experts with noise, by a tenth at least.",
    test:
      `Discounted return, Merlin (first, 20 episodes) and the recorded episodes, on ${
        ARMS_JUDGED.join(" and ")
      }; must ` +
      `hold on each. ${BETTER.text}`,
    safeguards: {
      bar: "It is one: returning more than the data.",
      controls: "None: the data are what it is compared with.",
      smallest: "a tenth",
    },
    jobs: (plan) => ARM_RUNS.jobs(plan, ARMS_JUDGED),
    evaluate(results) {
      const parts = ARM_RUNS.finished(results, ARMS_JUDGED).map(({ cell, runs }) => {
        const pairs = runs.map(({ seed, result: { merlin, behaviour } }) => ({
          unit: seed,
          first: merlin[0].return,
          second: behaviour.return,
        }));
        return [cell, decide(BETTER, pairs, { names: ["Merlin", "the data"] })] as const;
      });
      return parts.length === 0 ? notAttempted("There are no results.") : allOf(Object.fromEntries(parts));
    },
  },
  {
    id: "larger-horizon-on-fetchpush",
    location: "Figure of the ablation",
    statement:
      `Where a block is pushed a larger test horizon is better: h = ${LONG} returns more than h = ${SHORT}.`,
    test:
      `Discounted return of one policy at h = ${LONG} (first) and h = ${SHORT} on ${PUSH}. Not attempted unless it returns ` +
      `at least ${LEARNED} of what its data do on average, at h = ${LONG}. ${LONGER.text}`,
    safeguards: {
      bar: `At h = ${LONG} the policy returns at least ${LEARNED} of what its data do.`,
      controls: "None: one policy, at two horizons.",
      smallest: "a factor of 1.03",
    },
    jobs: (plan) => ARM_RUNS.jobs(plan, [PUSH]),
    evaluate(results) {
      const { runs } = ARM_RUNS.group(results, PUSH);
      const at = ({ merlin }: typeof runs[number]["result"], wanted: number) =>
        merlin.find(({ horizon }) => horizon === wanted)!.return;
      const [own, data] = [
        mean(runs.map(({ result }) => at(result, LONG))),
        mean(runs.map(({ result }) => result.behaviour.return)),
      ];
      if (own < LEARNED * data) {
        return notAttempted(`Did not learn: Merlin returns ${own.toFixed(1)}, its data ${data.toFixed(1)}.`);
      }
      const pairs = runs.map(({ seed, result }) => ({
        unit: seed,
        first: at(result, LONG),
        second: at(result, SHORT),
      }));
      return decide(LONGER, pairs, { names: [`h = ${LONG}`, `h = ${SHORT}`] });
    },
  },
];
