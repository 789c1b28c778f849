import { type Stream, stream } from "../../random/mod.ts";

/** Labelled clouds of points. */
export interface PointClouds {
  /** Number of clouds. */
  readonly shapes: number;
  /** Points per shape, n. */
  readonly points: number;
  /** `[shapes, n, 3]`, centred on the mean of the points and scaled into the unit sphere; z is up. */
  readonly coordinates: Float32Array;
  /** `[shapes]`, index of the class. */
  readonly labels: Uint8Array;
  /** Names of the classes, by index. */
  readonly classes: readonly string[];
  /** `[shapes, n]`, index into {@link PointClouds.partNames}; absent where parts are not known. */
  readonly parts?: Uint8Array;
  /** All classes' parts, such as `chair/seat`; a class's parts are neighbours. */
  readonly partNames?: readonly string[];
}

/** A data set of clouds with its split. */
export interface PointSplit {
  /** Clouds to learn from. */
  readonly train: PointClouds;
  /** Clouds to judge by. */
  readonly test: PointClouds;
}

type Vector = readonly [x: number, y: number, z: number];

/** A surface with its area; `sample` takes three uniforms. */
interface Surface {
  readonly area: number;
  sample(u: number, v: number, w: number): Vector;
}

/** A part of a shape: the name of its label, and where its surface lies. */
interface Part {
  readonly name: string;
  readonly surface: Surface;
}

/** An upright box of sizes (a, b, c) about a centre. */
function box([a, b, c]: Vector, [x, y, z]: Vector): Surface {
  const faces = [b * c, a * c, a * b]; // half of the area
  const area = 2 * (faces[0] + faces[1] + faces[2]);
  return {
    area,
    sample(u, v, w) {
      let pick = w * area;
      const side = pick < area / 2 ? -0.5 : 0.5;
      if (side > 0) pick -= area / 2;
      const [p, q] = [u - 0.5, v - 0.5];
      const at: Vector = pick < faces[0]
        ? [side, p, q]
        : pick < faces[0] + faces[1]
        ? [p, side, q]
        : [p, q, side];
      return [x + a * at[0], y + b * at[1], z + c * at[2]];
    },
  };
}

/**
 * A frustum between two radii along an axis from a centre of its base: cylinder, cone or disc, with its caps.
 */
function frustum(
  { base, axis, height, from, to }: {
    readonly base: Vector;
    readonly axis: 0 | 1 | 2;
    readonly height: number;
    readonly from: number;
    readonly to: number;
  },
): Surface {
  const slant = Math.PI * (from + to) * Math.hypot(height, from - to);
  const caps = [Math.PI * from * from, Math.PI * to * to];
  const area = slant + caps[0] + caps[1];
  return {
    area,
    sample(u, v, w) {
      const angle = 2 * Math.PI * u, pick = w * area;
      let along: number, radius: number;
      if (pick < slant) {
        // Density of the height is proportional to the radius there.
        const share = Math.abs(from - to) < 1e-9
          ? v
          : (from - Math.sqrt(from * from + v * (to * to - from * from))) / (from - to);
        [along, radius] = [share, from + share * (to - from)];
      } else if (pick < slant + caps[0]) [along, radius] = [0, from * Math.sqrt(v)];
      else [along, radius] = [1, to * Math.sqrt(v)];
      const point = [base[0], base[1], base[2]];
      point[axis] += along * height;
      point[(axis + 1) % 3] += radius * Math.cos(angle);
      point[(axis + 2) % 3] += radius * Math.sin(angle);
      return [point[0], point[1], point[2]];
    },
  };
}

/** A sphere stretched by (a, b, c); points are even on the sphere, so less so where it is stretched. */
function ellipsoid([a, b, c]: Vector, [x, y, z]: Vector): Surface {
  const p = 1.6075, mean = ((a * b) ** p + (a * c) ** p + (b * c) ** p) / 3;
  return {
    area: 4 * Math.PI * mean ** (1 / p),
    sample(u, v) {
      const angle = 2 * Math.PI * u, height = 2 * v - 1, radius = Math.sqrt(1 - height * height);
      return [x + a * radius * Math.cos(angle), y + b * radius * Math.sin(angle), z + c * height];
    },
  };
}

