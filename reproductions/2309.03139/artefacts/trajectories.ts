import { type Figure, figure, INK, panels } from "../../../lib/figures/mod.ts";
import type { Artefact, Results } from "../../../lib/harness/mod.ts";
import { NBODY, PATHS } from "../studies.ts";
import { channelColour } from "./_names.ts";

/** How predictions of the networks drawn are marked. */
const SHAPES = { k1: "diamond", k3: "cross" } as const;
const DRAWN = ["k1", "k3"] as const;
const SIZE = 205;

type Place = { readonly x: number; readonly y: number };

/** One simulation in the x-y plane: true paths, and where the networks see the particles at their ends. */
function panel(
  title: string,
  { paths, predictions }: {
    readonly paths: readonly (readonly number[])[];
    readonly predictions: readonly {
      readonly positions: readonly number[];
      readonly mark: { readonly colour: string; readonly shape: string };
    }[];
  },
): Figure {
  const particles = paths[0].length / 3;
  const at = (positions: readonly number[], i: number): Place => ({
    x: positions[3 * i],
    y: positions[3 * i + 1],
  });
  const all = Array.from({ length: particles }, (_, i) => i);
  const lines = paths.flatMap((positions, time) =>
    all.map((i) => ({ ...at(positions, i), particle: i, time }))
  );
  const starts = all.map((i) => at(paths[0], i));
  const ends = all.map((i) => at(paths[paths.length - 1], i));
  const marks = predictions.flatMap(({ positions, mark }) =>
    all.map((i) => ({ ...at(positions, i), ...mark }))
  );
  const places = [...lines, ...marks];
  // The same scale on both axes.
  const [x, y] = (["x", "y"] as const).map((axis) => places.map((place) => place[axis]));
  const middle = [x, y].map((values) => (Math.min(...values) + Math.max(...values)) / 2);
  const half = 0.54 * Math.max(...[x, y].map((values) => Math.max(...values) - Math.min(...values)));
  const channel = (axis: "x" | "y", centre: number) => ({
    field: axis,
    type: "quantitative",
    scale: { domain: [centre - half, centre + half], nice: false, zero: false },
    axis: { title: axis, tickCount: 4 },
  });
  const encoding = { x: channel("x", middle[0]), y: channel("y", middle[1]) };
  const point = { type: "point", filled: true, opacity: 1 };
  return figure({
    title: { text: title },
    width: SIZE,
    height: SIZE,
    layer: [
      {
        data: { values: lines },
        mark: { type: "line", color: INK.muted, strokeWidth: 1.4 },
        encoding: {
          ...encoding,
          detail: { field: "particle", type: "nominal" },
          order: { field: "time", type: "quantitative" },
        },
      },
      { data: { values: starts }, mark: { ...point, filled: false, size: 26, color: INK.muted }, encoding },
      { data: { values: ends }, mark: { ...point, size: 34, color: INK.text }, encoding },
      {
        data: { values: marks },
        mark: { type: "point", filled: false, size: 60, strokeWidth: 1.5, opacity: 1 },
        encoding: {
          ...encoding,
          color: { field: "colour", type: "nominal", scale: null },
          shape: { field: "shape", type: "nominal", scale: null },
        },
      },
    ],
  }, { alt: title });
}

function render(results: Results): Figure {
  const networks = NBODY.finished(results, DRAWN);
  const drawn = PATHS.result(results, "all").simulations.map(({ positions }, row) =>
    panel(`test simulation ${row + 1}`, {
      paths: positions,
      predictions: networks.map(({ name, channels, runs: [{ result }] }) => ({
        positions: result.predictions[row],
        mark: { colour: channelColour(channels), shape: SHAPES[name] },
      })),
    })
  );
  return panels(drawn, {
    columns: 3,
    title: "Where particles go, and where networks see them",
    subtitle: [
      "x-y plane, seed 0. Lines: true paths from input (circle) to target (black dot)",
      "Predictions: orange diamonds EGNN (K = 1), blue crosses MC-EGNN (K = 3)",
    ],
    alt: "Three simulations of five particles: true paths, and the end points that EGNN and MC-EGNN predict.",
  });
}

/** Trajectories; an addition, as the paper's figures hold no data. */
export const trajectories: Artefact = {
  id: "figure-trajectories",
  kind: "figure",
  location: "addition",
  title: "Trajectories with predictions",
  caption:
    "Both networks miss where particles pass each other closely; elsewhere they sit on the true end points.",
  jobs: (plan) => [...PATHS.jobs(plan), ...NBODY.jobs(plan, DRAWN)],
  render,
};
