import {
  compareMeans,
  type CompareOptions,
  notAttempted,
  type Results,
  type Verdict,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { Setting } from "../plan.ts";
import { type Cell, cells, meansByDataSet, paired } from "../summaries.ts";

/** Statements about the published data sets cannot be tested on stand-ins. */
export function onRealData(evaluate: (results: Results) => Verdict): (results: Results) => Verdict {
  return (results) =>
    results.standIns.length > 0
      ? notAttempted("this profile uses stand-in data, the statement is about the published data sets")
      : evaluate(results);
}

/** {@link compareMeans} on the data sets that both maps have. */
export function compare(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
  options: CompareOptions & { readonly names: readonly [string, string] },
): Verdict {
  const pairs = paired(first, second);
  const compared = compareMeans(pairs.first, pairs.second, options);
  if (pairs.dataSets.length === 0) return compared;
  const { names: [a, b] } = options;
  return { ...compared, numbers: { ...compared.numbers, [a]: mean(pairs.first), [b]: mean(pairs.second) } };
}

/** Mean AUROC of the first method − that of the second, over the data sets that both have. */
export function compareMethods(
  setting: Setting,
  methods: readonly [string, string],
  margin = 0,
): (results: Results) => Verdict {
  return onRealData((results) => {
    const all = cells(results);
    return compare(
      meansByDataSet(all, { method: methods[0], setting }),
      meansByDataSet(all, { method: methods[1], setting }),
      { names: methods, margin },
    );
  });
}

/** Mean AUROC of each method over the data sets that all of them have; NaN if there is none. */
export function averages(all: readonly Cell[], setting: Setting, methods: readonly string[]) {
  const maps = methods.map((method) => meansByDataSet(all, { method, setting }));
  const common = [...maps[0].keys()].filter((name) => maps.every((map) => map.has(name)));
  return {
    common,
    means: maps.map((map) => common.length > 0 ? mean(common.map((name) => map.get(name)!)) : NaN),
  };
}
