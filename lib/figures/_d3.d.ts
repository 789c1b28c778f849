/** What is used of d3, which comes without types. */
export function interpolateViridis(along: number): string;

/** Red to white to blue, as `rgb(r, g, b)`. */
export function interpolateRdBu(along: number): string;
