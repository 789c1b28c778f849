import type { Figure, Table } from "./types.ts";

/** Where a figure or table comes from. */
export interface Provenance {
  /** arXiv id. */
  readonly paper: string;
  /** Id of the artefact, e.g. `figure-1`. */
  readonly artefact: string;
  /** E.g. `laptop`. */
  readonly profile: string;
  /** Commit of this project, with `+` if there were changes; `null` if unknown. */
  readonly commit: string | null;
  /** Of the runs that are shown. */
  readonly seeds: readonly number[];
  /** Digest of each result that went in, by job. */
  readonly digests: Readonly<Record<string, string>>;
  /** Names of the data sets that were stand-ins. */
  readonly standIns: readonly string[];
}

/** The line that says so where data was a stand-in; undefined where none was. */
function standInLine(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
  return `Stand-in data, not the published sets: ${shown}`;
}

/**
 * Adds to a figure where it comes from, under `usermeta` (and so in the SVG's metadata); where stand-in data
 * was used, a line below the title of a figure, or a note below a table, says so.
 *
 * @returns A new figure or table.
 *
 * @example
 * ```ts
 * import { lineChart, renderSvg, stampProvenance } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const chart = lineChart([{ name: "a", x: [0, 1], y: [0, 1] }], {
 *   title: "A line", x: { title: "x" }, y: { title: "y" }, alt: "A rising line.",
 * });
 * const stamped = stampProvenance(chart, {
 *   paper: "2305.18593", artefact: "figure-2", profile: "smoke", commit: null, seeds: [0], digests: {},
 *   standIns: ["dte-toy/spiral"],
 * });
 * assert.match(await renderSvg(stamped), /Stand-in data, not the published sets: dte-toy\/spiral/);
 * ```
 */
export function stampProvenance<T extends Figure | Table>(artefact: T, provenance: Provenance): T;
export function stampProvenance(artefact: Figure | Table, provenance: Provenance): Figure | Table {
  const line = standInLine(provenance.standIns);
  if (artefact.kind === "table") {
    return line === undefined ? artefact : { ...artefact, notes: [...artefact.notes, `${line}.`] };
  }
  const { spec } = artefact;
  const usermeta = { ...(spec.usermeta as object | undefined), provenance };
  if (line === undefined) return { ...artefact, spec: { ...spec, usermeta } };
  const title = typeof spec.title === "object" && spec.title !== null
    ? spec.title
    : { text: spec.title ?? "" };
  const { subtitle = [] } = title as { subtitle?: string | readonly string[] };
  return {
    ...artefact,
    alt: `${artefact.alt} ${line}.`,
    spec: { ...spec, usermeta, title: { ...title, subtitle: [subtitle, line].flat() } },
  };
}
