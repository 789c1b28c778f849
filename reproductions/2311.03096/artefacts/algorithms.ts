import {
  type Figure,
  INK,
  lineChart,
  type LineSeries,
  PALETTE,
  panels,
  panelWidth,
} from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import type { ProxAlgorithm } from "../../../lib/methods/weight_sharing/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { INPUT_FAMILIES, type InputFamily } from "../experiments/_inputs.ts";
import type { RoundsRow } from "../experiments/rounds.ts";
import { PARALLEL, ROUNDS, TIMING } from "../studies.ts";

const [BLUE, VERMILION, GREEN, PURPLE] = PALETTE;

/** Colour and name of each algorithm, the same in all figures. */
const STYLE: Readonly<Record<ProxAlgorithm, { readonly name: string; readonly colour: string }>> = {
  pav: { name: "PAV", colour: PURPLE },
  imminent: { name: "Imminent", colour: VERMILION },
  end: { name: "End", colour: GREEN },
  search: { name: "Search", colour: BLUE },
};

const FAMILY_TITLES: Readonly<Record<InputFamily, string>> = {
  "normal": "N(0, 1), α = 0.1",
  "concentrated": "U(−0.07, 0.07), α = 0.06",
  "worst case": "worst case of Imminent",
};

/** Mean over seeds of a count by size; `null` where it is missing, or below 1 (which the logarithmic axis leaves out). */
function counts(
  rows: readonly RoundsRow[],
  family: InputFamily,
  key: "imminent" | "end" | "search",
): { x: number[]; y: (number | null)[] } {
  const bySize = Map.groupBy(rows.filter((row) => row.family === family), ({ size }) => size);
  const x = [...bySize.keys()].sort((a, b) => a - b);
  const y = x.map((size) => {
    const values = bySize.get(size)!.map((row) => row[key]).filter((value) => value !== null);
    return values.length > 0 && mean(values) >= 1 ? mean(values) : null;
  });
  return { x, y };
}

function roundsFigure(results: Results): Figure {
  const rows = ROUNDS.group(results, "all").runs.flatMap(({ result }) => result.rows);
  const charts = INPUT_FAMILIES.map((family, i) => {
    const series = (["imminent", "end", "search"] as const).map((key): LineSeries => ({
      ...STYLE[key],
      ...counts(rows, family, key),
      points: true,
    }));
    return lineChart(series, {
      title: FAMILY_TITLES[family],
      x: { title: "number of weights d", log: true },
      y: { title: i === 0 ? "rounds, one after the other" : " ", log: true, domain: [0.9, 1e6] },
      width: panelWidth(3),
      height: 250,
      alt: `Rounds over d for ${family} inputs.`,
    });
  });
  return panels(charts, {
    title: "Only SearchCollisions needs few rounds whatever the input",
    subtitle: [
      "Imminent: rounds of merging; End: final clusters, one after the other; Search: evaluations of “where does this cluster end”",
    ],
    columns: 3,
    spacing: 12,
    alt: "Rounds of three algorithms over d on three kinds of input, both axes logarithmic.",
  });
}

function depthFigure(results: Results): Figure {
  const { rows } = PARALLEL.result(results, "all");
  const log3 = ({ size }: { size: number }) => Math.log2(size) ** 3;
  const last = rows.at(-1)!;
  const factor = last.rounds / log3(last);
  const levels = rows.map(({ size }) => Math.log2(size));
  const imminent = ROUNDS.result(results, "all").rows
    .filter(({ family, imminent, size }) =>
      family === "worst case" && imminent !== null && size <= last.size
    );
  return lineChart([
    {
      name: "tensor program",
      x: levels,
      y: rows.map(({ rounds }) => rounds),
      points: true,
      colour: BLUE,
    },
    {
      name: `${factor.toPrecision(2)} · log₂³ d`,
      x: levels,
      y: rows.map((row) => factor * log3(row)),
      dashed: true,
      colour: INK.muted,
    },
    ...(imminent.length > 0
      ? [{
        name: "Imminent, worst case",
        x: imminent.map(({ size }) => Math.log2(size)),
        // A round of Imminent is a scan and a segment sum: log₂ d each.
        y: imminent.map(({ imminent, size }) => imminent! * 2 * Math.log2(size)),
        points: true,
        colour: VERMILION,
      }]
      : []),
  ], {
    title: "Depth of the data-parallel program grows as log³ d",
    subtitle:
      "Dependent rounds with d processors; an element-wise operation counts 1, a scan or reduction of n numbers log₂ n",
    x: { title: "log₂ d" },
    y: { title: "depth (rounds)", log: true },
    height: 300,
    alt:
      "The depth of the tensor program lies on a multiple of log³ d; that of ImminentCollisions grows linearly in d.",
  });
}

function timingFigure(results: Results): Figure {
  const found = TIMING.groups(results).map(({ config, runs: [{ result }] }) => ({ config, result }));
  const all = found.flatMap(({ result }) =>
    result.rows.flatMap(({ milliseconds }) => Object.values(milliseconds))
  ).filter((ms) => ms !== null && ms > 0) as number[];
  const domain = [0.8 * Math.min(...all), 1.2 * Math.max(...all)] as const;
  const charts = found.map(({ config: { family }, result: { rows } }, i) => {
    const series = (Object.keys(STYLE) as ProxAlgorithm[]).map((algorithm): LineSeries => ({
      ...STYLE[algorithm],
      x: rows.map(({ size }) => size),
      y: rows.map(({ milliseconds }) => milliseconds[algorithm]),
      points: rows.length < 8,
    })).filter(({ y }) => Array.from(y).some((ms) => ms !== null));
    return lineChart(series, {
      title: FAMILY_TITLES[family],
      x: { title: "number of weights d", log: true },
      y: { title: i === 0 ? "time (ms), one thread" : " ", log: true, domain },
      width: panelWidth(3),
      height: 250,
      alt: `Time over d for ${family} inputs.`,
    });
  });
  return panels(charts, {
    title: "In one thread, pool adjacent violators wins",
    subtitle:
      "Median wall time of a whole proximal step, the sort included; lines end where a run would take seconds",
    columns: 3,
    spacing: 12,
    alt: "Wall time of four algorithms over d on three kinds of input, both axes logarithmic.",
  });
}

/** Rounds, depth and time of the algorithms. */
export const algorithmFigures: readonly Artefact[] = [
  {
    id: "rounds",
    kind: "figure",
    location: "Section on parallel algorithms",
    title: "Parallel rounds",
    caption:
      "Dependent rounds of the three parallel algorithms on random, concentrated and worst-case inputs. ImminentCollisions is " +
      "quick on random input and needs d − 1 rounds in the worst case; EndCollisions is the other way round; SearchCollisions " +
      "does not depend on the input.",
    jobs: (plan) => ROUNDS.jobs(plan),
    render: roundsFigure,
  },
  {
    id: "depth",
    kind: "figure",
    location: "Section on parallel algorithms",
    title: "Depth of the data-parallel program",
    caption: "SearchCollisions as a tensor program without data-dependent control flow: its depth against d.",
    jobs: (plan) => [...PARALLEL.jobs(plan), ...ROUNDS.jobs(plan)],
    render: depthFigure,
  },
  {
    id: "timing",
    kind: "figure",
    location: "Figure on run time (existence inferred)",
    title: "Run time",
    caption:
      "Wall time of the four algorithms on this machine, in one thread: without parallel hardware the counts above do not " +
      "show, and the sequential algorithm is the fastest.",
    jobs: (plan) => TIMING.jobs(plan),
    render: timingFigure,
  },
];