/** A torus in the plane of x and z, as a handle. */
function torus([x, y, z]: Vector, { ring, tube }: { ring: number; tube: number }): Surface {
  return {
    area: 4 * Math.PI * Math.PI * ring * tube,
    sample(u, v) {
      const [along, around] = [2 * Math.PI * u, 2 * Math.PI * v];
      const radius = ring + tube * Math.cos(around);
      return [x + radius * Math.cos(along), y + tube * Math.sin(around), z + radius * Math.sin(along)];
    },
  };
}

const each = (name: string, surfaces: readonly Surface[]): Part[] =>
  surfaces.map((surface) => ({ name, surface }));
const corners = (dx: number, dy: number): [number, number][] => [[-dx, -dy], [dx, -dy], [-dx, dy], [dx, dy]];

/** Draws a shape's parts; `r(low, high)` draws a length. */
type Builder = (r: (low: number, high: number) => number) => Part[];

/** The ten classes, each with random proportions. */
const BUILDERS: Readonly<Record<string, Builder>> = {
  chair(r) {
    const [w, d, h, back, t] = [r(0.8, 1.1), r(0.8, 1.1), r(0.7, 1), r(0.8, 1.2), r(0.08, 0.14)];
    return [
      ...each("seat", [box([w, d, t], [0, 0, h])]),
      ...each("back", [box([w, t, back], [0, d / 2, h + back / 2])]),
      ...each("legs", corners(w / 2 - t, d / 2 - t).map(([x, y]) => box([t, t, h], [x, y, h / 2]))),
    ];
  },
  table(r) {
    const [w, d, h, t] = [r(1.4, 2.2), r(0.8, 1.2), r(0.7, 1), r(0.06, 0.14)];
    return [
      ...each("top", [box([w, d, t], [0, 0, h])]),
      ...each("legs", corners(w / 2 - t, d / 2 - t).map(([x, y]) => box([t, t, h], [x, y, h / 2]))),
    ];
  },
  lamp(r) {
    const [base, height, radius, top] = [r(0.3, 0.5), r(1.2, 1.8), r(0.03, 0.06), r(0.15, 0.3)];
    return [
      ...each("base", [frustum({ base: [0, 0, 0], axis: 2, height: 0.08, from: base, to: base })]),
      ...each("pole", [frustum({ base: [0, 0, 0.08], axis: 2, height, from: radius, to: radius })]),
      ...each("shade", [
        frustum({ base: [0, 0, height - 0.2], axis: 2, height: 0.5, from: r(0.4, 0.6), to: top }),
      ]),
    ];
  },
  mug(r) {
    const [radius, height, ring] = [r(0.35, 0.5), r(0.8, 1.1), r(0.2, 0.3)];
    return [
      ...each("body", [frustum({ base: [0, 0, 0], axis: 2, height, from: radius, to: radius })]),
      ...each("handle", [torus([radius + ring * 0.6, 0, height / 2], { ring, tube: r(0.04, 0.08) })]),
    ];
  },
  airplane(r) {
    const [length, span, radius, chord] = [r(1.8, 2.4), r(1.8, 2.4), r(0.12, 0.2), r(0.3, 0.5)];
    return [
      ...each("fuselage", [ellipsoid([length / 2, radius, radius], [0, 0, 0])]),
      ...each("wings", [box([chord, span, 0.04], [r(-0.1, 0.2), 0, 0])]),
      ...each("tail", [
        box([chord * 0.6, span * 0.3, 0.04], [-length * 0.42, 0, 0.05]),
        box([chord * 0.6, 0.04, r(0.3, 0.5)], [-length * 0.42, 0, 0.25]),
      ]),
    ];
  },
  guitar(r) {
    const [body, neck, thick] = [r(0.4, 0.55), r(0.8, 1.2), r(0.1, 0.18)];
    return [
      ...each("body", [
        ellipsoid([body, thick / 2, body * 0.8], [0, 0, 0]),
        ellipsoid([body * 0.7, thick / 2, body * 0.6], [0, 0, body]),
      ]),
      ...each("neck", [box([0.1, 0.06, neck], [0, 0, 1.4 * body + neck / 2])]),
      ...each("head", [box([r(0.16, 0.24), 0.05, r(0.2, 0.3)], [0, 0, 1.4 * body + neck + 0.12])]),
    ];
  },
  rocket(r) {
    const [radius, height, fin] = [r(0.2, 0.3), r(1.2, 1.8), r(0.25, 0.4)];
    return [
      ...each("body", [frustum({ base: [0, 0, 0], axis: 2, height, from: radius, to: radius })]),
      ...each("nose", [
        frustum({ base: [0, 0, height], axis: 2, height: r(0.4, 0.7), from: radius, to: 0.01 }),
      ]),
      ...each("fins", [
        box([2 * (radius + fin), 0.03, fin], [0, 0, fin / 2]),
        box([0.03, 2 * (radius + fin), fin], [0, 0, fin / 2]),
      ]),
    ];
  },
  car(r) {
    const [length, width, height, cabin] = [r(1.8, 2.2), r(0.8, 1), r(0.35, 0.5), r(0.35, 0.5)];
    const wheel = { axis: 1 as const, height: 0.14, from: r(0.18, 0.25), to: 0.2 };
    return [
      ...each("body", [box([length, width, height], [0, 0, height / 2 + 0.2])]),
      ...each("cabin", [box([length / 2, width * 0.9, cabin], [r(-0.2, 0.05), 0, height + 0.2 + cabin / 2])]),
      ...each(
        "wheels",
        corners(length * 0.3, width / 2).map(([x, y]) => frustum({ ...wheel, base: [x, y - 0.07, 0.2] })),
      ),
    ];
  },
  bed(r) {
    const [width, length, height, board] = [r(1, 1.6), r(1.8, 2.2), r(0.25, 0.4), r(0.6, 1)];
    return [
      ...each("frame", [box([width, length, height], [0, 0, height / 2 + 0.2])]),
      ...each("headboard", [box([width, 0.08, board], [0, length / 2, board / 2 + 0.2])]),
      ...each(
        "legs",
        corners(width / 2 - 0.08, length / 2 - 0.08).map(([x, y]) => box([0.1, 0.1, 0.2], [x, y, 0.1])),
      ),
    ];
  },
  bookshelf(r) {
    const [width, depth, height] = [r(0.8, 1.2), r(0.3, 0.45), r(1.5, 2.2)];
    const boards = 3 + Math.floor(r(0, 3));
    return [
      ...each("sides", [-1, 1].map((side) => box([0.05, depth, height], [side * width / 2, 0, height / 2]))),
      ...each(
        "shelves",
        Array.from(
          { length: boards },
          (_, i) => box([width, depth, 0.05], [0, 0, height * (i + 0.1) / (boards - 0.8)]),
        ),
      ),
    ];
  },
};

