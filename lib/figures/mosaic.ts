import { type ChartTexts, titleSpec } from "./_axes.ts";
import { type Tile, type TileColours, tilePicture } from "./_tile.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE, INK } from "./theme.ts";
import type { Figure } from "./types.ts";

/** Tiles in rows under a common heading. */
export interface TileGroup {
  /** The heading. */
  readonly title: string;
  /** From left to right, in rows. */
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
  readonly colours?: TileColours;
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
}

/** Pixels between tiles, between groups, and for a group's title. */
const GAP = 3;
const GROUP_GAP = 26;
const HEADING = 22;

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
              url: tilePicture(tile, { zoom: Math.max(1, Math.round(1.5 * side / tile.columns)), colours }),
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
