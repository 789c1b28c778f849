import { FAMILY_COLOURS, PALETTE } from "./theme.ts";

/** The groups that occur, families of methods first and always in the same order. */
export function listGroups(items: readonly { readonly group?: string }[]): readonly string[] {
  const found = new Set(items.flatMap(({ group }) => group ?? []));
  const families = Object.keys(FAMILY_COLOURS).filter((family) => found.has(family));
  return [...new Set([...families, ...found])];
}

/** A colour per group: as asked, the families' own, or the palette's next free one. */
export function coloursOf(
  groups: readonly string[],
  colours: Readonly<Record<string, string>> = {},
): readonly string[] {
  const fixed = groups.map((group): string | undefined => colours[group] ?? FAMILY_COLOURS[group]);
  const free = PALETTE.filter((colour) => !fixed.includes(colour));
  let next = 0;
  return fixed.map((colour) => colour ?? free[next++ % free.length]);
}

/** A colour channel of Vega-Lite, with the legend in a row above the plot. */
export function colourChannel(
  field: string,
  groups: readonly string[],
  colours?: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return {
    field,
    type: "nominal",
    scale: { domain: [...groups], range: [...coloursOf(groups, colours)] },
    legend: { title: null, orient: "top", direction: "horizontal", symbolType: "circle", offset: 4 },
  };
}