/** Names of the classes of {@link partShapes}. */
export const PART_SHAPE_CLASSES: readonly string[] = Object.keys(BUILDERS);

/** Each class's parts, which do not depend on the proportions. */
const PARTS = PART_SHAPE_CLASSES.map((
  name,
) => [...new Set(BUILDERS[name]((low) => low).map((part) => part.name))]);

/** Options of {@link partShapes}. */
export interface PartShapesOptions {
  /** Classes to take, of {@link PART_SHAPE_CLASSES}. @default all ten */
  readonly classes?: readonly string[];
  /** Shapes of each class. */
  readonly shapesPerClass: number;
  /** Points of each shape. */
  readonly points: number;
  /** Standard deviation of the noise on the points, before scaling. @default 0.01 */
  readonly jitter?: number;
}

/**
 * Furniture and vehicles from boxes, frusta, ellipsoids and tori with random proportions, upright (z is up)
 * and with a label of its part on every point. Points are spread by area.
 *
 * A stand-in for ModelNet40 and ShapeNet-Part: results on it say nothing about those.
 *
 * @param random Each shape has a stream of its own.
 * @returns clouds, class by class.
 * @throws {RangeError} If a class is not known or a number is not a positive integer.
 *
 * @example
 * ```ts
 * import { stream } from "@refigure/refigure";
 * import { partShapes } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const shapes = partShapes(stream(0, "shapes"), { classes: ["mug"], shapesPerClass: 2, points: 64 });
 * assert.deepEqual(shapes.partNames, ["mug/body", "mug/handle"]);
 * assert.equal(shapes.coordinates.length, 2 * 64 * 3);
 * ```
 */
