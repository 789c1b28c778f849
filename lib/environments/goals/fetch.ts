import type { Stream } from "../../random/mod.ts";
import { checkAction, clip } from "../_check.ts";
import { type MujocoFiles, openMujoco } from "../mujoco.ts";
import { fetchExpert } from "./_fetch_experts.ts";
import { withoutMeshes, World } from "./_world.ts";
import type { GoalEnvironment, GoalState, GoalWorld } from "./types.ts";

/** Tasks of the Fetch arm. */
export type FetchName = "FetchReach" | "FetchPush" | "FetchPick" | "FetchSlide";

interface FetchRules {
  readonly file: string;
  /** Where the base stands, in m. */
  readonly base: number;
  /** By how much the gripper starts higher than in FetchPush, in m. */
  readonly extraHeight: number;
  readonly hasObject: boolean;
  /** Fingers stay closed. */
  readonly blocked: boolean;
  /** Half width of the square that objects start in, around the gripper. */
  readonly objectRange: number;
  /** Half width of the box that goals lie in, and its centre from the gripper. */
  readonly goalRange: number;
  readonly goalOffset: readonly number[];
  /** Half of the goals are in the air. */
  readonly inTheAir: boolean;
  /** Where the object is put before the model settles. */
  readonly object?: readonly number[];
}

const PUSH: FetchRules = {
  file: "fetch/push.xml",
  base: 0.405,
  extraHeight: 0,
  hasObject: true,
  blocked: true,
  objectRange: 0.15,
  goalRange: 0.15,
  goalOffset: [0, 0, 0],
  inTheAir: false,
  object: [1.25, 0.53, 0.4, 1, 0, 0, 0],
};

const RULES: Readonly<Record<FetchName, FetchRules>> = {
  FetchReach: { ...PUSH, file: "fetch/reach.xml", base: 0.4049, extraHeight: 0.2, hasObject: false },
  FetchPush: PUSH,
  FetchPick: { ...PUSH, file: "fetch/pick_and_place.xml", extraHeight: 0.2, blocked: false, inTheAir: true },
  FetchSlide: {
    ...PUSH,
    file: "fetch/slide.xml",
    base: 0.05,
    extraHeight: -0.02,
    objectRange: 0.1,
    goalRange: 0.3,
    goalOffset: [0.4, 0, 0],
    object: [1.7, 1.1, 0.41, 1, 0, 0, 0],
  },
};

/** Names of the tasks. */
export const FETCH_TASKS = Object.keys(RULES) as readonly FetchName[];

const SUBSTEPS = 20, FINGERS = ["robot0:r_gripper_finger_joint", "robot0:l_gripper_finger_joint"];
const GRIP = "robot0:grip", HAND = "robot0:gripper_link", DOWN = [1, 0, 1, 0];

/** Angles about x, y and z of a rotation matrix, as Gymnasium-Robotics counts them. */
function eulerAngles(m: readonly number[]): number[] {
  const cy = Math.hypot(m[8], m[5]);
  return cy > 4 * Number.EPSILON
    ? [-Math.atan2(m[5], m[8]), -Math.atan2(-m[2], cy), -Math.atan2(m[1], m[0])]
    : [0, -Math.atan2(-m[2], cy), -Math.atan2(-m[3], m[4])];
}

/**
 * Opens a task of the Fetch arm with the constants of Gymnasium-Robotics: a gripper that points down is moved
 * by 0.05 m per unit of the first three actions (it comes about 0.03 m far in a step of 0.04 s); the fourth
 * opens and closes it in FetchPick and is idle elsewhere. Threshold 0.05 m.
 *
 * | | achieved goal | goal |
 * |---|---|---|
 * | FetchReach | gripper | start ± U(0.15) in each coordinate |
 * | FetchPush | block | as above, on the table |
 * | FetchPick | block | as above, every second one up to 0.45 m above the table |
 * | FetchSlide | puck | 0.4 m ahead ± U(0.3), out of reach |
 *
 * Observation of FetchReach, 10: gripper (3), fingers (2), velocities of gripper (3) and fingers (2). Else,
 * 25: gripper, object, object − gripper, fingers (2), the object's angles, its velocity relative to the
 * gripper, its angular velocity, the gripper's velocity, the fingers' (2). Velocities are per step.
 *
 * Differences: the arm's links, meshes in the original, collide with nothing; MuJoCo is 3.14.0; a reset
 * leaves nothing of the episode before. There is no scripted expert for FetchSlide.
 *
 * @param options.files As in the data set `mujoco/fetch`.
 * @throws {RangeError} If a file is missing.
 */
