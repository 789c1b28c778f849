/** What the claims share. */
import {
  type Claim,
  type Name,
  NoResults,
  notAttempted,
  type Results,
  type Sample,
  short,
  type Study,
  type Variants,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { PropertyResult } from "../experiments/property.ts";
import type { TrivialConfig, TrivialResult } from "../experiments/trivial.ts";

export const METHOD = "section on the method (code read)";
export const EXPERIMENTS = "section on experiments (existence inferred)";

export const test = ({ test }: PropertyResult) => test;
export const MEASURED = "Mean absolute test error";

/** "Competitive", and "does not hurt": at most this much worse. */
export const COMPETITIVE = 1.1;
/** What is said of the smallest effect of rules that name none. */
export const ANY = "Any difference counts.";
export const NO_WORSE = `Any difference counts, beyond the factor of ${COMPETITIVE} that it may be worse by.`;

export const IS_CONTROL = "It is a control.";

/** Where no regression says more, a network has learned with less than this share of the mean's error. */
export const LEARNED = 0.8;

/** The error of a predictor without a network, at the seeds of the networks. */
export function trivialSample<V extends Variants<TrivialConfig>>(
  study: Study<TrivialConfig, TrivialResult, V>,
  { name, value, variant = "all" }: {
    readonly name: string;
    readonly value: (result: TrivialResult) => number | null;
    readonly variant?: Name<V>;
  },
): Sample {
  return { ...study.sample(variant, value), label: () => name };
}

/** What networks must be better than to have learned. */
export interface Bar {
  /** A predictor without a network. */
  readonly without: Sample;
  /** The share of its error that networks must stay below. */
  readonly share: number;
  /** In words. */
  readonly text: string;
}

/** A claim that is not attempted where one of the networks that it compares has not learned. */
export function onceLearned(
  claim: Claim,
  { networks, bar: { without, share, text } }: { readonly networks: readonly Sample[]; readonly bar: Bar },
): Claim {
  const average = (sample: Sample, results: Results) => {
    const values = [...sample.values(results).values()];
    if (values.length === 0) throw new NoResults(`no result of ${sample.label(results.plan)}`);
    return mean(values);
  };
  return {
    ...claim,
    test: `${claim.test} ${text}`,
    jobs: (plan) => [...claim.jobs(plan), ...without.jobs(plan)],
    evaluate(results) {
      const least = share * average(without, results);
      const unlearned = networks.map((network) => ({
        label: network.label(results.plan),
        error: average(network, results),
      })).filter(({ error }) => error >= least);
      return unlearned.length === 0 ? claim.evaluate(results) : notAttempted(
        `did not learn: ${
          unlearned.map(({ label, error }) => `${label} has ${short(error)}`).join(", ")
        }, the bar is ${short(least)}`,
      );
    },
  };
}
