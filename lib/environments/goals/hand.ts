import { CholeskyDecomposition, Matrix } from "ml-matrix";
import type { Stream } from "../../random/mod.ts";
import { checkAction, clip } from "../_check.ts";
import { type MujocoFiles, openMujoco } from "../mujoco.ts";
import { withoutMeshes, World } from "./_world.ts";
import type { GoalBehaviour, GoalEnvironment, GoalState, GoalWorld } from "./types.ts";

/** Finger tips: first, middle, ring, little finger, thumb. */
const TIPS = ["fftip", "mftip", "rftip", "lftip", "thtip"].map((name) => `robot0:S_${name}`);
const PALM = "robot0:palm", SUBSTEPS = 20;

/** Pose in which episodes start, in rad: what Gymnasium-Robotics sets. */
const START: Readonly<Record<string, number>> = {
  WRJ1: -0.16514339750464327,
  WRJ0: -0.31973286565062153,
  FFJ3: 0.14340512546557435,
  FFJ2: 0.32028208333591573,
  FFJ1: 0.7126053607727917,
  FFJ0: 0.6705281001412586,
  MFJ3: 0.000246444303701037,
  MFJ2: 0.3152655251085491,
  MFJ1: 0.7659800313729842,
  MFJ0: 0.7323156897425923,
  RFJ3: 0.00038520700007378114,
  RFJ2: 0.36743546201985233,
  RFJ1: 0.7119514095008576,
  RFJ0: 0.6699446327514138,
  LFJ4: 0.0525442258033891,
  LFJ3: -0.13615534724474673,
  LFJ2: 0.39872030433433003,
  LFJ1: 0.7415570009679252,
  LFJ0: 0.704096378652974,
  THJ4: 0.003673823825070126,
  THJ3: 0.5506291436028695,
  THJ2: -0.014515151997119306,
  THJ1: -0.0015229223564485414,
  THJ0: -0.7894883021600622,
};

/** Joints that no actuator moves alone: a tendon bends them with the next one. */
const COUPLED = ["FFJ0", "MFJ0", "RFJ0", "LFJ0"];
/** Joints that actions move, in the order of the actuators. */
const ACTUATED = Object.keys(START).filter((joint) => !COUPLED.includes(joint));

/**
 * Opens HandReach: the Shadow hand brings its thumb and one finger together, with the constants of
 * Gymnasium-Robotics. An action sets the wanted angle of 20 joints, from the middle of their ranges (0) to
 * their ends (±1); 20 physics steps of 0.002 s.
 *
 * Observation, 63: 24 angles, 24 velocities, the places of the five tips. Achieved goal: the tips (15),
 * threshold 0.01 m of all together. Goal: the tips of the start, but thumb and a random finger 5 mm before a
 * place that is drawn around palm + (0, −0.09, 0.05); with probability 0.1 all tips as at the start.
 *
 * Differences: the hull of the forearm, a mesh, collides with nothing; MuJoCo is 3.14.0; the start is the
 * pose that the original lists (its first versions came a little off it).
 *
 * @param options.files As in the data set `mujoco/shadow-hand`.
 * @throws {RangeError} If a file is missing.
 */
export async function openHandReach({ files }: { readonly files: MujocoFiles }): Promise<GoalWorld> {
  const first = new World(await openMujoco({ files: withoutMeshes(files), path: "hand/reach.xml" }));
  for (const [joint, angle] of Object.entries(START)) {
    first.positions[first.coordinate(`robot0:${joint}`)] = angle;
  }
  first.forward();
  const start = first.save();
  return {
    make: () => handTask(new World(first.physics.fork()), start),
    dispose: () => first.physics.dispose(),
  };
}

