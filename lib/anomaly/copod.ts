import type { Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";
import { sumOverColumns } from "./_tails.ts";

/**
 * COPOD (Li et al. 2020): per column the larger of the skewness-chosen −ln tail probability and the mean of
 * both tails, summed.
 *
 * Stacking and NaN as in `fitEcod`.
 *
 * @param train `[N, d]` training rows, finite.
 * @throws {RangeError} If there are no rows, or a value is not finite.
 */
export function fitCopod(train: Matrix): Detector {
  checkTrainingRows(train, "COPOD");
  return hostDetector({ columns: train.columns, what: "COPOD" }, (rows) => {
    return sumOverColumns(
      train,
      rows,
      ({ left, right, skewed }, i) => Math.max(skewed[i], (left[i] + right[i]) / 2),
    );
  });
}
