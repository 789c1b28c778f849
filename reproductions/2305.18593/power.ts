/** What a comparison over data sets could have shown, by the paper's own numbers. */
import type { Verdict } from "../../lib/harness/mod.ts";
import { stream } from "../../lib/random/mod.ts";
import type { Setting } from "./experiments/_evaluation.ts";
import type { Outcome } from "./outcomes.ts";
import table from "./power.json" with { type: "json" };
import { reported, reportedColumn } from "./reported.ts";

/** How often a comparison comes out supported and contradicted, in percent of draws. */
export interface Power {
  readonly sets: number;
  readonly supported: number;
  readonly contradicted: number;
}

/** Numbers of data sets at which a rule looks; absent: at all there are. */
export type PowerLooks = readonly number[] | undefined;

/** A comparison whose power is asked for. */
export interface PowerQuestion {
  /** The claim's id. */
  readonly id: string;
  readonly statement: string;
  readonly setting: Setting;
  readonly methods: readonly string[];
  readonly judge: (all: readonly Outcome[], looks?: PowerLooks) => Verdict;
  /** Data sets at which it is judged, once; absent: on all there are. */
  readonly planned?: number;
  /** Seeds of our own networks; absent: none is compared, or its mean varies as the reported one does. */
  readonly seeds?: number;
}

/** Numbers of data sets in the table: of the laptop profile, those that are planned, all of the paper's. */
export const POWER_SIZES: readonly number[] = [5, 8, 20, 31, 43, 57];

/** Percent of draws that must decide, either way, if a comparison is to be attempted. */
export const LEAST_POWER = 50;

/** Draws of data sets behind each share. */
export const DRAWS = 1000;

/** Two values with this mean and standard deviation (ddof 1). */
const pairAround = (mean: number, std: number) => [mean - std / Math.SQRT2, mean + std / Math.SQRT2];

/** What is reported of each method, for each data set that has it of all of them. */
function reportedRows({ setting, methods }: PowerQuestion) {
  return reportedColumn({ setting, method: methods[0] }, "auroc").flatMap(({ dataSet }) => {
    const own = methods.flatMap((method) => {
      const found = reported({ setting, method, dataSet }, "auroc");
      return found === undefined ? [] : [{ setting, method, dataSet, ...found }];
    });
    return own.length === methods.length ? [own] : [];
  });
}

/**
 * The power of a comparison over data sets, by the bootstrap of the reported table: its rows are drawn with
 * replacement, as many as there are data sets, and judged as our results are. That takes the reported
 * differences, and their spread over all of the paper's data sets, for the truth. Where the question says how
 * many seeds we run, so many values are drawn around each reported mean, with the reported spread, which is
 * on the safe side as that mean has been estimated, too. It takes seconds; {@link powerOf} reads what
 * `make_power.ts` has computed.
 */
export function computePower(question: PowerQuestion, sets: number): Power {
  const { id, seeds, planned, judge } = question;
  const rows = reportedRows(question);
  const random = stream(0, "power", id, String(sets));
  const counts = { supported: 0, contradicted: 0 };
  const picks = new Int32Array(sets), noise = new Float64Array(seeds ?? 0);
  for (let draw = 0; draw < DRAWS; draw++) {
    random.integers(picks, { high: rows.length });
    // A row that is drawn twice is two data sets.
    const drawn = [...picks].flatMap((row, i) =>
      rows[row].map(({ mean, std, ...cell }): Outcome => {
        const values = seeds === undefined
          ? pairAround(mean, std)
          : [...random.normal(noise)].map((z) => mean + std * z);
        return {
          ...cell,
          dataSet: `${i}: ${cell.dataSet}`,
          scores: values.map((auroc) => ({ auroc, aupr: auroc, f1: auroc })),
          seedless: false,
        };
      })
    );
    const { status } = judge(drawn, planned === undefined ? undefined : [sets]);
    if (status === "supported" || status === "contradicted") counts[status]++;
  }
  const percent = (count: number) => 100 * count / DRAWS;
  return { sets, supported: percent(counts.supported), contradicted: percent(counts.contradicted) };
}

/** The computed powers of a claim, by ascending number of data sets. */
export function powersOf(id: string): readonly Power[] {
  return (table as Readonly<Record<string, readonly Power[]>>)[id] ?? [];
}

/** The power on n data sets: that of the next smaller number of the table; `undefined` below the smallest. */
function powerOf(id: string, sets: number): Power | undefined {
  return powersOf(id).findLast((power) => power.sets <= sets);
}

const decides = ({ supported, contradicted }: Power): boolean => supported + contradicted >= LEAST_POWER;

/**
 * A question's verdict with its power beside it, which is that of as many data sets as it is judged on: those
 * that are planned or, without a plan, those there are. With less than the least power it is not attempted.
 */
export function withPower({ id, judge, planned }: PowerQuestion, { all, sets }: {
  readonly all: readonly Outcome[];
  /** Data sets that the methods have in common. */
  readonly sets: number;
}): Verdict {
  const found = judge(all, planned === undefined ? undefined : [planned]);
  const power = powerOf(id, planned ?? sets);
  if (found.status === "not attempted" || power === undefined) {
    return {
      ...found,
      status: "not attempted",
      because: power === undefined ? `${sets} data sets cannot decide it. ${found.because}` : found.because,
    };
  }
  const { supported, contradicted } = power;
  const numbers = { ...found.numbers, powerSupported: supported, powerContradicted: contradicted };
  const said = `With the paper's own numbers ${power.sets} data sets support it in ${
    supported.toFixed(0)
  } % of draws and contradict it in ${contradicted.toFixed(0)} %`;
  if (decides(power)) return { ...found, numbers, because: `${found.because} ${said}.` };
  const enough = powersOf(id).find(decides);
  return {
    status: "not attempted",
    numbers,
    because: `${planned ?? sets} data sets cannot decide it. ${said}; ${
      enough === undefined ? "nor can its 57" : `it takes ${enough.sets}`
    }. Here: ${found.because}`,
  };
}
