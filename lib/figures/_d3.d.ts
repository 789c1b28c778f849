/** What is used of d3, which comes without types. */
export function interpolateViridis(along: number): string;

/** About `count` round numbers, evenly spaced, from `start` to `stop`. */
export function ticks(start: number, stop: number, count: number): number[];

/** Red to white to blue, as `rgb(r, g, b)`. */
export function interpolateRdBu(along: number): string;
