/**
 * Moves positions on a line apart until neighbours are at least `gap` away from each other, as little as
 * possible (least squares), and within [low, high] if they fit.
 *
 * @returns New positions, in the order given.
 */
export function spreadOut(
  positions: readonly number[],
  { gap, low, high }: { gap: number; low: number; high: number },
): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);
  // With i·gap taken off, "at least gap apart" becomes "not decreasing": pool adjacent violators.
  const blocks: { sum: number; count: number }[] = [];
  order.forEach((index, rank) => {
    let block = { sum: positions[index] - rank * gap, count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      block = { sum: block.sum + last.sum, count: block.count + last.count };
      blocks.pop();
    }
    blocks.push(block);
  });
  const moved = new Array<number>(positions.length);
  const room = Math.max(low, high - gap * (positions.length - 1));
  let rank = 0;
  for (const { sum, count } of blocks) {
    const start = Math.min(Math.max(sum / count, low), room);
    for (let i = 0; i < count; i++, rank++) moved[order[rank]] = start + rank * gap;
  }
  return moved;
}

/** A rectangle, pixels. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1)) *
  Math.max(0, Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1));

/** Side of the squares of a {@link BoxIndex}, pixels. */
const CELL = 32;

/** Farther from the plot than any label, pixels. */
const FAR = 1e6;

/** Boxes in a plane, found by where they lie. */
class BoxIndex {
  readonly #boxes: Box[] = [];
  readonly #cells = new Map<string, number[]>();

  add(box: Box): void {
    const index = this.#boxes.push(box) - 1;
    for (const cell of cellsOf(box)) {
      const found = this.#cells.get(cell);
      if (found === undefined) this.#cells.set(cell, [index]);
      else found.push(index);
    }
  }

  /** Indices, ascending, of all boxes that may touch one, and of some others. */
  near(box: Box): number[] {
    const found = new Set<number>();
    for (const cell of cellsOf(box)) for (const index of this.#cells.get(cell) ?? []) found.add(index);
    return [...found].sort((a, b) => a - b);
  }

  /** Area of a box that the others cover. */
  covered(box: Box): number {
    return this.near(box).reduce((sum, index) => sum + overlap(box, this.#boxes[index]), 0);
  }
}

function* cellsOf({ x1, y1, x2, y2 }: Box): Generator<string> {
  // What lies beyond the ends of a fixed axis may be anywhere, and touches nothing.
  if (![x1, y1, x2, y2].every((pixels) => Math.abs(pixels) < FAR)) return;
  for (let x = Math.floor(x1 / CELL); x <= Math.floor(x2 / CELL); x++) {
    for (let y = Math.floor(y1 / CELL); y <= Math.floor(y2 / CELL); y++) yield `${x} ${y}`;
  }
}

/** Points nearer than this, in pixels, crowd each other. */
const CROWD = 60;

/** A point that wants a label. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** Size of its text; 0 × 0 for a point without one. */
  readonly width: number;
  readonly height: number;
}

/** Where a label goes. */
export interface PlacedLabel {
  /** Centre of the text. */
  readonly x: number;
  readonly y: number;
  /** Where on the label's edge a line from its point ends, if it is so far off that one is needed. */
  readonly leader?: Readonly<{ x: number; y: number }>;
}

const DIRECTIONS = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]] as const;
const DISTANCES = [0, 10, 22, 36, 52];

/**
 * Places labels beside their points, the crowded points first, each where it covers the fewest labels and
 * points.
 *
 * @param points Pixels, y downwards.
 * @param options `radius` of the points; `area` that labels must stay in.
 * @returns One place per point, in the order given.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  { radius, area }: { radius: number; area: Box },
): PlacedLabel[] {
  if (points.every(({ width }) => width === 0)) return points.map(({ x, y }) => ({ x, y }));
  const dots: Box[] = points.map(({ x, y }) => ({
    x1: x - radius,
    y1: y - radius,
    x2: x + radius,
    y2: y + radius,
  }));
  const dotsNear = new BoxIndex(), labelsNear = new BoxIndex();
  for (const dot of dots) dotsNear.add(dot);
  const crowd = points.map((a) =>
    a.width === 0 ? 0 : dotsNear.near({ x1: a.x - CROWD, y1: a.y - CROWD, x2: a.x + CROWD, y2: a.y + CROWD })
      .filter((i) => Math.hypot(a.x - points[i].x, a.y - points[i].y) < CROWD).length
  );
  const order = points.map((_, i) => i).sort((a, b) => crowd[b] - crowd[a] || a - b);
  const result = new Array<PlacedLabel>(points.length);
  for (const index of order) {
    const { x, y, width, height } = points[index];
    let best = { cost: Infinity, box: dots[index], label: { x, y } as PlacedLabel };
    if (width === 0) {
      result[index] = best.label;
      continue;
    }
    for (const distance of DISTANCES) {
      for (const [dx, dy] of DIRECTIONS) {
        const reach = radius + 3 + distance;
        const slant = dx !== 0 && dy !== 0 ? 0.75 : 1;
        const [centreX, centreY] = [
          x + dx * (reach * slant + width / 2),
          y + dy * (reach * slant + height / 2),
        ];
        const box = {
          x1: centreX - width / 2 - 1,
          y1: centreY - height / 2,
          x2: centreX + width / 2 + 1,
          y2: centreY + height / 2,
        };
        const edge = { x: Math.min(Math.max(x, box.x1), box.x2), y: Math.min(Math.max(y, box.y1), box.y2) };
        const label = { x: centreX, y: centreY, ...(distance > 0 ? { leader: edge } : {}) };
        const outside = (box.x2 - box.x1) * (box.y2 - box.y1) - overlap(box, area);
        const covered = labelsNear.covered(box) * 2 + dotsNear.covered(box);
        const cost = 4 * outside + covered + distance +
          DIRECTIONS.findIndex(([a, b]) => a === dx && b === dy) / 10;
        if (cost < best.cost) best = { cost, box, label };
      }
    }
    labelsNear.add(best.box);
    result[index] = best.label;
  }
  return result;
}
