import { INK, PALETTE } from "../../../lib/figures/mod.ts";
import type { Kind } from "../studies/mod.ts";

/** Colours of cells: the first is that of a cell to itself. */
export const CELL_COLOURS: readonly string[] = [
  "#222222",
  PALETTE[0],
  PALETTE[1],
  PALETTE[2],
  PALETTE[3],
  PALETTE[4],
  PALETTE[5],
  "#B8B8B8",
];

/** One colour per kind of network. */
export const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  ECN: PALETTE[1],
  baseline: PALETTE[0],
  control: INK.rule,
};
