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
import { type Depth, TORUS } from "../studies.ts";
import { FEW_LOOKS, LOOKS } from "./_torus.ts";

type Network = NameOf<typeof TORUS>;

const MORE = higher({ looks: FEW_LOOKS });
/** Share of the variance that one filter per channel must explain if filters are to be a convolution's. */
const HALF = 0.5;
/** The smallest difference of that share that matters. */
const TENTH = 0.1;
const MORE_ALIKE = higher({ looks: LOOKS, matters: TENTH });
/** Percent of the first layer's values that may be different where weights are to be tied. */
const MOST_DISTINCT = 50;
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

/** That filters become those of a convolution, at one depth. */
function convolutionLike(
  id: string,
  { depth, statement }: { readonly depth: Depth; readonly statement: string },
): Claim {
  const { shared, plain } = alikeNames[depth];
  return {
    id,
    location: "Abstract",
    statement,
    test: `Circulant energy of the first layer with rows aligned, ${mostAlike}, against none. ` +
      `${MORE_ALIKE.text} It must also be at least ${HALF} on average (half of the variance is one filter per channel): if ` +
      "only the first holds, inconclusive.",
    safeguards: {
      bar: "None in the test: networks are among those that cost no accuracy.",
      controls: ["filters-beyond-shrinkage"],
      smallest: `${TENTH} of the variance; and a share of ${HALF} for the filters of a convolution`,
    },
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, [own(shared, { plan }), plain]),
    evaluate(results) {
      const name = own(shared, results);
      const compared = compareSamples(results, {
        first: energyOf(name),
        second: energyOf(plain),
        rule: MORE_ALIKE,
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
    },
  };
}

/** Share of the first layer's weights that are different as trained, in percent, by seed. */
const distinctIn = (results: Results, name: Network) =>
  TORUS.group(results, name).runs.map(({ result }) => 100 * result.distinct / result.weights);

/** Why nothing can be said about ties; `undefined` if there are. */
function notTied(results: Results): Verdict | undefined {
  const most = Math.max(...distinctIn(results, "deepTied"));
  if (most <= MOST_DISTINCT) return;
  return notAttempted(`The network did not learn to share: ${most.toFixed(1)} % of values are different.`);
}

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
  convolutionLike("convolution-like-filters", {
    depth: "one layer",
    statement: "Fully connected networks trained with the penalty learn convolution-like filters.",
  }),
  convolutionLike("convolution-like-filters-deep", {
    depth: "two layers",
    statement: "The same of the first layer of two.",
  }),
  {
    id: "filters-beyond-shrinkage",
    location: "control (not known to be in the paper)",
    statement: "The penalty's filters are more convolution-like than those of weight decay.",
    test: `The same energy, of the penalty and of weight decay, each ${mostAlike}. ${MORE_ALIKE.text}`,
    safeguards: {
      bar: "None in the test: networks are among those that cost no accuracy.",
      controls: "It is a control.",
      smallest: `${TENTH} of the variance`,
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
          rule: MORE_ALIKE,
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
      const untied = notTied(results);
      if (untied) return untied;
      const distinct = Math.max(...distinctIn(results, "deepTied"));
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
      "Two layers at the sweep's largest λ, where the penalty ties most weights. Mean |w| of the first layer, with ρ and " +
      `without. ${MORE.text} And with ρ, too, at most ${MOST_DISTINCT} % of the first layer's values are different as ` +
      "trained, every seed; contradicted if more are in every seed, else inconclusive. Not attempted unless at most " +
      `${MOST_DISTINCT} % are without ρ.`,
    safeguards: {
      bar: `Without ρ at most ${MOST_DISTINCT} % of the first layer's values are different.`,
      controls: "None: ρ is all that differs.",
      smallest: "Any difference of magnitudes counts.",
    },
    data: "published",
    jobs: (plan) => TORUS.jobs(plan, ["deepTied", "deepTiedDebiased"]),
    evaluate(results) {
      const untied = notTied(results);
      if (untied) return untied;
      const magnitude = ({ meanMagnitude }: TorusResult) => meanMagnitude;
      const compared = compareSamples(results, {
        first: TORUS.sample("deepTiedDebiased", magnitude),
        second: TORUS.sample("deepTied", magnitude),
        rule: MORE,
      });
      if (compared.status === "not attempted") return compared;
      const shares = distinctIn(results, "deepTiedDebiased");
      const [least, most] = [Math.min(...shares), Math.max(...shares)];
      const status = least > MOST_DISTINCT
        ? "contradicted"
        : compared.status === "supported" && most > MOST_DISTINCT
        ? "inconclusive"
        : compared.status;
      return {
        ...compared,
        status,
        numbers: { ...compared.numbers, leastDistinct: least, mostDistinct: most },
        because: `${compared.because} With ρ ${least.toFixed(1)} to ${
          most.toFixed(1)
        } % of the values are different.`,
      };
    },
  },
];
