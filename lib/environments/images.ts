/** Grey images of simple mechanisms, for learning from pixels where no renderer is at hand. */

/** Options of {@link drawPendulum} and {@link drawCartPole}. */
export interface DrawOptions {
  /** Pixels of a side. @default 32 */
  readonly size?: number;
  /** Array of size² numbers to write to. @default a new one */
  readonly out?: Float32Array;
}

/**
 * Half the width of a line, and where it has faded out, in pixels: intensity = clamp(1.7 − distance, 0, 1).
 */
const REACH = 1.7;

/** Distance of a point to a segment. */
function distance(x: number, y: number, [x1, y1, x2, y2]: readonly number[]): number {
  const dx = x2 - x1, dy = y2 - y1;
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy);
  const t = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}

function draw(shape: (x: number, y: number) => number, { size = 32, out }: DrawOptions): Float32Array {
  const image = out ?? new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const far = shape(column + 0.5 - size / 2, row + 0.5 - size / 2);
      image[row * size + column] = Math.min(Math.max(REACH - far, 0), 1);
    }
  }
  return image;
}

/**
 * Draws a pendulum as a smooth line from the centre, of 12 pixels on 32 × 32, upwards at θ = 0, clockwise
 * positive.
 *
 * @returns `[size, size]`, grey values in [0, 1].
 */
export function drawPendulum(angleRad: number, options: DrawOptions = {}): Float32Array {
  const length = 12 / 32 * (options.size ?? 32);
  const segment = [0, 0, length * Math.sin(angleRad), -length * Math.cos(angleRad)];
  return draw((x, y) => distance(x, y, segment), options);
}

/**
 * Draws a cart (6 × 4 pixels on 32 × 32) with its pole; the view is 4 m wide, and the cart comes back at the
 * other side.
 *
 * @returns `[size, size]`, grey values in [0, 1].
 */
export function drawCartPole(
  { position, angleRad }: { readonly position: number; readonly angleRad: number },
  options: DrawOptions = {},
): Float32Array {
  const { size = 32 } = options;
  const scale = size / 32;
  const across = position / 4 - Math.round(position / 4);
  const centre = across * size;
  const length = 10 * scale;
  const segment = [centre, 0, centre + length * Math.sin(angleRad), -length * Math.cos(angleRad)];
  return draw((x, y) => {
    const beside = Math.max(Math.abs(x - centre) - 3 * scale, 0),
      above = Math.max(Math.abs(y) - 2 * scale, 0);
    return Math.min(distance(x, y, segment), Math.hypot(beside, above));
  }, options);
}
