/** What the claims have in common: margins, and findings by seed. */
import {
  type Claim,
  type NameOf,
  NoResults,
  notAttempted,
  type Results,
  type Safeguards,
  short,
  type Verdict,
  verdict,
} from "../../lib/harness/mod.ts";
import { chiSquaredTailInverse } from "../../lib/stats/mod.ts";
import type { HalfResult } from "./experiments/_measure.ts";
import type { Curves } from "./experiments/_statistics.ts";
import type { TrainingResult } from "./experiments/training.ts";
import { MODELS } from "./studies.ts";

export type ModelName = NameOf<typeof MODELS>;

/**
 * Separations, Mpc/h, at which pairs are judged: within groups below the first, between groups from the
 * second on.
 */
export const ONE_HALO_TO = 1, TWO_HALO_FROM = 2.4, TWO_HALO_TO = 8;
/** A difference counts as none within so many of its jackknife errors, or within this share of the truth. */
export const SIGMAS = 2, SHARE = 0.3;
/** Share of the bins that must agree. */
export const MOST = 0.7;
/** Errors above zero that a signal within groups must have in every bin. */
export const DETECTION = 3;

/** What one seed says. */
export interface Finding {
  readonly holds: boolean;
  /** Whether it speaks against the claim. @default !holds */
  readonly fails?: boolean;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Every seed is a catalogue and a training of its own; all must agree, and there must be two. */
export const SEEDS_TEXT =
  "Supported if so for every seed (a catalogue and a training each), contradicted if for none, else " +
  "inconclusive; at least two seeds.";

export function bySeed(
  findings: readonly { readonly seed: number; readonly finding: Finding }[],
  because: string,
): Verdict {
  const numbers = Object.fromEntries(
    findings.flatMap(({ seed, finding }) =>
      Object.entries(finding.numbers).map(([key, value]) => [`seed ${seed}: ${key}`, value])
    ),
  );
  const said = findings.map(({ seed, finding: { numbers } }) =>
    `seed ${seed}: ${Object.entries(numbers).map(([key, value]) => `${key} ${short(value)}`).join(", ")}`
  ).join("; ");
  const enough = findings.length >= 2;
  return verdict({
    supported: enough && findings.every(({ finding }) => finding.holds),
    contradicted: enough && findings.every(({ finding: { holds, fails = !holds } }) => fails),
    numbers,
    because: `${because}: ${said}.`,
  });
}

/** The runs of a variant by seed, with those of others of the same seed. */
export function runsBySeed(
  results: Results,
  names: readonly ModelName[],
): { seed: number; runs: TrainingResult[] }[] {
  const groups = names.map((name) => MODELS.group(results, name).runs);
  return groups[0].flatMap(({ seed }) => {
    const runs = groups.map((group) => group.find((run) => run.seed === seed)?.result);
    return runs.every((run) => run !== undefined) ? [{ seed, runs }] : [];
  });
}

/**
 * Bins of a curve between two separations that have pairs.
 *
 * @throws {NoResults} If there is none.
 */
export function binsWithin({ edges, curves }: Curves, from: number, to: number): number[] {
  const bins = curves.truth.value.flatMap((value, b) =>
    value !== null && edges[b] >= from && edges[b + 1] <= to ? [b] : []
  );
  if (bins.length === 0) throw new NoResults(`no bin with pairs at ${from} to ${to} Mpc/h`);
  return bins;
}

export const NEAR = [0, ONE_HALO_TO] as const, FAR = [TWO_HALO_FROM, TWO_HALO_TO] as const;

/**
 * In which bins within groups the signal must be seen. Projected, a single bin may be too noisy even for the
 * true law.
 */
export type Detection = "every bin" | "all bins together";

/** Errors that none of so many differences of equal things exceeds, in 95 % of the cases. */
export const limitFor = (differences: number): number =>
  Math.sqrt(chiSquaredTailInverse(0.05 / Math.max(differences, 1), 1));

/** Standard errors above zero of a mean over bins with weights 1/error². */
export function together({ curves: { model } }: Curves, bins: readonly number[]): number {
  const weights = bins.map((b) => model.error[b]! ** -2);
  const sum = bins.reduce((total, b, k) => total + weights[k] * model.value[b]!, 0);
  return sum / Math.sqrt(weights.reduce((total, weight) => total + weight, 0));
}

/** Share of each planted alignment that a model must have learned, by its training half. */
const LEARNED = 0.5;

/** What a model has not learned, by its training half; nothing if it has learned. */
function unlearned({ train }: TrainingResult): string[] {
  if (train.alignment !== null) {
    const { model, truth } = train.alignment;
    return (["satellite", "central"] as const).flatMap((kind) => {
      const [found, planted] = [model[kind]?.value ?? 0, truth[kind]?.value ?? 0];
      return found >= LEARNED * planted ? [] : [`${kind}s ${short(found)} of ${short(planted)}`];
    });
  }
  const { oneHalo, twoHalo } = train;
  return ([["within", oneHalo, NEAR], ["between", twoHalo, FAR]] as const).flatMap(
    ([where, curves, range]) => {
      const found = together(curves, binsWithin(curves, range[0], range[1]));
      return found >= DETECTION ? [] : [`${where} groups ${short(found)} errors above zero`];
    },
  );
}

/** The bar of {@link onceLearned}. */
const LEARNED_TEXT = "Not attempted where the model did not learn, by its training half: " +
  `less than ${LEARNED} of the satellites' or the centrals' alignment; in projection, a signal within or ` +
  `between groups of less than ${DETECTION} errors.`;

/** A claim whose bar is that of {@link onceLearned}. */
export type Unguarded = Omit<Claim, "safeguards"> & { readonly safeguards: Omit<Safeguards, "bar"> };

/** A claim that is not attempted with a model that did not learn: that would be no finding. */
export function onceLearned(claim: Unguarded, model: ModelName): Claim {
  return {
    ...claim,
    safeguards: { bar: LEARNED_TEXT, ...claim.safeguards },
    test: `${claim.test} ${LEARNED_TEXT}`,
    evaluate(results) {
      const missing = runsBySeed(results, [model]).flatMap(({ seed, runs: [run] }) =>
        unlearned(run).map((what) => `seed ${seed}: ${what}`)
      );
      return missing.length === 0
        ? claim.evaluate(results)
        : notAttempted(`The model did not learn (training half): ${missing.join("; ")}.`);
    },
  };
}

/** How a model's correlation compares with the truth's, within groups and between them. */
export function agreement({ oneHalo, twoHalo }: HalfResult, detection: Detection): Finding {
  const near = binsWithin(oneHalo, ...NEAR), far = binsWithin(twoHalo, ...FAR);
  const { value, error } = oneHalo.curves.model;
  const significance = detection === "every bin"
    ? Math.min(...near.map((b) => value[b]! / error[b]!))
    : together(oneHalo, near);
  const agrees = ({ curves, differences }: Curves) => (b: number) => {
    const difference = Math.abs(differences.model.value[b]!);
    return difference <= SIGMAS * differences.model.error[b]! ||
      difference <= SHARE * Math.abs(curves.truth.value[b]!);
  };
  const good = near.filter(agrees(oneHalo)).length + far.filter(agrees(twoHalo)).length;
  const count = near.length + far.length;
  return {
    holds: significance >= DETECTION && good >= MOST * count,
    numbers: { "σ within groups": significance, "bins in agreement": good, bins: count },
  };
}
