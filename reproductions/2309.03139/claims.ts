import {
  allOf,
  type Claim,
  compareSamples,
  decide,
  lower,
  type NameOf,
  notAttempted,
  type Results,
  type Sample,
  short,
  type Verdict,
  verdict,
  winsOnMost,
} from "../../lib/harness/mod.ts";
import { mean, pairByUnit } from "../../lib/stats/mod.ts";
import { solarClaims } from "./solar_claims.ts";
import { EQUIVARIANCE, MOLECULE_BASELINES, MOLECULES, NBODY, NBODY_BASELINES, TIMING } from "./studies.ts";

const scientific = (value: number) => value.toExponential(1);

/** Why symmetries need no safeguards. */
const ANY_WEIGHTS = "An identity: it holds for any weights.";

/** Claims that hold for any weights: symmetries and counts. */
const symmetries: readonly Claim[] = [
  {
    id: "equivariance",
    location: "Method",
    statement:
      "Networks with any number of channels are equivariant to rotations, reflections and translations.",
    test:
      "With random weights, |f(QX + t, Qv) − (Q f(X, v) + t)| < 1e-4 (float32) for every K, differences normalised or not, " +
      "while the network moves particles by more than 0.01. For molecules the coordinates after a layer follow a shift " +
      "within 1e-4 in the masked variant, and miss it by more than 1e-3 on padded molecules where updates are not masked, " +
      "as in the released code.",
    safeguards: ANY_WEIGHTS,
    jobs: (plan) => EQUIVARIANCE.jobs(plan),
    evaluate(results) {
      const { dynamics, molecules } = EQUIVARIANCE.result(results, "all");
      const rotation = Math.max(...dynamics.map(({ rotation }) => rotation));
      const motion = Math.min(...dynamics.map(({ motion }) => motion));
      const shifts = (masked: boolean) =>
        molecules.filter((item) => item.masked === masked).map(({ shift }) => shift);
      const [masked, unmasked] = [Math.max(...shifts(true)), Math.min(...shifts(false))];
      return allOf({
        "particles": verdict({
          supported: rotation < 1e-4 && motion > 0.01,
          contradicted: rotation >= 1e-4,
          numbers: { rotation, motion },
          because: `error at most ${scientific(rotation)}, particles move by ${motion.toFixed(2)} or more.`,
        }),
        "molecules": verdict({
          supported: masked < 1e-4 && unmasked > 1e-3,
          contradicted: masked >= 1e-4,
          numbers: { masked, unmasked },
          because: `error at most ${scientific(masked)} masked, at least ${scientific(unmasked)} unmasked.`,
        }),
      });
    },
  },
  {
    id: "permutation",
    location: "Method",
    statement: "Networks with any number of channels are equivariant to the order of nodes.",
    test: "With random weights, exchanging nodes exchanges predictions within 1e-5 (float32) for every K.",
    safeguards: ANY_WEIGHTS,
    jobs: (plan) => EQUIVARIANCE.jobs(plan),
    evaluate(results) {
      const { dynamics } = EQUIVARIANCE.result(results, "all");
      const permutation = Math.max(...dynamics.map((item) => item.permutation));
      return verdict({
        supported: permutation < 1e-5,
        numbers: { permutation },
        because: `error at most ${scientific(permutation)}`,
      });
    },
  },
  {
    id: "one-channel",
    location: "Method",
    statement: "With one channel the network is EGNN.",
    test: "Bit for bit equal to EGNN in plain loops with the same weights (eager executor).",
    safeguards: ANY_WEIGHTS,
    jobs: (plan) => EQUIVARIANCE.jobs(plan),
    evaluate(results) {
      const { plain } = EQUIVARIANCE.result(results, "all");
      return verdict({
        supported: plain === 0,
        numbers: { difference: plain },
        because: `largest difference ${plain === 0 ? 0 : scientific(plain)}`,
      });
    },
  },
  {
    id: "parameters",
    location: "Abstract",
    statement: "Several channels add very few parameters.",
    test:
      "In the N-body network (L = 4, H = 64) K = 3 has at most 2.3 % and K = 5 at most 6 % more than K = 1; the closed form " +
      "equals the number of weights for every K.",
    safeguards: "A count.",
    jobs: (plan) => EQUIVARIANCE.jobs(plan),
    evaluate(results) {
      const { parameters } = EQUIVARIANCE.result(results, "all");
      const count = new Map(parameters.map(({ channels, formula }) => [channels, formula]));
      const more = (channels: number) => 100 * (count.get(channels)! / count.get(1)! - 1);
      const exact = parameters.every(({ formula, counted }) => formula === counted);
      return verdict({
        supported: exact && more(3) <= 2.3 && more(5) <= 6,
        numbers: { "K = 3: percent": more(3), "K = 5: percent": more(5), exact: exact ? "yes" : "no" },
        because: `K = 3 adds ${more(3).toFixed(2)} %, K = 5 ${more(5).toFixed(2)} %; the closed form is ${
          exact ? "" : "not "
        }exact`,
      });
    },
  },
];

