import { type Figure, mosaic } from "../../../lib/figures/mod.ts";
import {
  type Artefact,
  metricTable,
  type NameOf,
  NoResults,
  type Results,
} from "../../../lib/harness/mod.ts";
import { reportedError } from "../_reported.ts";
import { DIGITS } from "../studies.ts";
import { ink } from "./_ink.ts";

const first = (results: Results, name: NameOf<typeof DIGITS>) => DIGITS.result(results, name);

/** An orbit of a digit, and what it comes to. */
export const orbitFigure: Artefact = {
  id: "figure-orbit",
  kind: "figure",
  location: "addition",
  title: "A digit in eight poses, and what the network sees",
  caption:
    "A test digit turned by eight angles (left), and what the network behind the canonicalizer sees (right). Over C4 the eight turns " +
    "fall into two orbits, over C64 all of them come to one pose, up to interpolation.",
  jobs: (plan) => DIGITS.jobs(plan, ["c4", "c64"]),
  render(results): Figure {
    const [coarse, fine] = [first(results, "c4"), first(results, "c64")];
    if (coarse.orbit.length === 0) throw new NoResults("no digits were kept");
    return mosaic([
      { title: "turned by 0°, 45°, …, 315°", tiles: coarse.orbit.map(({ original }) => ink(original)) },
      { title: "canonical, C4", tiles: coarse.orbit.map(({ canonical }) => ink(canonical)) },
      { title: "canonical, C64", tiles: fine.orbit.map(({ canonical }) => ink(canonical)) },
    ], {
      title: "A digit in eight poses, and what the network sees",
      subtitle: "One test digit at eight angles, and the pose in which the network sees it",
      tilesPerRow: 4,
      groupsPerRow: 3,
      colours: "grey",
      alt: "A digit turned by eight angles, and its canonical poses over C4 and C64.",
    });
  },
};

const GRID = ["c4", "c8", "c16", "c32", "c64", "frozen", "pca", "opt", "unrolled"] as const;

/** Digits before and after canonicalization. */
export const gridFigure: Artefact = {
  id: "figure-3",
  kind: "figure",
  location: "Figure 3",
  title: "Digits in their canonical poses",
  caption:
    "Test digits, a column per class, as they are and as the canonicalizers turn them. Whether a class comes to one pose shows " +
    "what was learned: nothing tells a canonicalizer that poses should be upright.",
  jobs: (plan) => DIGITS.jobs(plan, [...GRID]),
  render(results): Figure {
    const groups = DIGITS.groups(results, [...GRID]);
    const grid = (pick: "original" | "canonical", samples: ReturnType<typeof first>["samples"]) => {
      const rows = Math.min(
        ...Array.from({ length: 10 }, (_, k) => samples.filter(({ label }) => label === k).length),
      );
      return Array.from(
        { length: rows },
        (_, row) =>
          Array.from({ length: 10 }, (_, k) => ink(samples.filter(({ label }) => label === k)[row][pick])),
      ).flat();
    };
    const own = groups.flatMap(({ label, runs: [{ result }] }) =>
      result.samples.length === 0 ? [] : [{ title: label, tiles: grid("canonical", result.samples) }]
    );
    if (own.length === 0 || own[0].tiles.length === 0) throw new NoResults("no digits were kept");
    return mosaic([
      { title: "test digits", tiles: grid("original", groups[0].runs[0].result.samples) },
      ...own,
    ], {
      title: "Digits in their canonical poses",
      subtitle: "A column per class, 0 to 9; behind a canonicalizer the network sees only these poses",
      tilesPerRow: 10,
      groupsPerRow: 2,
      colours: "grey",
      alt: "Grids of digits before and after canonicalization.",
    });
  },
};

const ROWS: Partial<Record<NameOf<typeof DIGITS>, string>> = {
  cnn: "CNN",
  group: "G-CNN (p4)",
  frozen: "CN(p4 & frozen)-CNN",
  pca: "CN(PCA)-CNN",
  opt: "CN(OPT)-CNN",
  c4: "CN(p4)-CNN",
  c64: "CN(p64)-CNN",
};

/** Table 1. */
export const digitTable: Artefact = metricTable({
  id: "table-1",
  location: "Table 1",
  title: "Rotated digits",
  caption:
    "Test errors, and how labels and poses behave under further turns. Reported values are of the paper's scale: 10 000 digits, 100 " +
    "epochs, width 32.",
  of: DIGITS,
  rows: "Network",
  columns: {
    error: {
      title: "Test error (%)",
      digits: 2,
      value: ({ error }) => error,
      reported: ({ name }) => reportedError(ROWS[name] ?? ""),
      note:
        "in brackets the reported value, from a public leaderboard's machine extraction of the paper's Table 1",
    },
    quarter: {
      title: "Changed by 90° (%)",
      digits: 2,
      value: ({ quarterChanges }) => quarterChanges,
      note: "digits whose label changes under a further turn by 90°, 180° or 270°",
    },
    eighth: {
      title: "Changed by 45° (%)",
      digits: 2,
      value: ({ eighthChanges }) => eighthChanges,
      note: "under a further turn by 45°, which interpolates",
    },
    alignment: {
      title: "Alignment",
      digits: 3,
      value: ({ alignment }) => alignment,
      note: "mean cosine of canonical digits to their class's mean picture: 1 if a class has one picture",
    },
    parameters: { title: "Parameters", digits: 0, value: ({ parameters }) => parameters },
  },
});