export async function openFetch(
  name: FetchName,
  { files }: { readonly files: MujocoFiles },
): Promise<GoalWorld> {
  const rules = RULES[name];
  const first = new World(await openMujoco({ files: withoutMeshes(files), path: rules.file }));
  for (const [joint, place] of [["slide0", rules.base], ["slide1", 0.48], ["slide2", 0]] as const) {
    first.positions[first.coordinate(`robot0:${joint}`)] = place;
  }
  if (rules.hasObject) first.positions.set(rules.object!, first.coordinate("object0:joint"));
  first.resetWelds();
  first.forward();
  const grip = first.site(GRIP);
  const start = [grip[0] - 0.498, grip[1] + 0.005, grip[2] - 0.431 + rules.extraHeight];
  first.mocap = { position: start, quaternion: DOWN };
  first.physics.step(10 * SUBSTEPS);
  first.forward();
  const settled = first.save();
  return {
    make: () => fetchTask(name, { rules, world: new World(first.physics.fork()), settled }),
    dispose: () => first.physics.dispose(),
  };
}

interface FetchParts {
  readonly rules: FetchRules;
  readonly world: World;
  readonly settled: ReturnType<World["save"]>;
}

function fetchTask(name: FetchName, { rules, world, settled }: FetchParts): GoalEnvironment {
  world.restore(settled);
  const grip0 = world.site(GRIP), height = rules.hasObject ? world.site("object0")[2] : 0;
  const fingers = FINGERS.map((joint) => world.coordinate(joint));
  const fingerSpeeds = FINGERS.map((joint) => world.velocityIndex(joint));
  const object = rules.hasObject ? world.coordinate("object0:joint") : -1;
  const seconds = SUBSTEPS * world.physics.timeStep;
  const desired = new Float64Array(3);
  const subtract = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - b[i]);
  const perStep = (values: readonly number[]) => values.map((value) => value * seconds);

  const observe = (): GoalState => {
    const grip = world.site(GRIP), gripSpeed = perStep(world.siteVelocity(GRIP).linear);
    const { positions, velocities } = world;
    const finger = fingers.map((i) => positions[i]);
    const fingerSpeed = perStep(fingerSpeeds.map((i) => velocities[i]));
    if (!rules.hasObject) {
      const observation = Float64Array.of(...grip, ...finger, ...gripSpeed, ...fingerSpeed);
      return { observation, achieved: Float64Array.from(grip) };
    }
    const place = world.site("object0"), { linear, angular } = world.siteVelocity("object0");
    const observation = Float64Array.of(
      ...grip,
      ...place,
      ...subtract(place, grip),
      ...finger,
      ...eulerAngles(world.siteMatrix("object0")),
      ...subtract(perStep(linear), gripSpeed),
      ...perStep(angular),
      ...gripSpeed,
      ...fingerSpeed,
    );
    return { observation, achieved: Float64Array.from(place) };
  };

  const drawGoal = (stream: Stream) => {
    const spread = stream.uniform(new Float64Array(3), { low: -rules.goalRange, high: rules.goalRange });
    desired.set(spread.map((value, i) => grip0[i] + rules.goalOffset[i] + value));
    if (!rules.hasObject) return;
    desired[2] = height;
    if (rules.inTheAir && stream.nextUniform() < 0.5) desired[2] += 0.45 * stream.nextUniform();
  };

  const placeObject = (stream: Stream) => {
    const place = new Float64Array(2);
    do {
      stream.uniform(place, { low: -rules.objectRange, high: rules.objectRange });
    } while (Math.hypot(...place) < 0.1);
    world.positions.set([grip0[0] + place[0], grip0[1] + place[1]], object);
    world.forward();
  };

  return {
    name,
    observationSize: rules.hasObject ? 25 : 10,
    goalSize: 3,
    action: { size: 4, bound: 1 },
    episodeSteps: 50,
    threshold: 0.05,
    successThreshold: 0.05,
    desired,
    expert: fetchExpert(name),
    reset(stream) {
      world.restore(settled);
      if (rules.hasObject) placeObject(stream);
      drawGoal(stream);
      return observe();
    },
    step(action) {
      checkAction("apply the action", action, 4);
      const [x, y, z, pinch] = Array.from(action, (a) => clip(a, 1));
      // The body that the gripper hangs on starts anew from the gripper itself.
      const { position, quaternion } = world.body(HAND);
      world.mocap = {
        position: [position[0] + 0.05 * x, position[1] + 0.05 * y, position[2] + 0.05 * z],
        quaternion: quaternion.map((value, i) => value + DOWN[i]),
      };
      if (!rules.blocked) {
        world.physics.setControls(fingers.map((i) => world.positions[i] + pinch).toReversed());
      }
      world.physics.step(SUBSTEPS);
      if (rules.blocked) { for (const i of fingers) world.positions[i] = 0; }
      world.forward();
      return observe();
    },
    dispose: () => world.physics.dispose(),
  };
}