/** Numbers of seeds at which the results are looked at, the laptop profile's first. */
const LOOKS = [5, 10, 15, 20];
/** Errors vary by factors from seed to seed, so their ratios are compared; 5 % is the least that matters. */
const MATTERS = 1.05;
const LOWER = lower({ scale: "ratio", looks: LOOKS, matters: MATTERS });
const SMALLEST = `a factor of ${MATTERS}`;
/** Whether "most" targets gain; a target is a unit, however many seeds its mean is over. */
const ON_MOST = winsOnMost({ better: "lower" });

const testError = ({ test }: { readonly test: number }) => test;
const nbodyError = (name: NameOf<typeof NBODY>) => NBODY.sample(name, testError);

/** Whether the first error is the lower one. */
const below = (results: Results, samples: { readonly first: Sample; readonly second: Sample }): Verdict =>
  compareSamples(results, { ...samples, rule: LOWER });

/** Whether every run is below a bound. */
function allBelow(
  groups: readonly { readonly runs: readonly { readonly result: { readonly test: number } }[] }[],
  { bound, name }: { readonly bound: number; readonly name: string },
): Verdict {
  const worst = Math.max(...groups.flatMap(({ runs }) => runs.map(({ result }) => result.test)));
  return verdict({
    supported: worst < bound,
    numbers: { worst, [name]: bound },
    because: `the largest error is ${worst.toFixed(4)}, that of ${name} ${bound.toFixed(4)}.`,
  });
}

/** Mean test errors over seeds of molecule networks with K channels, by target. */
function byTarget(results: Results, channels: 1 | 3): ReadonlyMap<string, number> {
  return new Map(
    MOLECULES.groups(results).filter((group) => group.channels === channels)
      .map(({ target, runs }) => [target, mean(runs.map(({ result }) => result.test))]),
  );
}

/** Why networks on molecules have not learned, if so: on a target they are worse than numbers of atoms. */
function notLearned(results: Results): Verdict | undefined {
  const bars = MOLECULE_BASELINES.finished(results).map(({ name, runs: [{ result }] }) =>
    [name, result.dressedAtoms] as const
  );
  for (const [target, bar] of bars) {
    for (const channels of [1, 3] as const) {
      const error = byTarget(results, channels).get(target);
      if (error === undefined || error < bar) continue;
      return notAttempted(
        `Did not learn: on ${target} the error of K = ${channels} is ${short(error)}, not below ${
          short(bar)
        }, that of a ` +
          "regression on the numbers of atoms.",
      );
    }
  }
}

