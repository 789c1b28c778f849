import { pngDataUrl } from "./_png.ts";
import { type Rgb, viridis } from "./_viridis.ts";

/** A small matrix drawn as squares of colour. */
export interface Tile {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** [rows * columns], row by row from the top. */
  readonly values: ArrayLike<number>;
  /**
   * Values at the ends of the colour scale. @default the tile's range, or ± its largest magnitude if
   * `diverging`
   */
  readonly domain?: readonly [number, number];
}

const BLUE: Rgb = [0, 114, 178];
const VERMILION: Rgb = [213, 94, 0];
const mixed = ([r, g, b]: Rgb, along: number): Rgb => {
  const towards = (value: number) => Math.round(255 + (value - 255) * along);
  return [towards(r), towards(g), towards(b)];
};

/** Names of the colour scales of tiles. */
export type TileColours = "viridis" | "diverging" | "grey";

const COLOURS: Readonly<Record<TileColours, (along: number) => Rgb>> = {
  viridis,
  diverging: (along) => along < 0.5 ? mixed(BLUE, 1 - 2 * along) : mixed(VERMILION, 2 * along - 1),
  grey: (along) => mixed([0, 0, 0], 1 - along),
};

/** Options of {@link tilePicture}. */
export interface TilePictureOptions {
  /** Pixels across per entry. @default 4 */
  readonly zoom?: number;
  /** Colours of the values. @default "grey" */
  readonly colours?: TileColours;
}

/**
 * A tile as a picture for image marks of {@link figure}'s specifications: an address that holds a PNG file,
 * with `zoom` × `zoom` pixels per entry, so that stretching does not blur it.
 *
 * @throws {RangeError} If the tile's values are too few or not finite.
 *
 * @example
 * ```ts
 * import { tilePicture } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const url = tilePicture({ rows: 2, columns: 2, values: [0, 1, 1, 0] }, { zoom: 10 });
 * assert.match(url, /^data:image\/png;base64,/);
 * ```
 */
export function tilePicture(tile: Tile, { zoom = 4, colours = "grey" }: TilePictureOptions = {}): string {
  const { rows, columns, values } = tile;
  if (values.length !== rows * columns || values.length === 0) {
    throw new RangeError(
      `Cannot draw the tile as it must have rows × columns = ${rows} × ${columns} values: ` +
        `current number is ${values.length}`,
    );
  }
  const all = Array.from(values);
  const bad = all.find((value) => !Number.isFinite(value));
  if (bad !== undefined) {
    throw new RangeError(`Cannot draw the tile as its values must be finite: current value is ${bad}`);
  }
  const largest = all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const range = () => [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))] as const;
  const [low, high] = tile.domain ?? (colours === "diverging" ? [-largest, largest] : range());
  const pixels = new Uint8Array(rows * zoom * columns * zoom * 3);
  for (let y = 0; y < rows * zoom; y++) {
    for (let x = 0; x < columns * zoom; x++) {
      const value = values[Math.floor(y / zoom) * columns + Math.floor(x / zoom)];
      const along = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
      pixels.set(COLOURS[colours](along), (y * columns * zoom + x) * 3);
    }
  }
  return pngDataUrl(pixels, { width: columns * zoom, height: rows * zoom });
}
