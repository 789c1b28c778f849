import { type DataPolicy, loadDataSet } from "../../data/mod.ts";
import type { JobContext } from "../mod.ts";

/** What an experiment gets when a test runs it: by default stand-in data and the native executor. */
export function context(seed: number, policy: DataPolicy = "stand-in"): JobContext {
  return { seed, executor: "native", loadData: (name) => loadDataSet(name, policy), progress() {} };
}