/** Claims on test errors. */
const errors: readonly Claim[] = [
  {
    id: "nbody-channels",
    location: "N-body experiment",
    statement: "On charged particles several channels lower the error; EGNN and MC-EGNN beat the affine map.",
    test:
      `Test MSE of K = 3 and of K = 1. ${LOWER.text} Every run of both is below the affine map of (x, v).`,
    safeguards: {
      bar: "Every run is below the affine map of (x, v).",
      controls: ["nbody-capacity"],
      smallest: SMALLEST,
    },
    data: "published",
    jobs: (plan) => [...NBODY.jobs(plan, ["k1", "k3"]), ...NBODY_BASELINES.jobs(plan)],
    evaluate: (results) =>
      allOf({
        "K = 3 below K = 1": below(results, { first: nbodyError("k3"), second: nbodyError("k1") }),
        "both below the affine map": allBelow(
          NBODY.groups(results, ["k1", "k3"]),
          { bound: NBODY_BASELINES.result(results, "all").affine, name: "the affine map" },
        ),
      }),
  },
  {
    id: "nbody-capacity",
    location: "addition (control)",
    statement: "The gain comes from channels, not from parameters.",
    test:
      "Test MSE of K = 3, and of K = 3 with channels tied (one mixing weight for all) or of EGNN of a width H with at least as " +
      `many parameters; both: ${LOWER.text}`,
    safeguards: {
      bar: "That of nbody-channels, which all networks compared here are far below, too.",
      controls: "It is the control.",
      smallest: SMALLEST,
    },
    data: "published",
    jobs: (plan) => NBODY.jobs(plan, ["k3", "tied", "wide"]),
    evaluate: (results) =>
      allOf(Object.fromEntries(
        NBODY.variants(results.plan, ["tied", "wide"]).map(({ name, label }) => [
          label,
          below(results, { first: nbodyError("k3"), second: nbodyError(name) }),
        ]),
      )),
  },
  ...solarClaims,
  {
    id: "molecules-channels",
    location: "QM9 experiment",
    statement: "On most properties of molecules three channels do better than one.",
    test:
      `Test MAE of K = 3 and of K = 1, mean over seeds, paired by target. ${ON_MOST.text} Not attempted if a network has a ` +
      "larger error on a target than a regression on the numbers of atoms, which knows no geometry: then it has not learned. " +
      "Only the paper profile has QM9 and twelve targets; elsewhere it is QM7 with model labels on real geometries.",
    safeguards: {
      bar: "On each target both networks are better than a regression on the numbers of atoms.",
      controls: "None was run: parameters and training are those of nbody-capacity.",
      smallest: "Any gain on a target counts.",
    },
    data: "published",
    jobs: (plan) => [...MOLECULES.jobs(plan), ...MOLECULE_BASELINES.jobs(plan)],
    evaluate(results) {
      const failed = notLearned(results);
      if (failed !== undefined) return failed;
      const pairs = pairByUnit(byTarget(results, 3), byTarget(results, 1));
      const changes = pairs.map(({ unit, first, second }) => [unit, 100 * (first / second - 1)] as const);
      const { status, numbers, because } = decide(ON_MOST, pairs, {
        names: ["K = 3", "K = 1"],
        units: "targets",
      });
      const said = changes.map(([target, change]) => `${target} ${short(change, 2)} %`).join(", ");
      return {
        status,
        numbers: {
          ...numbers,
          ...Object.fromEntries(
            changes.map(([target, change]) => [`${target}: change in percent`, change]),
          ),
        },
        because: `${because} Changes: ${said}.`,
      };
    },
  },
];

/** Largest ratio of the times of updates. */
const MAX_RATIO = 1.3;

/** On run time. */
const cost: Claim = {
  id: "run-time",
  location: "Abstract",
  statement: "Several channels hardly cost time.",
  test:
    `A training update with K = 5 takes at most ${MAX_RATIO} times as long as with K = 1, on this machine.`,
  safeguards: "A time on this machine.",
  jobs: (plan) => TIMING.jobs(plan),
  evaluate(results) {
    const { config: { channels }, runs: [{ result }] } = TIMING.group(results, "all");
    const [one, five] = [1, 5].map((count) => result.milliseconds[channels.indexOf(count)]);
    return verdict({
      supported: five / one <= MAX_RATIO,
      numbers: { "K = 1: ms": one, "K = 5: ms": five, ratio: five / one },
      because: `an update takes ${(five / one).toFixed(2)} times as long with five channels as with one`,
    });
  },
};

/** The paper's claims, as tests on results. */
export const claims: readonly Claim[] = [...symmetries, ...errors, cost];
