import { type ChartTexts, titleSpec } from "./_axes.ts";
import { pngDataUrl } from "./_png.ts";
import { type Rgb, viridis } from "./_viridis.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE, INK } from "./theme.ts";
import type { Figure } from "./types.ts";

/** A small matrix drawn as squares of colour. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** [rows * columns], row by row from the top. */
  readonly values: ArrayLike<number>;
  /**
   * Values at the ends of the colour scale. @default the tile's range, or ± its largest magnitude if
   * `diverging`
   */
  readonly domain?: readonly [number, number];
}

/** Tiles in rows under a common heading. */
export interface TileGroup {
  readonly title: string;
  readonly tiles: readonly Tile[];
}

/** Options of {@link mosaic}. */
export interface MosaicOptions extends ChartTexts {
  /** Tiles of a group side by side. @default as near to a square as it goes */
  readonly tilesPerRow?: number;
  /** Groups side by side. @default all of them */
  readonly groupsPerRow?: number;
  /**
   * `diverging`: blue below the middle, white, vermilion above; `grey`: black to white. @default "viridis"
   */
  readonly colours?: "viridis" | "diverging" | "grey";
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
}

/** Pixels between tiles, between groups, and for a group's title. */
const GAP = 3;
const GROUP_GAP = 26;
const HEADING = 22;

const BLUE: Rgb = [0, 114, 178];
const VERMILION: Rgb = [213, 94, 0];
const mixed = ([r, g, b]: Rgb, along: number): Rgb => {
  const towards = (value: number) => Math.round(255 + (value - 255) * along);
  return [towards(r), towards(g), towards(b)];
};

const COLOURS = {
  viridis,
  diverging: (along: number): Rgb =>
    along < 0.5 ? mixed(BLUE, 1 - 2 * along) : mixed(VERMILION, 2 * along - 1),
  grey: (along: number): Rgb => mixed([0, 0, 0], 1 - along),
} as const;

/** A tile as an image of `zoom` × `zoom` pixels per entry, so that stretching does not blur it. */
function picture(tile: Tile, zoom: number, colours: keyof typeof COLOURS): string {
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

/**
 * Draws groups of small matrices, such as the filters of a layer or patterns of its weights, as tiles of
 * colour.
 *
 * Tiles of one figure have the same width; each has its own colour scale unless `domain` says otherwise.
 *
 * @throws {RangeError} If there is no tile, or a tile's values are too few or not finite.
 *
 * @example
 * ```ts
 * import { mosaic, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const tile = (angleRad: number) => ({
 *   rows: 3,
 *   columns: 3,
 *   values: Array.from({ length: 9 }, (_, i) => {
 *     const x = i % 3 - 1, y = Math.floor(i / 3) - 1;
 *     return Math.cos(angleRad) * x + Math.sin(angleRad) * y;
 *   }),
 * });
 * const groups = [{ title: "Edges", tiles: [0, 1, 2, 3].map(tile) }, { title: "One", tiles: [tile(0.5)] }];
 * const filters = mosaic(groups, {
 *   title: "Filters",
 *   colours: "diverging",
 *   alt: "Four edge filters and another.",
 * });
 * assert.equal((await renderSvg(filters)).match(/<image /g)?.length, 5);
 * ```
 */
export function mosaic(groups: readonly TileGroup[], options: MosaicOptions): Figure {
  const { colours = "viridis", width = FIGURE_WIDTH, groupsPerRow = groups.length, alt } = options;
  const most = Math.max(0, ...groups.map(({ tiles }) => tiles.length));
  if (most === 0) {
    throw new RangeError("Cannot draw a mosaic as there must be a tile: current number of tiles is 0");
  }
  const { tilesPerRow = Math.ceil(Math.sqrt(most)) } = options;
  const inner = width - 16;
  const groupWidth = (inner - GROUP_GAP * (groupsPerRow - 1)) / groupsPerRow;
  const side = (groupWidth - GAP * (tilesPerRow - 1)) / tilesPerRow;
  const heightOf = ({ rows, columns }: Tile) => side * rows / columns;

  const images: object[] = [], headings: object[] = [];
  let top = 0;
  for (let first = 0; first < groups.length; first += groupsPerRow) {
    let bottom = top;
    groups.slice(first, first + groupsPerRow).forEach(({ title, tiles }, column) => {
      const left = column * (groupWidth + GROUP_GAP);
      headings.push({ x: left, y: top + HEADING - 7, text: title });
      let y = top + HEADING;
      for (let from = 0; from < tiles.length; from += tilesPerRow) {
        const row = tiles.slice(from, from + tilesPerRow);
        const height = Math.max(...row.map(heightOf));
        row.forEach((tile, i) =>
          images.push({
            mark: {
              type: "image",
              aspect: false,
              align: "left",
              baseline: "top",
              width: side,
              height: heightOf(tile),
              url: picture(tile, Math.max(1, Math.round(1.5 * side / tile.columns)), colours),
              x: left + i * (side + GAP),
              y,
            },
          })
        );
        y += height + GAP;
      }
      bottom = Math.max(bottom, y - GAP);
    });
    top = bottom + GROUP_GAP / 2;
  }
  const height = top - GROUP_GAP / 2;
  return figure({
    title: titleSpec(options, inner),
    width: inner,
    height,
    data: { values: [{}] },
    layer: [...images, {
      data: { values: headings },
      mark: {
        type: "text",
        align: "left",
        baseline: "bottom",
        fontSize: FONT_SIZE.axisTitle,
        color: INK.text,
      },
      encoding: {
        x: { field: "x", type: "quantitative", axis: null, scale: { domain: [0, inner], nice: false } },
        y: {
          field: "y",
          type: "quantitative",
          axis: null,
          scale: { domain: [height, 0], nice: false, zero: false },
        },
        text: { field: "text" },
      },
    }],
  }, { alt });
}
