import { clip } from "../_check.ts";
import type { FetchName } from "./fetch.ts";
import type { GoalBehaviour } from "./types.ts";

/** Metres that an action of 1 asks for. */
const REACH = 0.05;

/** Actions towards a place, so that it would be reached in one step, times `gain`, within ±`bound`. */
function towards(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  { gain = 1, bound = 1 }: { readonly gain?: number; readonly bound?: number } = {},
): number[] {
  return [0, 1, 2].map((i) => clip(gain * (to[i] - from[i]) / REACH, bound));
}

/** With the data's noise this returns about what the published data do. */
const reach: GoalBehaviour = (
  { observation },
  desired,
) => [...towards(observation, desired, { bound: 0.5 }), 0];

/** Height at which the closed gripper pushes, and at which it passes over the block, in m. */
const PUSH_HEIGHT = 0.425, PASS_HEIGHT = 0.5;
/** How far behind the block's centre the gripper comes down, in m. */
const BEHIND = 0.06;

const push: GoalBehaviour = ({ observation: o }, [gx, gy]) => {
  const [bx, by] = [o[3], o[4]], far = Math.hypot(gx - bx, gy - by);
  if (far < 0.03) return [0, 0, 0, 0];
  const ux = (gx - bx) / far, uy = (gy - by) / far;
  // Where the gripper is, seen from the block: along the way to the goal, and beside it.
  const rx = o[0] - bx, ry = o[1] - by, along = rx * ux + ry * uy, beside = ry * ux - rx * uy;
  const isLow = o[2] < 0.45;
  if (isLow && along < 0 && Math.abs(beside) < 0.04) {
    const speed = Math.min(1, far / REACH), back = clip(-beside / REACH, 0.5);
    return [speed * ux - back * uy, speed * uy + back * ux, clip((PUSH_HEIGHT - o[2]) / REACH, 1), 0];
  }
  const place = [bx - BEHIND * ux, by - BEHIND * uy];
  const away = Math.hypot(o[0] - place[0], o[1] - place[1]);
  const height = away < 0.025 ? PUSH_HEIGHT : PASS_HEIGHT;
  // Up first, then across.
  const across = height === PASS_HEIGHT && o[2] < 0.47 ? o : place;
  return [...towards(o, [across[0], across[1], height]), 0];
};

/**
 * Fingers are apart along y. They hold the block if they have stopped on it: at its width, or at more where
 * it is turned. What noise has dropped is picked up again.
 */
const pick: GoalBehaviour = ({ observation: o }, desired) => {
  const grip = o.subarray(0, 3), block = o.subarray(3, 6), fingers = o[9] + o[10];
  const [dx, dy, dz] = [o[6], o[7], o[8]].map(Math.abs);
  const isBetween = dx < 0.025 && dy < 0.022 && dz < 0.02;
  const isStill = Math.abs(o[23] + o[24]) < 0.003;
  if (isBetween && (fingers < 0.056 || (fingers < 0.075 && isStill))) {
    return [...towards(block, desired, { gain: 0.8 }), -1];
  }
  if (isBetween) return [...towards(grip, block), -1];
  const isOver = dx < 0.03 && dy < 0.022;
  return [...towards(grip, [block[0], block[1], isOver ? block[2] : block[2] + 0.06]), 1];
};

const EXPERTS: Readonly<Partial<Record<FetchName, GoalBehaviour>>> = {
  FetchReach: reach,
  FetchPush: push,
  FetchPick: pick,
};

/** The scripted controller of a task; there is none for FetchSlide. */
export function fetchExpert(name: FetchName): GoalBehaviour | undefined {
  return EXPERTS[name];
}
