/** What figures, tables and claims read out of learning while acting. */
import type { Results } from "../../lib/harness/mod.ts";
import { mean } from "../../lib/stats/mod.ts";
import { type AgentName, type AgentVariantName, CONTROL_TASK_NAMES, TDMPC } from "./control_studies.ts";
import type { ControlTask } from "./experiments/_control_tasks.ts";
import type { TdMpcResult } from "./experiments/tdmpc.ts";

/** Mean score of a run's last episodes, without noise. */
export const finalScore = ({ final }: TdMpcResult): number => mean(final);

/** Final scores of an agent's runs by task; tasks without a run are left out. */
export function scoresByTask(
  results: Results,
  agent: AgentName,
): ReadonlyMap<ControlTask, readonly number[]> {
  return new Map(CONTROL_TASK_NAMES.flatMap((task) => {
    const name: AgentVariantName = `${task} ${agent}`;
    const [group] = TDMPC.finished(results, [name]);
    return group === undefined ? [] : [[task, group.runs.map(({ result }) => finalScore(result))] as const];
  }));
}