export function partShapes(random: Stream, options: PartShapesOptions): PointClouds {
  const { classes = PART_SHAPE_CLASSES, shapesPerClass, points, jitter = 0.01 } = options;
  for (const [name, value] of Object.entries({ shapesPerClass, points })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot make shapes as ${name} must be an integer >= 1: current value is ${value}`,
      );
    }
  }
  const unknown = classes.find((name) => !PART_SHAPE_CLASSES.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot make shapes as a class must be one of ${
        PART_SHAPE_CLASSES.join(", ")
      }: current value is ${unknown}`,
    );
  }
  const partNames = classes.flatMap((name) =>
    PARTS[PART_SHAPE_CLASSES.indexOf(name)].map((part) => `${name}/${part}`)
  );
  const shapes = classes.length * shapesPerClass;
  const coordinates = new Float32Array(shapes * points * 3);
  const parts = new Uint8Array(shapes * points);
  const labels = Uint8Array.from({ length: shapes }, (_, i) => Math.floor(i / shapesPerClass));
  for (let shape = 0; shape < shapes; shape++) {
    const name = classes[labels[shape]];
    const own = random.split(name, String(shape % shapesPerClass));
    const pieces = BUILDERS[name]((low, high) => low + (high - low) * own.nextUniform());
    const label = pieces.map((piece) => partNames.indexOf(`${name}/${piece.name}`));
    const total = pieces.reduce((sum, { surface }) => sum + surface.area, 0);
    const cloud = new Float64Array(points * 3);
    const noise = own.normal(new Float64Array(points * 3), { std: jitter });
    for (let i = 0; i < points; i++) {
      let pick = own.nextUniform() * total, piece = 0;
      while (piece < pieces.length - 1 && pick >= pieces[piece].surface.area) {
        pick -= pieces[piece++].surface.area;
      }
      const point = pieces[piece].surface.sample(own.nextUniform(), own.nextUniform(), own.nextUniform());
      point.forEach((value, axis) => cloud[3 * i + axis] = value + noise[3 * i + axis]);
      parts[shape * points + i] = label[piece];
    }
    coordinates.set(toUnitSphere(cloud), shape * points * 3);
  }
  return { shapes, points, coordinates, labels, classes, parts, partNames };
}

/** Centres a cloud `[n, 3]` on its mean and divides by the largest distance from it. */
export function toUnitSphere(cloud: Float64Array): Float64Array {
  const n = cloud.length / 3, mean = [0, 0, 0];
  cloud.forEach((value, i) => mean[i % 3] += value / n);
  const centred = cloud.map((value, i) => value - mean[i % 3]);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    largest = Math.max(largest, Math.hypot(centred[3 * i], centred[3 * i + 1], centred[3 * i + 2]));
  }
  return centred.map((value) => value / largest);
}

/** A split of {@link partShapes} from a fixed seed. */
export function partShapeSplit(
  { train, test, ...options }: Omit<PartShapesOptions, "shapesPerClass"> & {
    /** Shapes of each class. */
    readonly train: number;
    readonly test: number;
  },
): PointSplit {
  const part = (name: string, shapesPerClass: number) =>
    partShapes(stream(0, "part shapes", name), { ...options, shapesPerClass });
  return { train: part("train", train), test: part("test", test) };
}
