import {
  type Figure,
  INK,
  lineChart,
  type LineSeries,
  panels,
  panelWidth,
} from "../../../lib/figures/mod.ts";
import { type Artefact, type NameOf, NoResults, studyFigure } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { TorusResult } from "../experiments/torus.ts";
import { type Depth, PENALTIES, TUNING } from "../studies.ts";
import { PENALTY_COLOURS, penaltyNames } from "./_colours.ts";

type Groups = readonly ReturnType<typeof TUNING.groups<NameOf<typeof TUNING>>>[number][];

const DEPTHS: readonly Depth[] = ["one layer", "two layers"];

function sweepFigure(all: Groups): Figure {
  const chart = (depth: Depth, title: string, axis: string, value: (result: TorusResult) => number) => {
    const groups = all.filter((group) => group.depth === depth);
    const average = ({ runs }: Groups[number]) => mean(runs.map(({ result }) => value(result)));
    const x = [...new Set(groups.flatMap(({ strength }) => strength ?? []))].sort((a, b) => a - b);
    const lines = penaltyNames.map((penalty): LineSeries => {
      const own = groups.filter((group) => group.penalty === penalty)
        .toSorted((a, b) => a.strength! - b.strength!);
      return {
        name: PENALTIES[penalty],
        colour: PENALTY_COLOURS[penalty],
        x: own.map(({ strength }) => strength!),
        y: own.map(average),
        points: true,
      };
    });
    const plain = groups.find(({ penalty }) => penalty === undefined);
    const flat: LineSeries[] = plain
      ? [{ name: "no penalty", x, y: x.map(() => average(plain)), dashed: true, colour: INK.muted }]
      : [];
    return lineChart([...lines, ...flat], {
      title: `${title}, ${depth}`,
      x: { title: "strength λ", log: true },
      y: { title: axis },
      width: panelWidth(2),
      height: 200,
      alt: `${title} over the strength of each penalty, ${depth}.`,
    });
  };
  const depths = DEPTHS.filter((depth) => all.some((group) => group.depth === depth));
  if (depths.length === 0) throw new NoResults("no sweep");
  const rows = [
    ["Validation accuracy", "%", ({ accuracy }: TorusResult) => accuracy],
    ["Circulant energy", "share of variance", ({ energy }: TorusResult) => energy?.trained ?? 0],
  ] as const;
  return panels(
    rows.flatMap(([title, axis, value]) => depths.map((depth) => chart(depth, title, axis, value))),
    {
      title: "Weight decay does what the penalty does",
      subtitle: [
        "Validation accuracy and circulant energy of the first layer, rows aligned, over the strength of each penalty.",
        "One seed, on which nothing is judged.",
      ],
      columns: depths.length,
      spacing: 30,
      alt: "Validation accuracy and circulant energy over the strength of five penalties.",
    },
  );
}

/** The sweeps on which strengths were picked. */
export const sweepsFigure: Artefact = studyFigure({
  id: "torus-sweep",
  location: "addition",
  title: "Strength of each penalty",
  caption:
    "Five strengths of the penalty, of its subgradient and of three ways to shrink weights, on validation images: where the " +
    "strengths of the comparisons were picked.",
  of: TUNING,
  draw: sweepFigure,
});
