import { notAttempted, type Results, type Verdict } from "../../../lib/harness/mod.ts";

/** Statements about the paper's tasks cannot be tested on stand-ins. */
export function onRealData(evaluate: (results: Results) => Verdict): (results: Results) => Verdict {
  return (results) =>
    results.standIns.length > 0
      ? notAttempted(
        `the data is a stand-in (${results.standIns.join(", ")}), the statement is about the task`,
      )
      : evaluate(results);
}
