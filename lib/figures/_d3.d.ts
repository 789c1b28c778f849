/** What is used of d3, which comes without types. */
export function interpolateViridis(along: number): string;
