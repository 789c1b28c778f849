import { notAttempted, type Results, type Verdict } from "../../../lib/harness/mod.ts";

/** Stand-ins on which the paper's task is as it was: 31 bodies, 17 of them on model orbits. The report calls it one. */
const SAME_TASK = ["solar/31"];

/** Statements about the paper's tasks cannot be tested on stand-ins that make up another task. */
export function onRealData(evaluate: (results: Results) => Verdict): (results: Results) => Verdict {
  return (results) => {
    const other = results.standIns.filter((name) => !SAME_TASK.includes(name));
    return other.length > 0
      ? notAttempted(`the data is a stand-in (${other.join(", ")}), the statement is about the task`)
      : evaluate(results);
  };
}
