import {
  type Environment,
  type MujocoFiles,
  openSuiteTask,
  pendulum,
} from "../../../lib/environments/mod.ts";
import type { JobContext } from "../../../lib/harness/mod.ts";

/** The pendulum's swing-up on this project's simulator, and the cart-pole's of the DeepMind Control Suite. */
export type ControlTask = "pendulum" | "cartpole-swingup";

/** Physics steps of an action on the cart-pole, as in TD-MPC's settings: 125 actions an episode. */
const REPEAT = 8;

/** Rewards of an episode of the suite are at most this. */
const SUITE_MOST = 1000;

/** Data sets that a task needs. */
export const dataOfTask = (task: ControlTask): readonly string[] =>
  task === "pendulum" ? [] : ["mujoco/control-suite"];

/** An environment with what its return is divided by. */
export interface OpenTask {
  readonly environment: Environment;
  /** Return of a perfect episode, or nearly. */
  readonly most: number;
}

/** Opens a task; episodes begin with what is to be swung up hanging. */
export async function openTask(task: ControlTask, context: JobContext): Promise<OpenTask> {
  if (task === "pendulum") {
    const environment = hangingPendulum();
    return { environment, most: environment.episodeSteps };
  }
  const { value: files } = await context.loadData<MujocoFiles>("mujoco/control-suite");
  return { environment: await openSuiteTask(task, { files, repeat: REPEAT }), most: SUITE_MOST };
}

/** Ten seconds in a hundred actions; hanging has a reward of 0, upright of 1. */
function hangingPendulum(): Environment {
  const task = pendulum({ timeStep: 0.1, substeps: 4 });
  return {
    ...task,
    episodeSteps: 100,
    reset(stream) {
      const [angle] = stream.uniform(new Float64Array(1), { low: -0.1, high: 0.1 });
      return task.setState([Math.PI + angle, 0]);
    },
    step(action) {
      const transition = task.step(action);
      return { ...transition, reward: 1 + transition.reward / Math.PI ** 2 };
    },
  };
}
