import { type Claim, comparison, higher, short, verdict } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { ToyResult, ToyView } from "../experiments/toy.ts";
import { TOY, TOY_SECOND_LOOK } from "../studies.ts";
import { SECOND } from "./_shared.ts";

const LOCATION = "Figure of toy navigation";
/** Horizons at which the policy must point to the goal. */
const SHORT = 10;
const STRAIGHT = 0.95;
/** Horizons over which uncertainty must grow. */
const GROWING = [5, 10, 20, 50];
/** Cosine of mean action and way: mean over grid, horizons up to 10 and goals not seen in training. */
const unseen = ({ views }: ToyResult) =>
  mean(views.filter(({ goal, horizon }) => goal > 0 && horizon <= SHORT).map(({ cosine }) => cosine));
const MEASURED =
  "Cosine of mean action and way to the goal, mean over the grid, the four new goals and h ≤ 10";

/** The least over goals of the mean cosine over short horizons. */
function worstGoal({ views }: ToyResult): number {
  const short = views.filter(({ horizon }) => horizon <= SHORT);
  return Math.min(...[...Map.groupBy(short, ({ goal }) => goal).values()]
    .map((own) => mean(own.map(({ cosine }) => cosine))));
}

/** Means over goals, by horizon, of what grows or shrinks. */
const byHorizon = ({ views }: ToyResult, value: (view: ToyView) => number) =>
  GROWING.map((horizon) => mean(views.filter((view) => view.horizon === horizon).map(value)));
const rises = (values: readonly number[]) => values.every((value, k) => k === 0 || value > values[k - 1]);

/** Claims on toy navigation: C1 and C2. */
export const toyClaims: readonly Claim[] = [
  {
    id: "toy-points-to-goals",
    location: LOCATION,
    statement:
      "In the toy Merlin's mean action points to the goal everywhere, for goals not seen in training, too.",
    test:
      `Cosine of mean action and way, mean over the grid and h ≤ ${SHORT}, by goal; the least of the five goals at ` +
      `least ${STRAIGHT}: supported if so for every seed, contradicted if for none.`,
    safeguards: {
      bar: `It is one: a cosine of ${STRAIGHT}.`,
      controls: ["toy-horizon-helps"],
      smallest: "The threshold is the claim.",
    },
    jobs: (plan) => TOY.jobs(plan, ["merlin"]),
    evaluate(results) {
      const worst = TOY.group(results, "merlin").runs.map(({ result }) => worstGoal(result));
      const [least, most] = [Math.min(...worst), Math.max(...worst)];
      return verdict({
        supported: least >= STRAIGHT,
        contradicted: most < STRAIGHT,
        numbers: { least, most, seeds: worst.length },
        because: `the goal that it points to worst has a cosine of ${short(least)} to ${short(most)}`,
      });
    },
  },
  comparison("toy-new-goals-better-than-gcsl", {
    location: LOCATION,
    statement:
      "On goals not seen in training Merlin points to the goal better than GCSL, by 0.05 in cosine at least.",
    measured: MEASURED,
    first: TOY_SECOND_LOOK.sample("merlin", unseen),
    second: TOY_SECOND_LOOK.sample("gcsl", unseen),
    rule: higher({ margin: 0.05, ...SECOND }),
    safeguards: {
      bar: "None in the test: the figure shows GCSL's field.",
      controls: ["toy-horizon-helps"],
      smallest: "0.05 in cosine",
    },
  }),
  comparison("toy-horizon-helps", {
    location: "addition",
    statement:
      "What points to new goals is the horizon, not the noise alone: without it the cosine is lower by 0.02.",
    measured: MEASURED,
    first: TOY_SECOND_LOOK.sample("merlin", unseen),
    second: TOY_SECOND_LOOK.sample("noHorizon", unseen),
    rule: higher({ margin: 0.02, ...SECOND }),
    safeguards: {
      bar: "None in the test: networks are those of toy-points-to-goals.",
      controls: "It is a control.",
      smallest: "0.02 in cosine",
    },
  }),
  {
    id: "toy-uncertainty-grows",
    location: LOCATION,
    statement: "The larger the horizon, the smaller the mean action and the larger its spread.",
    test:
      `Means over grid and goals at h = ${
        GROWING.join(", ")
      }: ‖μ‖ falls and σ rises at every step: supported if so ` +
      "for every seed, contradicted if for none.",
    safeguards: {
      bar: "That of toy-points-to-goals, on the same networks.",
      controls: "None: one network, at several horizons.",
      smallest: "Any growth counts.",
    },
    jobs: (plan) => TOY.jobs(plan, ["merlin"]),
    evaluate(results) {
      const runs = TOY.group(results, "merlin").runs.map(({ result }) => ({
        lengths: byHorizon(result, ({ length }) => -length),
        spreads: byHorizon(result, ({ spread }) => spread ?? NaN),
      }));
      const fine = runs.filter(({ lengths, spreads }) => rises(lengths) && rises(spreads)).length;
      const at = (k: number) => ({
        length: -mean(runs.map(({ lengths }) => lengths[k])),
        spread: mean(runs.map(({ spreads }) => spreads[k])),
      });
      const [first, last] = [at(0), at(GROWING.length - 1)];
      return verdict({
        supported: fine === runs.length,
        contradicted: fine === 0,
        numbers: { monotone: fine, seeds: runs.length },
        because:
          `so for ${fine} of ${runs.length} seeds; from h = 5 to 50 ‖μ‖ goes from ${
            short(first.length)
          } to ` +
          `${short(last.length)}, σ from ${short(first.spread)} to ${short(last.spread)}`,
      });
    },
  },
];