function handTask(world: World, start: ReturnType<World["save"]>): GoalEnvironment {
  world.restore(start);
  const tips = () => Float64Array.from(TIPS.flatMap((site) => world.site(site)));
  const tips0 = tips(), palm = world.body(PALM).position;
  const desired = new Float64Array(tips0.length);
  const ranges = world.controlRanges();
  const observe = (): GoalState => {
    const achieved = tips();
    return { observation: Float64Array.of(...world.positions, ...world.velocities, ...achieved), achieved };
  };
  const drawGoal = (stream: Stream) => {
    desired.set(tips0);
    const finger = stream.nextInteger(4), noise = stream.normal(new Float64Array(3), { std: 0.005 });
    const meeting = [0, -0.09, 0.05].map((offset, i) => palm[i] + offset + noise[i]);
    if (stream.nextUniform() < 0.1) return;
    for (const tip of [finger, 4]) {
      const way = meeting.map((value, i) => value - tips0[3 * tip + i]), length = Math.hypot(...way);
      way.forEach((value, i) => desired[3 * tip + i] = meeting[i] - 0.005 * value / length);
    }
  };
  return {
    name: "HandReach",
    observationSize: 63,
    goalSize: 15,
    action: { size: ACTUATED.length, bound: 1 },
    episodeSteps: 50,
    threshold: 0.01,
    successThreshold: 0.01,
    desired,
    expert: handExpert(world, ranges),
    reset(stream) {
      world.restore(start);
      drawGoal(stream);
      return observe();
    },
    step(action) {
      checkAction("apply the action", action, ACTUATED.length);
      world.physics.setControls(
        ranges.map(([low, high], i) => (low + high) / 2 + clip(action[i], 1) * (high - low) / 2),
      );
      world.physics.step(SUBSTEPS);
      world.forward();
      return observe();
    },
    dispose: () => world.physics.dispose(),
  };
}

/** How much further than its neighbour a coupled joint bends: the ratio of their tendon's arms. */
const COUPLING = 0.00805 / 0.00705;
/** λ, in m, and the share of the error that is taken away in a step. */
const DAMPING = 0.06, GAIN = 0.6;
/** Distance to the goal within which the fingers are left alone, in m. */
const CLOSE = 0.009;

/** Derivatives of the tips' places by the wanted angles, `[15, 20]`. */
function tipJacobian(world: World): Matrix {
  const jacobian = Matrix.zeros(3 * TIPS.length, ACTUATED.length);
  const columnOf = (joint: string) => world.velocityIndex(`robot0:${joint}`);
  TIPS.forEach((site, tip) => {
    const full = world.siteJacobian(site), columns = full.length / 3;
    ACTUATED.forEach((joint, j) => {
      const follower = joint.replace("J1", "J0"), isFollowed = COUPLED.includes(follower);
      for (let i = 0; i < 3; i++) {
        const led = isFollowed ? COUPLING * full[i * columns + columnOf(follower)] : 0;
        jacobian.set(3 * tip + i, j, full[i * columns + columnOf(joint)] + led);
      }
    });
  });
  return jacobian;
}

/**
 * Moves the wanted angles by damped least squares, Δq = Jᵀ(JJᵀ + λ²)⁻¹ e, with e the error of all tips; as it
 * is added up, it makes good for what gravity and weak joints leave.
 */
function handExpert(world: World, ranges: readonly (readonly [low: number, high: number])[]): GoalBehaviour {
  let wanted: number[] = [];
  return ({ achieved }, desired, step) => {
    if (step === 0) wanted = ACTUATED.map((joint) => START[joint]);
    const error = Array.from(desired, (value, i) => value - achieved[i]);
    if (Math.hypot(...error) > CLOSE) {
      const jacobian = tipJacobian(world), transposed = jacobian.transpose();
      const normal = jacobian.mmul(transposed).add(Matrix.eye(error.length).mul(DAMPING ** 2));
      const turn = transposed.mmul(new CholeskyDecomposition(normal).solve(Matrix.columnVector(error)));
      wanted = wanted.map((angle, j) => {
        const [low, high] = ranges[j];
        return Math.min(Math.max(angle + GAIN * turn.get(j, 0), low), high);
      });
    }
    return wanted.map((angle, j) => {
      const [low, high] = ranges[j];
      return (2 * angle - low - high) / (high - low);
    });
  };
}
