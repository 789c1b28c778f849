import type { Matrix } from "../stats/mod.ts";
import { checkTrainingRows, type Detector, hostDetector } from "./detector.ts";
import { sumOverColumns } from "./_tails.ts";

/**
 * ECOD (Li et al. 2022): per column the largest of the left, right and skewness-chosen −ln tail probability,
 * summed.
 *
 * As in PyOD the empirical distribution is that of training and scored rows stacked, so a row's score depends
 * on what it is scored with. A column constant over the stack has no skewness: every score is then NaN
 * (exactly 50 % AUROC after the protocol's NaN → 0; this is so in the reported tables).
 *
 * @param train `[N, d]` training rows, finite.
 * @throws {RangeError} If there are no rows, or a value is not finite.
 */
export function fitEcod(train: Matrix): Detector {
  checkTrainingRows(train, "ECOD");
  return hostDetector({ columns: train.columns, what: "ECOD" }, (rows) => {
    return sumOverColumns(
      train,
      rows,
      ({ left, right, skewed }, i) => Math.max(left[i], right[i], skewed[i]),
    );
  });
}
