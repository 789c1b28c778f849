// @ts-types="./_d3.d.ts"
import { interpolateRdBu } from "d3";
import type { Rgb } from "./_viridis.ts";

/**
 * The colour scale from blue over white to red, for values on both sides of a middle; safe for colour-blind
 * readers.
 *
 * @param along 0 to 1.
 */
export function diverging(along: number): Rgb {
  const [red, green, blue] = interpolateRdBu(1 - along).match(/\d+/g)!.map(Number); // "rgb(r, g, b)"
  return [red, green, blue];
}
