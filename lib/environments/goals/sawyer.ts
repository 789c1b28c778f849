import { checkAction, clip } from "../_check.ts";
import { type MujocoFiles, openMujoco } from "../mujoco.ts";
import { withoutMeshes, World } from "./_world.ts";
import type { GoalBehaviour, GoalEnvironment, GoalState, GoalWorld } from "./types.ts";

/** Tasks of the Sawyer arm. */
export type SawyerName = "SawyerReach" | "SawyerDoor";

type Range = readonly [low: number, high: number];

interface SawyerRules {
  readonly file: string;
  /** Where the hand may be asked to go, by coordinate, in m. */
  readonly box: readonly [Range, Range, Range];
  /** Where the hand is led to before an episode. */
  readonly start: readonly number[];
  readonly hasDoor: boolean;
  readonly goals: readonly Range[];
  readonly successThreshold: number;
}

const REACH_BOX: SawyerRules["box"] = [[-0.2, 0.2], [0.55, 0.75], [0.05, 0.3]];

const RULES: Readonly<Record<SawyerName, SawyerRules>> = {
  SawyerReach: {
    file: "sawyer/sawyer_reach.xml",
    box: REACH_BOX,
    start: [0, 0.5, 0.02],
    hasDoor: false,
    goals: REACH_BOX,
    successThreshold: 0.06,
  },
  SawyerDoor: {
    file: "sawyer/sawyer_door_pull_hook.xml",
    box: [[-0.1, 0.05], [0.45, 0.65], [0.1, 0.25]],
    start: [-0.05, 0.635, 0.225],
    hasDoor: true,
    goals: [[0, 0.83]],
    successThreshold: 0.02,
  },
};

/** Names of the tasks. */
export const SAWYER_TASKS = Object.keys(RULES) as readonly SawyerName[];

/** Angles of the seven joints before the hand is led to its start. */
const ARM = [1.7244448, -0.92036369, 0.10234232, 2.11178144, 2.97668632, -0.38664629, 0.54065733];
/** Largest actions of the scripted experts: with the data's noise, returns are near the published ones. */
const REACH_EXPERT_BOUND = 0.5, DOOR_EXPERT_BOUND = 0.6;
const SUBSTEPS = 50, STEP = 0.02, THRESHOLD = 0.06, DOWN = [1, 0, 1, 0];

/**
 * Opens a task of the Sawyer arm (multiworld, as Merlin's authors use it): the body that the hand hangs on is
 * moved by 0.02 m per unit of the three actions, and kept in a box; 50 physics steps per action.
 *
 * | | observation | achieved goal | goal | threshold | success |
 * |---|---|---|---|---|---|
 * | SawyerReach | hand (3) | hand | uniform in the box | 0.06 m | the same |
 * | SawyerDoor | hand (3), angle of the door | angle | U(0, 0.83) rad | 0.06 rad | 0.02 rad |
 *
 * Differences: the arm's links collide with nothing, MuJoCo is 3.14.0, and every episode starts from one and
 * the same settled state.
 *
 * @param options.files As in the data set `mujoco/sawyer`.
 * @throws {RangeError} If a file is missing.
 */
export async function openSawyer(
  name: SawyerName,
  { files }: { readonly files: MujocoFiles },
): Promise<GoalWorld> {
  const rules = RULES[name];
  const first = new World(await openMujoco({ files: withoutMeshes(files), path: rules.file }));
  first.resetWelds();
  first.positions.set(ARM);
  first.forward();
  for (let i = 0; i < 10; i++) {
    first.mocap = { position: rules.start, quaternion: DOWN };
    first.physics.step(SUBSTEPS);
  }
  if (rules.hasDoor) {
    first.positions[first.coordinate("doorjoint")] = 0;
    first.velocities[first.velocityIndex("doorjoint")] = 0;
  }
  first.forward();
  const settled = first.save();
  return {
    make: () => sawyerTask(name, { rules, world: new World(first.physics.fork()), settled }),
    dispose: () => first.physics.dispose(),
  };
}

interface SawyerParts {
  readonly rules: SawyerRules;
  readonly world: World;
  readonly settled: ReturnType<World["save"]>;
}

function sawyerTask(name: SawyerName, { rules, world, settled }: SawyerParts): GoalEnvironment {
  const door = rules.hasDoor ? world.coordinate("doorjoint") : -1;
  const desired = new Float64Array(rules.goals.length);
  const observe = (): GoalState => {
    const hand = world.body("hand").position;
    if (!rules.hasDoor) return { observation: Float64Array.from(hand), achieved: Float64Array.from(hand) };
    const angle = world.positions[door];
    return { observation: Float64Array.of(...hand, angle), achieved: Float64Array.of(angle) };
  };
  // Without the position that was asked for, the hand's lag would make it overshoot.
  const reachExpert: GoalBehaviour = (_, goal) => {
    const { position } = world.mocap;
    return position.map((from, i) => clip((goal[i] - from) / STEP, REACH_EXPERT_BOUND));
  };
  return {
    name,
    observationSize: rules.hasDoor ? 4 : 3,
    goalSize: rules.goals.length,
    action: { size: 3, bound: 1 },
    episodeSteps: 50,
    threshold: THRESHOLD,
    successThreshold: rules.successThreshold,
    desired,
    expert: rules.hasDoor ? doorExpert() : reachExpert,
    reset(stream) {
      world.restore(settled);
      desired.set(rules.goals.map(([low, high]) => low + (high - low) * stream.nextUniform()));
      return observe();
    },
    step(action) {
      checkAction("apply the action", action, 3);
      const position = world.mocap.position.map((from, i) => {
        const [low, high] = rules.box[i];
        return Math.min(Math.max(from + STEP * clip(action[i], 1), low), high);
      });
      world.mocap = { position, quaternion: DOWN };
      world.physics.step(SUBSTEPS);
      world.forward();
      return observe();
    },
    dispose: () => world.physics.dispose(),
  };
}

/** The door turns about this place, and this is where its bar is from there while it is shut, in m. */
const HINGE = [0.21, 0.725], BAR = [-0.26, -0.08];
/** Height at which the hook is behind the bar. */
const HOOKED = 0.17;

/** Hooks the bar of the door from above, and leads it along its arc until the angle is right. */
function doorExpert(): GoalBehaviour {
  let isHooked = false;
  return ({ observation: [x, y, z, angle] }, [wanted], step) => {
    if (step === 0) isHooked = false;
    const towards = (tx: number, ty: number) =>
      [tx - x, ty - y, HOOKED - z].map((way) => clip(way / STEP, DOOR_EXPERT_BOUND));
    if (!isHooked) {
      isHooked = z < HOOKED + 0.015;
      return towards(HINGE[0] + BAR[0], 0.645);
    }
    const next = angle + clip(wanted - angle, 0.2), c = Math.cos(next), s = Math.sin(next);
    return towards(Math.min(HINGE[0] + c * BAR[0] - s * BAR[1], 0.05), HINGE[1] + s * BAR[0] + c * BAR[1]);
  };
}
