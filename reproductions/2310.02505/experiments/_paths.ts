import type { GoalPolicy, MakeGoalEnvironment } from "../../../lib/environments/mod.ts";
import type { Stream } from "../../../lib/random/mod.ts";

/** Lets a policy walk in a task with places for states, and keeps the walks. */
export async function pathsOf(
  make: MakeGoalEnvironment,
  { policy, count, stream }: {
    readonly policy: GoalPolicy;
    readonly count: number;
    readonly stream: Stream;
  },
): Promise<[x: number, y: number][][]> {
  const paths: [number, number][][] = [];
  for (let episode = 0; episode < count; episode++) {
    const task = make();
    let { achieved } = task.reset(stream.split(`${episode}`));
    const path: [number, number][] = [[achieved[0], achieved[1]]], goals = Float32Array.from(task.desired);
    for (let step = 0; step < task.episodeSteps; step++) {
      const action = await policy.act({ observations: Float32Array.from(achieved), goals, rows: 1 });
      ({ achieved } = task.step(action));
      path.push([achieved[0], achieved[1]]);
      if (Math.hypot(achieved[0] - goals[0], achieved[1] - goals[1]) <= task.threshold / 4) break;
    }
    task.dispose();
    paths.push([...path, [goals[0], goals[1]]]);
  }
  return paths;
}
