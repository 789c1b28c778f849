import {
  allOf,
  type Claim,
  compareSamples,
  comparison,
  higher,
  type NameOf,
  notAttempted,
  type Results,
  type Verdict,
  verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { TorusResult } from "../experiments/torus.ts";
import { TORUS } from "../studies.ts";
import { FEW_LOOKS } from "./_torus.ts";

type Network = NameOf<typeof TORUS>;

const MORE = higher({ looks: FEW_LOOKS });
/** Share of the variance that one filter per channel must explain if filters are to be a convolution's. */
const HALF = 0.5;
const energy = ({ energy }: TorusResult) => energy?.trained;
const energyOf = (name: Network) => TORUS.sample(name, energy);
const mostAlike =
  "at the strength of the sweep whose filters are most alike on seeds that are not judged, among those that cost no accuracy";

/** By depth the networks at the strength of most energy (absent: it is the next one's), and that without. */
const alikeNames = {
  "one layer": { shared: ["alikeShared", "shared"], decay: ["alikeDecay", "decay"], plain: "plain" },
  "two layers": {
    shared: ["deepAlikeShared", "deepShared"],
    decay: ["deepAlikeDecay", "deepDecay"],
    plain: "deepPlain",
  },
} as const;
const own = ([alike, accurate]: readonly [Network, Network], { plan }: Pick<Results, "plan">): Network =>
  TORUS.variants(plan, [alike]).length > 0 ? alike : accurate;

/** Verdicts by depth, of depths that the profile has. */
function byDepth(
  results: Results,
  judge: (names: typeof alikeNames[keyof typeof alikeNames]) => Verdict,
): Verdict {
  const depths = Object.entries(alikeNames).filter(([, { plain }]) =>
    TORUS.variants(results.plan, [plain]).length > 0
  );
  return depths.length === 0
    ? notAttempted("needs networks without the penalty")
    : allOf(Object.fromEntries(depths.map(([depth, names]) => [depth, judge(names)])));
}

/** Share of weights that are different after a step of the size that training began with, in percent. */
const distinctAfter = ({ afterStep, weights }: TorusResult) => 100 * (afterStep?.distinct ?? NaN) / weights;

/** On what becomes of weights on the torus. */
export const weightClaims: readonly Claim[] = [
  {
    id: "exact-ties",
    location: "Section on proximal gradient descent",
    statement: "Proximal steps make weights exactly equal; descending along the subgradient does not.",
    test:
      "After one more step of the size that training began with, every seed: at most 99 % of the first layer's values are " +
      "different with the proximal step, at least 99.9 % with the subgradient (float32 makes some equal by chance).",
    safeguards: {
      bar: "None in the test: networks are those of sharing-helps.",
      controls: "The subgradient of the same penalty, in the test.",
      smallest: "1 % of the weights equal",
    },
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["shared", "subgradient"]),
    evaluate(results) {
      const [prox, subgradient] = (["shared", "subgradient"] as const).map((name) =>
        TORUS.group(results, name).runs.map(({ result }) => distinctAfter(result))
      );
      const [most, least] = [Math.max(...prox), Math.min(...subgradient)];
      return verdict({
        supported: most <= 99 && least >= 99.9,
        contradicted: Math.min(...prox) >= 99.9,
        numbers: { proximal: most, subgradient: least, seeds: prox.length },
        because: `at most ${most.toFixed(2)} % different after a proximal step, at least ${
          least.toFixed(2)
        } % after a subgradient step`,
      });
    },
  },
  {
    id: "convolution-like-filters",
    location: "Abstract",
    statement: "Fully connected networks trained with the penalty learn convolution-like filters.",
    test:
      `Circulant energy of the first layer with rows aligned, ${mostAlike}, against none; with one layer and with two. ` +
      `${MORE.text} It must also be at least ${HALF} on average (half of the variance is one filter per channel): if only ` +
      "the first holds, inconclusive.",
    safeguards: {
      bar: "None in the test: networks are among those that cost no accuracy.",
      controls: ["filters-beyond-shrinkage"],
      smallest: `a share of ${HALF} of the variance for the filters of a convolution`,
    },
    data: "published",
    jobs: (plan) =>
      TORUS.jobs(
        plan,
        Object.values(alikeNames).flatMap(({ shared, plain }) => [own(shared, { plan }), plain]),
      ),
    evaluate: (results) =>
      byDepth(results, ({ shared, plain }) => {
        const name = own(shared, results);
        const compared = compareSamples(results, {
          first: energyOf(name),
          second: energyOf(plain),
          rule: MORE,
        });
        if (compared.status === "not attempted") return compared;
        const { runs } = TORUS.group(results, name);
        const [trained, shuffled] = [
          mean(runs.map(({ result }) => result.energy?.trained ?? NaN)),
          mean(runs.map(({ result }) => result.energy?.shuffled ?? NaN)),
        ];
        return {
          ...compared,
          status: compared.status === "supported" && trained < HALF ? "inconclusive" : compared.status,
          numbers: { ...compared.numbers, rowsShuffled: shuffled },
          because: `${compared.because} With the penalty it is ${trained.toFixed(3)}; ${
            shuffled.toFixed(3)
          } if each row is shuffled.`,
        };
      }),
  },
  {
    id: "filters-beyond-shrinkage",
    location: "control (not known to be in the paper)",
    statement: "The penalty's filters are more convolution-like than those of weight decay.",
    test: `The same energy, of the penalty and of weight decay, each ${mostAlike}. ${MORE.text}`,
    safeguards: {
      bar: "None in the test: networks are among those that cost no accuracy.",
      controls: "It is a control.",
      smallest: "Any difference counts.",
    },
    data: "published",
    jobs: (plan) =>
      TORUS.jobs(
        plan,
        Object.values(alikeNames).flatMap((
          { shared, decay },
        ) => [own(shared, { plan }), own(decay, { plan })]),
      ),
    evaluate: (results) =>
      byDepth(results, ({ shared, decay }) =>
        compareSamples(results, {
          first: energyOf(own(shared, results)),
          second: energyOf(own(decay, results)),
          rule: MORE,
        })),
  },
  {
    id: "tied-filters",
    location: "Abstract",
    statement: "Where the penalty ties most weights, filters are convolution-like.",
    test:
      "Circulant energy of the first layer of two, rows aligned, at the sweep's largest λ, against no penalty. " +
      `${MORE.text} Not attempted unless at most half of the first layer's values are different as trained, every seed.`,
    safeguards: {
      bar: "At most half of the first layer's values are different as trained.",
      controls: ["filters-beyond-shrinkage"],
      smallest: "Any difference counts.",
    },
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["deepTied", "deepPlain"]),
    evaluate(results) {
      const { runs } = TORUS.group(results, "deepTied");
      const distinct = Math.max(...runs.map(({ result }) => 100 * result.distinct / result.weights));
      if (!(distinct <= 50)) {
        return notAttempted(
          `The network did not learn to share: ${distinct.toFixed(1)} % of values are different.`,
        );
      }
      const compared = compareSamples(results, {
        first: energyOf("deepTied"),
        second: energyOf("deepPlain"),
        rule: MORE,
      });
      return {
        ...compared,
        numbers: { ...compared.numbers, distinct },
        because: `${compared.because} At most ${distinct.toFixed(1)} % of its values are different.`,
      };
    },
  },
  comparison("l1-zeros", {
    location: "Section on sparsity (existence inferred)",
    statement:
      "The penalty together with the l1 norm, as released, gives more exact zeros than the penalty alone.",
    measured: "Zeros among the first layer's weights, in percent",
    first: TORUS.sample("both", ({ zeros, weights }) => 100 * zeros / weights),
    second: TORUS.sample("shared", ({ zeros, weights }) => 100 * zeros / weights),
    rule: MORE,
    safeguards: {
      bar: "None in the test: networks are those of sharing-helps.",
      controls: "None: the l1 norm is all that differs.",
      smallest: "Any difference counts.",
    },
    data: "published",
  }),
  {
    id: "rho-debiases",
    location: "released code (not known to be in the paper)",
    statement: "ρ close to 1 keeps the ties but takes the penalty's shrinkage back.",
    test:
      `Mean |w| of the first layer, with ρ and without. ${MORE.text} And one more step of the size that training ` +
      "began with leaves at most 99 % of its values different, every seed: if only the first holds, inconclusive.",
    safeguards: {
      bar: "After one more step at most 99 % of the values are different.",
      controls: "None: ρ is all that differs.",
      smallest: "Any difference of magnitudes counts.",
    },
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["shared", "debiased"]),
    evaluate(results) {
      const magnitude = ({ meanMagnitude }: TorusResult) => meanMagnitude;
      const most = Math.max(
        ...TORUS.group(results, "debiased").runs.map(({ result }) => distinctAfter(result)),
      );
      const compared = compareSamples(results, {
        first: TORUS.sample("debiased", magnitude),
        second: TORUS.sample("shared", magnitude),
        rule: MORE,
      });
      return {
        ...compared,
        status: compared.status === "supported" && most > 99 ? "inconclusive" : compared.status,
        numbers: { ...compared.numbers, distinctAfterStep: most },
        because: `${compared.because} At most ${most.toFixed(2)} % of the values are different after a step.`,
      };
    },
  },
];
