import { type ChartTexts, titleSpec } from "./_axes.ts";
import { type Tile, type TileColours, tilePicture } from "./_tile.ts";
import { figure } from "./figure.ts";
import { FIGURE_WIDTH, FONT_SIZE, INK } from "./theme.ts";
import type { Figure } from "./types.ts";

/** Something at a place of a diagram; places are in the unit square, y downwards. */
export interface DiagramNode {
  /** From 0 (left) to 1 (right). */
  readonly x: number;
  /** From 0 (top) to 1 (bottom). */
  readonly y: number;
  /** Of the filling, as CSS has it. */
  readonly colour: string;
  /** Across, in units of the panel's side. */
  readonly size: number;
  /** Written in the middle. */
  readonly label?: string;
}

/** A line between two places. */
export interface DiagramLink {
  /** Where it begins. */
  readonly from: readonly [x: number, y: number];
  /** Where it ends. */
  readonly to: readonly [x: number, y: number];
  /** As CSS has it. */
  readonly colour: string;
  /** Pixels. @default 1.2 */
  readonly width?: number;
  /** A head at its end. @default false */
  readonly arrow?: boolean;
}

/** A rectangle with lines of text in its middle; without a colour there is only the text. */
export interface DiagramBox {
  /** Its middle, from 0 (left) to 1 (right). */
  readonly x: number;
  /** Its middle, from 0 (top) to 1 (bottom). */
  readonly y: number;
  /** In units of the panel's width. */
  readonly width: number;
  /** In units of the panel's height. */
  readonly height: number;
  /** Of the filling, as CSS has it. @default none */
  readonly colour?: string;
  /** Lines are parted by line feeds. */
  readonly text?: string;
}

/** A small matrix at a place of a diagram. */
export interface DiagramTile {
  /** Its middle, from 0 (left) to 1 (right). */
  readonly x: number;
  /** Its middle, from 0 (top) to 1 (bottom). */
  readonly y: number;
  /** Across, in units of the panel's width. */
  readonly size: number;
  /** The matrix. */
  readonly tile: Tile;
  /** Colours of the values. @default "grey" */
  readonly colours?: TileColours;
}

/** One panel: boxes first, over them links, tiles and nodes, each in their order. */
export interface Diagram {
  /** Written above the panel. */
  readonly title: string;
  /** What is drawn on top. */
  readonly nodes?: readonly DiagramNode[];
  /** Lines between places. */
  readonly links?: readonly DiagramLink[];
  /** Boxes with text, below everything else. */
  readonly boxes?: readonly DiagramBox[];
  /** Small matrices as squares of colour. */
  readonly tiles?: readonly DiagramTile[];
}

/** Options of {@link diagrams}. */
export interface DiagramsOptions extends ChartTexts {
  /** Panels side by side. */
  readonly columns: number;
  /** Form of the nodes. @default "circle" */
  readonly shape?: "circle" | "square";
  /** A white line around each node. @default true */
  readonly outline?: boolean;
  /** Height of a panel over its width. @default 1 */
  readonly aspect?: number;
  /** Of the whole figure, pixels. @default 720 */
  readonly width?: number;
}

const GAP = 18, HEADING = 20;
/** Height of a line of a box's text, pixels. */
const LINE = 14;

/**
 * Draws panels of nodes, links, boxes and tiles without axes: graphs, patterns of cells, projections of
 * solids, the parts of a program.
 *
 * @throws {RangeError} If there is no panel, or a place is not in the unit square.
 *
 * @example
 * ```ts
 * import { diagrams, renderSvg } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const nodes = [
 *   { x: 0.2, y: 0.5, colour: "#0072B2", size: 0.2, label: "A" },
 *   { x: 0.8, y: 0.5, colour: "#D55E00", size: 0.2 },
 * ];
 * const links = [{ from: [0.2, 0.5], to: [0.8, 0.5], colour: "#8c8c8c" }] as const;
 * const texts = { title: "Bonds", alt: "Two atoms and a bond." };
 * const bond = diagrams([{ title: "A bond", nodes, links }], { columns: 3, ...texts });
 * assert.match(await renderSvg(bond), /A bond/);
 * ```
 */
