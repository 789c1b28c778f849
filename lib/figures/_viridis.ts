// @ts-types="./_d3.d.ts"
import { interpolateViridis } from "d3";

/** Red, green and blue, 0 to 255, of the viridis scale. */
export type Rgb = readonly [number, number, number];

/**
 * The viridis colour scale, dark blue to yellow, of even steps to the eye and to colour-blind readers.
 *
 * @param along 0 to 1.
 */
export function viridis(along: number): Rgb {
  const colour = parseInt(interpolateViridis(along).slice(1), 16); // "#rrggbb"
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** A colour as CSS writes it. */
export const css = ([red, green, blue]: Rgb): string => `rgb(${red},${green},${blue})`;
