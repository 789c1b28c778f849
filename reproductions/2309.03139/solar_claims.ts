/** The claims on the solar system. */
import {
  allOf,
  type Claim,
  compareSamples,
  decide,
  higher,
  lower,
  type NameOf,
  notAttempted,
  type Results,
  type Rule,
  type Sample,
  short,
  type Verdict,
} from "../../lib/harness/mod.ts";
import { pairByUnit } from "../../lib/stats/mod.ts";
import {
  type Bodies,
  type BodyErrors,
  geometricError,
  geometricMean,
  SOLAR,
  SOLAR_BASELINES,
} from "./studies.ts";

/** The least factor that matters. */
const MATTERS = 1.05;
/**
 * One look, at twenty seeds: fewer were found to decide nothing. The laptop profile has the first six of
 * them, `decide` adds the others.
 */
const TWENTY = { scale: "ratio", looks: [20], matters: MATTERS } as const;
const LOWER = lower(TWENTY);
const HIGHER = higher(TWENTY);

type Judged = Extract<NameOf<typeof SOLAR>, "k1" | "k3" | "tied">;

/** The geometric mean of a network's errors over bodies, by seed; `without` leaves a body out. */
function errorOf(
  name: Judged,
  { which = "all", split = "test", without }: {
    readonly which?: Bodies;
    readonly split?: "test" | "validation";
    readonly without?: string;
  } = {},
): Sample {
  return SOLAR.sample(name, ({ bodies, perBody, validPerBody }) => {
    const errors = split === "test" ? perBody : validPerBody;
    const kept = bodies.map((body) => body !== without);
    return geometricError(
      { bodies: bodies.filter((_, i) => kept[i]), perBody: errors.filter((_, i) => kept[i]) },
      which,
    );
  });
}

type ErrorOptions = Parameters<typeof errorOf>[1];

/** Whether three channels have the lower error. */
const lowerThan = (results: Results, other: "k1" | "tied", options?: ErrorOptions): Verdict =>
  compareSamples(results, {
    first: errorOf("k3", options),
    second: errorOf(other, options),
    rule: LOWER,
    digits: 3,
  });

/** The straight line over the whole horizon. */
const drift = (results: Results): BodyErrors => {
  const { bodies, rows } = SOLAR_BASELINES.result(results, "all");
  return { bodies, perBody: rows[rows.length - 1].perBody };
};

/** Why networks have not learned, if so: over seeds and bodies the straight line is better. */
function notLearned(results: Results, names: readonly Judged[]): Verdict | undefined {
  const bar = geometricError(drift(results), "all");
  for (const { label, runs } of SOLAR.finished(results, names)) {
    const error = geometricMean(runs.map(({ result }) => geometricError(result, "all")));
    if (error < bar) continue;
    return notAttempted(
      `Did not learn: the geometric mean of ${label}'s errors is ${short(error)}, not below ${
        short(bar)
      }, that of ` +
        "x + horizon · v.",
    );
  }
}

/** A verdict on all bodies, and the bodies without which it would be another. */
function withoutEachBody(results: Results, other: "k1" | "tied"): Verdict {
  const found = lowerThan(results, other);
  if (found.numbers.low === undefined) return found; // no look yet
  const [group] = SOLAR.finished(results, ["k3"]);
  const bodies = group?.runs[0].result.bodies ?? [];
  const deciding = bodies.filter((without) => lowerThan(results, other, { without }).status !== found.status);
  return {
    ...found,
    numbers: { ...found.numbers, "bodies that decide": deciding.join(", ") || "none" },
    because: deciding.length === 0
      ? `${found.because.replace(/\.$/, "")}; without any one body it is the same.`
      : `${found.because.replace(/\.$/, "")}; otherwise without ${deciding.join(", or without ")}.`,
  };
}

/** How many times lower the error on some bodies is with three channels, by seed. */
function gains(results: Results, which: Bodies): ReadonlyMap<string | number, number> {
  const pairs = pairByUnit(
    errorOf("k1", { which }).values(results),
    errorOf("k3", { which }).values(results),
  );
  return new Map(pairs.map(({ unit, first, second }) => [unit, first / second]));
}

const WHAT =
  "Networks predict what x + horizon · v leaves over. Geometric mean over bodies of the squared error over the squared " +
  "displacement";
const BAR =
  "Not attempted if a network's geometric mean over seeds and bodies is not below that of x + horizon · v.";

/** A claim that is not attempted where its networks are no better than a straight line. */
function claim(
  id: string,
  { location = "Solar-system experiment", names, controls, evaluate, ...words }: {
    readonly location?: string;
    readonly statement: string;
    readonly test: string;
    readonly names: readonly Judged[];
    readonly controls: readonly string[] | string;
    evaluate(results: Results): Verdict;
  },
): Claim {
  return {
    id,
    location,
    ...words,
    safeguards: { bar: BAR, controls, smallest: `a factor of ${MATTERS}` },
    data: { alsoOn: ["solar/31"] },
    jobs: (plan) => [...SOLAR.jobs(plan, names), ...SOLAR_BASELINES.jobs(plan)],
    evaluate: (results) => notLearned(results, names) ?? evaluate(results),
  };
}

const text = ({ text }: Rule) => text;

/** Claims on the solar system. */
export const solarClaims: readonly Claim[] = [
  claim("solar-channels", {
    statement: "On the solar system three channels have a lower error than one.",
    test: `${WHAT}, of K = 3 and of K = 1, on test and on validation times; both: ${text(LOWER)} ${BAR}`,
    names: ["k1", "k3"],
    controls: ["solar-capacity"],
    evaluate: (results) =>
      allOf({
        test: withoutEachBody(results, "k1"),
        validation: lowerThan(results, "k1", { split: "validation" }),
      }),
  }),
  claim("solar-capacity", {
    location: "addition (control)",
    statement: "On the solar system it is the mixing of channels that lowers the error.",
    test:
      `${WHAT}, on test times, of K = 3, and of K = 3 with channels tied (one mixing weight for all), which can represent no ` +
      `more than K = 1. ${text(LOWER)} ${BAR}`,
    names: ["k3", "tied"],
    controls: "It is the control.",
    evaluate: (results) =>
      SOLAR.finished(results, ["tied"]).length === 0
        ? notAttempted("Cannot decide: no network with tied channels was trained.")
        : withoutEachBody(results, "tied"),
  }),
  claim("solar-moons", {
    statement: "It is the moons, which move around a moving planet, that gain from channels.",
    test:
      `${WHAT}, on test times. Of moons, K = 3 and K = 1: ${
        text(LOWER)
      } The gain, error of K = 1 over that of K = 3, on moons ` +
      `and on the other bodies. ${text(HIGHER)} ${BAR}`,
    names: ["k1", "k3"],
    controls: ["solar-capacity"],
    evaluate: (results) =>
      allOf({
        "moons gain": lowerThan(results, "k1", { which: "moons" }),
        "moons gain more": decide(
          HIGHER,
          pairByUnit(gains(results, "moons"), gains(results, "others")),
          { names: ["gain on moons", "gain on other bodies"] },
        ),
      }),
  }),
];
