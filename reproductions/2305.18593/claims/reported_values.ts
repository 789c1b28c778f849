import { type Claim, notAttempted } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { classicalJobs, networkJobs } from "../jobs.ts";
import type { Setting } from "../plan.ts";
import { reported } from "../reported.ts";
import { cells, summarise } from "../summaries.ts";
import { onRealData } from "./_shared.ts";

/** Percentage points; reported values are rounded to 0.01. */
const PARITY_TOLERANCE = 0.02 + 1e-9;
/** Sets of the full parity gate. */
const PARITY_SETS = 31;

const PARITY_SEMI = ["KNN", "LOF", "ECOD", "COPOD", "HBOS", "OCSVM"];
const PARITY_UNSUP = ["KNN", "DTE-NP"];

function parity(setting: Setting, methods: readonly string[]) {
  return onRealData((results) => {
    const found = cells(results).filter((cell) => cell.setting === setting && methods.includes(cell.method));
    const differences = found.flatMap((cell) => {
      const expected = reported(setting, "auroc", cell);
      if (!expected) return [];
      const { mean, std } = summarise(cell, "auroc");
      // A split that is the same for all seeds has no spread on either side.
      const spread = setting === "unsup" ? Math.abs(std - expected.std) : 0;
      return [{ cell, off: Math.max(Math.abs(mean - expected.mean), spread) }];
    });
    if (differences.length === 0) return notAttempted("none of the data sets is available");
    const worst = differences.reduce((a, b) => (b.off > a.off ? b : a));
    const outside = differences.filter(({ off }) => !(off <= PARITY_TOLERANCE)).length;
    const complete = differences.length === methods.length * PARITY_SETS;
    const enoughSeeds = setting === "semi" || found.every((cell) => cell.seeds.length === 5);
    return {
      status: outside > 0 && enoughSeeds
        ? "contradicted"
        : complete && enoughSeeds
        ? "supported"
        : "inconclusive",
      numbers: {
        values: differences.length,
        outside,
        largestDifference: worst.off,
        at: `${worst.cell.method} on ${worst.cell.dataSet}`,
      },
      because: `${differences.length - outside} of ${differences.length} values agree within 0.02 points` +
        (complete ? "" : `; ${methods.length * PARITY_SETS} are needed`) +
        (enoughSeeds ? "" : "; the reported spread needs five seeds"),
    };
  });
}

/** Own mean of a network against the reported one, set by set: |Δ| ≤ max(3, 2.5 (reported std + own std)). */
function landsOnReported(method: string, meanTolerance: number) {
  return onRealData((results) => {
    const found = cells(results).filter((cell) => cell.setting === "semi" && cell.method === method);
    const rows = found.flatMap((cell) => {
      const expected = reported("semi", "auroc", cell);
      if (!expected) return [];
      const own = summarise(cell, "auroc");
      const off = own.mean - expected.mean;
      return [{ cell, off, allowed: Math.max(3, 2.5 * (expected.std + own.std)) }];
    });
    if (rows.length < 3) return notAttempted(`needs at least 3 data sets: there are ${rows.length}`);
    const outside = rows.filter(({ off, allowed }) => Math.abs(off) > allowed);
    const offset = mean(rows.map(({ off }) => off));
    return {
      status: outside.length === 0 && Math.abs(offset) <= meanTolerance
        ? "supported"
        : outside.length > rows.length / 2
        ? "contradicted"
        : "inconclusive",
      numbers: {
        sets: rows.length,
        outside: outside.length,
        meanDifference: offset,
        ...Object.fromEntries(rows.map(({ cell, off }) => [cell.dataSet, off])),
      },
      because:
        `${rows.length - outside.length} of ${rows.length} sets within max(3, 2.5 std); mean difference ` +
        `${offset.toFixed(2)} points (allowed ±${meanTolerance})`,
    };
  });
}

/** Claims that values computed here are the reported ones. */
export const reportedValues: readonly Claim[] = [
  {
    id: "parity-semi",
    location: "Appendix tables (semi-supervised AUROC)",
    statement: "KNN, LOF, ECOD, COPOD, HBOS and OCSVM have the reported AUROC on 31 data sets.",
    test: "Every value within 0.02 points of the reported mean (6 methods × 31 sets, seeds 0, 1, 2, 3, 6).",
    jobs: classicalJobs,
    evaluate: parity("semi", PARITY_SEMI),
  },
  {
    id: "parity-unsup",
    location: "Appendix tables (unsupervised AUROC)",
    statement: "KNN and DTE-NP have the reported AUROC and spread on 31 data sets (both with 32 neighbours).",
    test:
      "Mean and standard deviation over seeds 0–4 within 0.02 points of the reported ones (2 methods × 31 sets).",
    jobs: classicalJobs,
    evaluate: parity("unsup", PARITY_UNSUP),
  },
  {
    id: "constant-features",
    location: "Appendix tables",
    statement:
      "COPOD and ECOD score exactly 50.0 on mnist and optdigits, whose constant columns make their skewness NaN.",
    test: "AUROC is exactly 50 for both methods on both sets in the semi-supervised setting.",
    jobs: (plan) => classicalJobs(plan).filter(({ config }) => /mnist|optdigits/.test(config.dataSet)),
    evaluate: onRealData((results) => {
      const found = cells(results).filter(({ setting, dataSet, method }) =>
        setting === "semi" && ["mnist", "optdigits"].includes(dataSet) && ["COPOD", "ECOD"].includes(method)
      );
      if (found.length < 4) return notAttempted("mnist or optdigits is not available");
      const values = found.map((cell) => summarise(cell, "auroc").mean);
      return {
        status: values.every((value) => value === 50) ? "supported" : "contradicted",
        numbers: Object.fromEntries(found.map((cell, i) => [`${cell.method} on ${cell.dataSet}`, values[i]])),
        because: `AUROC ${[...new Set(values)].join(", ")}`,
      };
    }),
  },
  {
    id: "dte-c-reported",
    location: "Appendix tables (semi-supervised AUROC)",
    statement: "DTE-C trained from the described settings has the reported AUROC.",
    test: "Per data set |Δ| ≤ max(3, 2.5 (reported std + own std)), and mean difference within ±1.5 points.",
    jobs: (plan) => networkJobs(plan, { methods: ["DTE-C"], setting: "semi" }),
    evaluate: landsOnReported("DTE-C", 1.5),
  },
  {
    id: "dte-ig-reported",
    location: "Appendix tables (semi-supervised AUROC)",
    statement: "DTE-IG (squared output as score) has the reported AUROC.",
    test: "Per data set |Δ| ≤ max(3, 2.5 (reported std + own std)), and mean difference within ±4 points.",
    jobs: (plan) => networkJobs(plan, { methods: ["DTE-IG"], setting: "semi" }),
    evaluate: landsOnReported("DTE-IG", 4),
  },
];
