import type { Claim, ClaimData, ClaimStatus, Results, Verdict } from "./types.ts";
import { MOST_OF_A_KIND, NoResults } from "./types.ts";
import { type MatchedPair, pairByUnit } from "../../stats/mod.ts";
import { jobId } from "./jobs.ts";
import type { Rule, Words } from "./rules.ts";
import type { Sample } from "./study.ts";

/** The verdict on a claim that was not tested, and why. */
export function notAttempted(because: string): Verdict {
  return { status: "not attempted", numbers: {}, because };
}

/** What {@link verdict} is made from. */
export interface VerdictOptions {
  /** Whether the numbers support the claim. */
  readonly supported: boolean;
  /** Whether they contradict it. @default the opposite of `supported` */
  readonly contradicted?: boolean;
  /** What decided, by name. */
  readonly numbers: Verdict["numbers"];
  /** Why, in a sentence. */
  readonly because: string;
}

/**
 * A verdict from conditions on numbers; inconclusive if neither condition holds.
 *
 * @throws {RangeError} If both conditions hold.
 */
export function verdict(options: VerdictOptions): Verdict {
  const { supported, contradicted = !supported, numbers, because } = options;
  if (supported && contradicted) {
    throw new RangeError(
      `Cannot decide on a claim as it must not be both supported and contradicted: ${because}`,
    );
  }
  const status = supported ? "supported" : contradicted ? "contradicted" : "inconclusive";
  return { status, numbers, because };
}

/**
 * Decides pairs by a rule, if there are enough of them: none make a claim not attempted, too few
 * inconclusive.
 *
 * @param words How the sentence names what is compared.
 */
export function decide(rule: Rule, pairs: readonly MatchedPair[], words: Words): Verdict {
  if (pairs.length >= rule.minPairs) return rule.decide(pairs, words);
  const evidence = pairs.length === 0 ? undefined : rule.begin?.(pairs, words);
  return {
    status: pairs.length === 0 ? "not attempted" : "inconclusive",
    numbers: { pairs: pairs.length },
    because: `${words.names.join(" and ")} share ${pairs.length} of the at least ${rule.minPairs} ${
      words.units ?? "seeds"
    } needed to tell.`,
    ...(evidence && { evidence: [evidence] }),
  };
}

/** Decides two samples by a rule, paired by their units. */
export function compareSamples(
  results: Results,
  { first, second, rule, ...words }: {
    readonly first: Sample;
    readonly second: Sample;
    readonly rule: Rule;
  } & Omit<Words, "names">,
): Verdict {
  return decide(rule, pairByUnit(first.values(results), second.values(results)), {
    names: [first.label(results.plan), second.label(results.plan)],
    ...words,
  });
}

/** What makes a claim about two samples. */
export interface ComparisonOptions
  extends
    Pick<Claim, "location" | "statement" | "safeguards" | "data" | "wider" | "fixedPlan">,
    Omit<Words, "names"> {
  /** What is measured, for the text, e.g. `Test accuracy in percent`. */
  readonly measured: string;
  /** The side that is expected to be better. */
  readonly first: Sample;
  /** What it is compared with. */
  readonly second: Sample;
  /** What decides. */
  readonly rule: Rule;
}

/**
 * A claim that compares two samples by a rule; its jobs and the text of its test follow from them.
 *
 * @example
 * ```ts
 * import { type Claim, comparison, higher, type Sample } from "@refigure/refigure/harness";
 *
 * // For instance TORUS.sample("shared", ({ testAccuracy }) => testAccuracy).
 * declare const shared: Sample, plain: Sample;
 * const claim = (): Claim =>
 *   comparison("sharing-helps", {
 *     location: "Abstract",
 *     statement: "The penalty makes a fully connected network more accurate.",
 *     measured: "Test accuracy in percent",
 *     first: shared,
 *     second: plain,
 *     rule: higher(),
 *     safeguards: {
 *       bar: "Both classify better than the majority class.",
 *       controls: ["beyond-shrinkage"],
 *       smallest: "half a point",
 *     },
 *     data: "published",
 *   });
 * ```
 */
export function comparison(id: string, options: ComparisonOptions): Claim {
  const { location, statement, safeguards, measured, data, wider, fixedPlan, ...compared } = options;
  const { first, second, rule } = compared;
  return {
    id,
    location,
    statement,
    test: `${measured}. ${rule.text}`,
    safeguards,
    ...(data !== undefined && { data }),
    ...(wider !== undefined && { wider }),
    ...(fixedPlan !== undefined && { fixedPlan }),
    jobs: (plan) => {
      const jobs = [...first.jobs(plan), ...second.jobs(plan)];
      return [...new Map(jobs.map((job) => [jobId(job), job])).values()];
    },
    evaluate: (results) => compareSamples(results, compared),
  };
}

