import type { Tile } from "../../../lib/figures/mod.ts";
import { SIDE } from "../experiments/_digits.ts";

/** Pixels of a digit of a result, in [0, 255]. */
export const pixelsOf = (encoded: string): Uint8Array => Uint8Array.fromBase64(encoded);

/** A digit of a result, black on white. */
export function ink(encoded: string): Tile {
  return {
    rows: SIDE,
    columns: SIDE,
    values: Array.from(pixelsOf(encoded), (value) => 255 - value),
    domain: [0, 255],
  };
}
