import {
  type Diagram,
  type DiagramLink,
  diagrams,
  type Figure,
  INK,
  PALETTE,
} from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults } from "../../../lib/harness/mod.ts";
import { SIDE, turnDigit } from "../experiments/_digits.ts";
import type { DigitResult } from "../experiments/digits.ts";
import { DIGITS } from "../studies.ts";
import { ink, pixelsOf } from "./_ink.ts";

/** The angle by which a digit was turned clockwise to its canonical picture, in degrees: the best of 360. */
export function poseOf(original: Uint8Array, canonical: Uint8Array): number {
  const turned = new Float32Array(SIDE * SIDE);
  let [best, least] = [0, Infinity];
  for (let angle = 0; angle < 360; angle++) {
    turnDigit(original, -angle, turned);
    const distance = turned.reduce((sum, value, i) => sum + (value - canonical[i]) ** 2, 0);
    if (distance < least) [best, least] = [angle, distance];
  }
  return best;
}

/** Radii of the ring, of its lowest and highest rating, and of the pictures around it. */
const [LOW, HIGH, PICTURES] = [0.13, 0.3, 0.415];

/** A place on the ring: 0° on the right, counter-clockwise as displayed. */
const at = (degrees: number, radius: number): readonly [number, number] => {
  const angle = degrees * Math.PI / 180;
  return [0.5 + radius * Math.cos(angle), 0.5 - radius * Math.sin(angle)];
};

/** A closed line through places. */
const closed = (places: readonly (readonly [number, number])[], colour: string, width: number) =>
  places.map((from, k): DiagramLink => ({ from, to: places[(k + 1) % places.length], colour, width }));

function ring(title: string, colour: string, { landscape, orbit }: DigitResult): Diagram {
  if (landscape === null || orbit.length === 0) throw new NoResults("no ratings were kept");
  const [lowest, highest] = [Math.min(...landscape), Math.max(...landscape)];
  const radius = (value: number) => LOW + (HIGH - LOW) * (value - lowest) / (highest - lowest || 1);
  const turn = 360 / landscape.length;
  const circle = (at0: number) => closed(Array.from({ length: 60 }, (_, k) => at(6 * k, at0)), INK.grid, 1);
  const chosen = poseOf(pixelsOf(orbit[0].original), pixelsOf(orbit[0].canonical));
  const rating = landscape[Math.round(chosen / turn) % landscape.length];
  const dot = at(chosen, radius(rating));
  const step = 360 / orbit.length;
  return {
    title,
    tiles: [
      // The digit turned back by an angle is the digit turned on by the rest of a turn.
      ...orbit.map((_, k) => ({
        ...placed(at(step * k, PICTURES)),
        size: 0.12,
        tile: ink(orbit[(orbit.length - k) % orbit.length].original),
      })),
      { x: 0.5, y: 0.5, size: 0.13, tile: ink(orbit[0].canonical) },
    ],
    boxes: [{ x: 0.5, y: 0.5, width: 0.15, height: 0.15, colour: PALETTE[1] }],
    links: [
      ...circle(LOW),
      ...circle(HIGH),
      ...closed(landscape.map((value, k) => at(turn * k, radius(value))), colour, 2),
      { from: [0.5, 0.5], to: dot, colour: PALETTE[1], width: 1 },
    ],
    nodes: [{ ...placed(dot), colour: PALETTE[1], size: 0.035 }],
  };
}

const placed = ([x, y]: readonly [number, number]) => ({ x, y });

/** The energy ring of Figure 2. */
export const ringFigure: Artefact = {
  id: "figure-2",
  kind: "figure",
  location: "Figure 2",
  title: "Poses of one digit, rated",
  caption:
    "How two canonicalizers rate the poses of one test digit. Around each ring stands what the network would see, were the digit " +
    "turned back by that angle. The line's distance from the middle is the rating, from the lowest (inner circle) to the highest " +
    "(outer circle). The direct canonicalizer takes the highest of 64 activations. The other descends the energy from 0° (right) by " +
    "some steps, and may stop before the lowest energy. Red: the pose that is taken, and in the middle what the network sees.",
  jobs: (plan) => DIGITS.jobs(plan, ["c64", "opt"]),
  render(results): Figure {
    const panel = (name: "c64" | "opt", what: string, colour: string) => {
      const { label, runs: [{ result }] } = DIGITS.group(results, name);
      return ring(`${label}: ${what}`, colour, result);
    };
    return diagrams([
      panel("c64", "activations", PALETTE[0]),
      panel("opt", "minus the energy", PALETTE[2]),
    ], {
      title: "Poses of one digit, rated",
      subtitle:
        "Around the ring the digit turned back by 0° (right), 45°, …; further out is rated higher; red is taken",
      columns: 2,
      alt: "Two rings of ratings of a digit's poses, by activations and by minus the energy.",
    });
  },
};