export function diagrams(panels: readonly Diagram[], options: DiagramsOptions): Figure {
  const { columns, shape = "circle", outline = true, aspect = 1, width = FIGURE_WIDTH, alt } = options;
  if (panels.length === 0) {
    throw new RangeError("Cannot draw diagrams as there must be a panel: current number is 0");
  }
  const inner = width - 16;
  const side = (inner - GAP * (columns - 1)) / columns;
  const rowHeight = HEADING + side * aspect + GAP;
  const headings: object[] = [], nodes: object[] = [], links: object[] = [], heads: object[] = [];
  const boxes: object[] = [], texts: object[] = [], images: object[] = [];
  panels.forEach(({ title, ...panel }, k) => {
    const left = (k % columns) * (side + GAP), top = Math.floor(k / columns) * rowHeight;
    headings.push({ x: left, y: top + HEADING - 6, text: title });
    const place = (x: number, y: number) => {
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
        throw new RangeError(
          `Cannot draw "${title}" as places must be in the unit square: current value is ${x}, ${y}`,
        );
      }
      return { x: left + x * side, y: top + HEADING + y * side * aspect };
    };
    for (const { x, y, width, height, colour, text } of panel.boxes ?? []) {
      const [from, to] = [place(x - width / 2, y - height / 2), place(x + width / 2, y + height / 2)];
      if (colour !== undefined) boxes.push({ ...from, x2: to.x, y2: to.y, colour });
      const lines = text?.split("\n") ?? [], middle = place(x, y);
      lines.forEach((line, i) =>
        texts.push({ ...middle, y: middle.y + LINE * (i - (lines.length - 1) / 2), text: line })
      );
    }
    for (const { from, to, colour, width = 1.2, arrow = false } of panel.links ?? []) {
      const [start, end] = [place(...from), place(...to)];
      links.push({ ...start, x2: end.x, y2: end.y, colour, width });
      // The head, a triangle that points up, is turned clockwise.
      const angle = 90 + Math.atan2(end.y - start.y, end.x - start.x) * 180 / Math.PI;
      if (arrow) heads.push({ ...end, colour, angle });
    }
    for (const { x, y, size, tile, colours = "grey" } of panel.tiles ?? []) {
      const across = size * side, zoom = Math.max(1, Math.round(1.5 * across / tile.columns));
      images.push({
        data: { values: [{}] },
        mark: {
          type: "image",
          aspect: false,
          align: "center",
          baseline: "middle",
          width: across,
          height: across * tile.rows / tile.columns,
          url: tilePicture(tile, { zoom, colours }),
          ...place(x, y),
        },
      });
    }
    for (const { x, y, colour, size, label } of panel.nodes ?? []) {
      // Vega's size is an area: of the circle's square for "square", of the disc for "circle".
      const across = size * side, area = shape === "square" ? across ** 2 : Math.PI * (across / 2) ** 2;
      nodes.push({ ...place(x, y), colour, area, ...label !== undefined && { label } });
    }
  });
  const height = Math.ceil(panels.length / columns) * rowHeight - GAP;
  const axis = (field: string, domain: readonly [number, number]) => ({
    field,
    type: "quantitative",
    axis: null,
    scale: { domain, nice: false, zero: false },
  });
  const x = axis("x", [0, inner]), y = axis("y", [height, 0]);
  const raw = (field: string) => ({ field, type: "nominal", scale: null, legend: null });
  const number = (field: string) => ({ field, type: "quantitative", scale: null, legend: null });
  return figure({
    title: titleSpec(options, inner),
    width: inner,
    height,
    layer: [
      ...boxes.length > 0
        ? [{
          data: { values: boxes },
          mark: { type: "rect", cornerRadius: 4 },
          encoding: { x, y, x2: { field: "x2" }, y2: { field: "y2" }, color: raw("colour") },
        }]
        : [],
      ...links.length > 0
        ? [{
          data: { values: links },
          mark: { type: "rule", strokeCap: "round" },
          encoding: {
            x,
            y,
            x2: { field: "x2" },
            y2: { field: "y2" },
            color: raw("colour"),
            strokeWidth: number("width"),
          },
        }]
        : [],
      ...heads.length > 0
        ? [{
          data: { values: heads },
          mark: { type: "point", shape: "triangle", filled: true, size: 45, opacity: 1 },
          encoding: { x, y, color: raw("colour"), angle: number("angle") },
        }]
        : [],
      ...images,
      {
        data: { values: nodes },
        mark: {
          type: "point",
          shape,
          filled: true,
          opacity: 1,
          ...outline && { stroke: "white", strokeWidth: 1 },
        },
        encoding: { x, y, color: raw("colour"), size: number("area") },
      },
      {
        data: { values: nodes },
        transform: [{ filter: "isValid(datum.label)" }],
        mark: {
          type: "text",
          align: "center",
          baseline: "middle",
          color: "white",
          fontSize: FONT_SIZE.label - 2,
        },
        encoding: { x, y, text: { field: "label" } },
      },
      ...texts.length > 0
        ? [{
          data: { values: texts },
          mark: {
            type: "text",
            align: "center",
            baseline: "middle",
            fontSize: FONT_SIZE.label,
            color: INK.text,
          },
          encoding: { x, y, text: { field: "text" } },
        }]
        : [],
      {
        data: { values: headings },
        mark: {
          type: "text",
          align: "left",
          baseline: "bottom",
          fontSize: FONT_SIZE.axisTitle,
          color: INK.text,
        },
        encoding: { x, y, text: { field: "text" } },
      },
    ],
  }, { alt });
}