/** The worst first: a claim of several parts takes the first of these that a part has. */
const WORST_FIRST: readonly ClaimStatus[] = ["contradicted", "not attempted", "inconclusive", "supported"];

/**
 * The verdict on a claim of several parts: supported only if all are; contradicted if one is.
 *
 * @param parts Verdicts by name; the names go in front of their numbers and sentences.
 */
export function allOf(parts: Readonly<Record<string, Verdict>>): Verdict {
  const verdicts = Object.entries(parts);
  const status = WORST_FIRST.find((status) => verdicts.some(([, part]) => part.status === status));
  const evidence = verdicts.flatMap(([, part]) => part.evidence ?? []);
  const fragile = fragileUnits(status, verdicts.map(([, part]) => part));
  const shares = sharesOf(status, verdicts.map(([, part]) => part));
  return {
    status: status ?? "not attempted",
    numbers: Object.fromEntries(
      verdicts.flatMap(([name, { numbers }]) =>
        Object.entries(numbers).map(([key, value]) => [`${name}: ${key}`, value])
      ),
    ),
    because: verdicts.map(([name, part]) => `${name}: ${part.because}`).join(" ") ||
      "The claim has no parts.",
    ...(evidence.length > 0 && { evidence }),
    ...(fragile.length > 0 && { fragile }),
    ...(shares !== undefined && { shares }),
  };
}

/** All parts must hold to support a claim; one contradicts it, surely where chance has no part in it. */
function sharesOf(status: ClaimStatus | undefined, parts: readonly Verdict[]): number | undefined {
  const own = parts.filter((part) => part.status === status);
  if (status === "contradicted" && own.some(({ shares }) => shares === undefined)) return MOST_OF_A_KIND;
  const known = own.flatMap(({ shares }) => shares ?? []);
  if (known.length === 0) return undefined;
  return status === "supported" ? Math.min(...known) : Math.max(...known);
}

/** One part that changes undoes a supported claim; a contradicted one stands as long as one part does. */
function fragileUnits(status: ClaimStatus | undefined, parts: readonly Verdict[]): (string | number)[] {
  const units = parts.filter((part) => part.status === status).map(({ fragile = [] }) => fragile);
  if (status === "supported") return [...new Set(units.flat())];
  if (status !== "contradicted") return [];
  return units[0].filter((unit) => units.every((own) => own.includes(unit)));
}

/** What readers are told of a verdict that single pairs decide; empty of any other. */
export function fragileText({ fragile = [] }: Pick<Verdict, "fragile">): string {
  if (fragile.length === 0) return "";
  const shown = fragile.slice(0, 5).join(", ");
  return `fragile: without any one of ${
    fragile.length > 5 ? `${shown} and ${fragile.length - 5} more` : shown
  } the ` +
    "test says something else";
}

/** The test of a claim in words, with the data that it may be judged on. */
export function testText({ test, data }: Pick<Claim, "test" | "data">): string {
  return data === undefined || data === "any" ? test : `${test} ${dataText(data)}`;
}

function dataText(data: Exclude<ClaimData, "any">): string {
  return data === "published"
    ? "Judged on published data only."
    : `Judged on published data only, and on the stand-in ${
      data.alsoOn.join(", ")
    }, on which the task is the same.`;
}

/**
 * The verdict on a claim: not attempted if it is about published data and a stand-in was used, or if results
 * are missing.
 *
 * @throws What its test throws, other than {@link NoResults}.
 */
export function judge(claim: Claim, results: Results): Verdict {
  const { data = "any" } = claim;
  const allowed = typeof data === "object" ? data.alsoOn : [];
  const standIns = data === "any" ? [] : results.standIns.filter((name) => !allowed.includes(name));
  if (standIns.length > 0) {
    return notAttempted(
      `It is about published data, and ${standIns.join(", ")} ${
        standIns.length > 1 ? "are stand-ins" : "is a stand-in"
      }.`,
    );
  }
  try {
    const { fragile, ...found } = claim.evaluate(results);
    // A claim may have made more of its comparisons than they say: only a decision can be undone.
    const decided = found.status === "supported" || found.status === "contradicted";
    return decided && fragile ? { ...found, fragile } : found;
  } catch (error) {
    if (error instanceof NoResults) return notAttempted(error.message);
    throw error;
  }
}
