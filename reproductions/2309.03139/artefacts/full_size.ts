import { INK, lineChart } from "../../../lib/figures/mod.ts";
import { type Artefact, meanCurve, NoResults } from "../../../lib/harness/mod.ts";
import { FULL_SIZE, FULL_SIZE_RUNS } from "../full_size.ts";
import reported from "../reported.json" with { type: "json" };
import { channelColour } from "./_names.ts";

/** The networks by K, ascending. */
const byChannels = () => [...Map.groupBy(FULL_SIZE_RUNS, ({ channels }) => channels)];

/** What figure and table say of the training. */
const SETTINGS =
  `3 000 simulations, L = ${FULL_SIZE.layers}, H = ${FULL_SIZE.hidden}, ${FULL_SIZE.epochs} epochs ` +
  "instead of the paper's 10 000";

/** The N-body experiment at the benchmark's size: how networks learn. */
export const fullSizeFigure: Artefact = {
  id: "figure-full-size",
  kind: "figure",
  location: "N-body table (at full size)",
  title: "Learning at the benchmark's size",
  caption: "How far from converged: the rate has come down to 0 at the end, not the error.",
  jobs: () => [],
  render() {
    if (FULL_SIZE_RUNS.length === 0) throw new NoResults("no network is trained at full size");
    const lines = byChannels().map(([channels, runs]) =>
      meanCurve(
        runs.map(({ curve }) => ({ x: curve.map(([epoch]) => epoch), y: curve.map(([, error]) => error) })),
        { name: `K = ${channels}`, colour: channelColour(channels), log: true },
      )
    );
    const [{ model, test }] = reported.nbody;
    return lineChart([
      ...lines,
      {
        name: `${model}, quoted`,
        x: [1, FULL_SIZE.epochs],
        y: [test, test],
        colour: INK.muted,
        dashed: true,
      },
    ], {
      title: "Charged particles at the benchmark's size",
      subtitle: [
        SETTINGS,
        "Geometric mean of two seeds; band: times and over their standard deviation. Dashed: test MSE",
      ],
      x: { title: "Epoch" },
      y: { title: "Validation MSE", log: true },
      alt: "Validation error against epoch of EGNN and of three channels, above the quoted error of SEGNN.",
    });
  },
};

/** The same in numbers, beside the quoted rows. */
export const fullSizeTable: Artefact = {
  id: "table-full-size",
  kind: "table",
  location: "N-body table (at full size)",
  title: "Charged N-body at the benchmark's size",
  caption: `${SETTINGS}.`,
  jobs: () => [],
  render() {
    if (FULL_SIZE_RUNS.length === 0) throw new NoResults("no network is trained at full size");
    return {
      kind: "table",
      columns: [
        { key: "model", title: "Model" },
        { key: "seed", title: "Seed", digits: 0 },
        { key: "parameters", title: "Parameters", digits: 0 },
        { key: "valid", title: "Validation MSE", digits: 5 },
        { key: "test", title: "Test MSE", digits: 5 },
        { key: "fall", title: "Fall in the second half (%)", digits: 1 },
      ],
      rows: [
        ...FULL_SIZE_RUNS.map(({ channels, seed, parameters, valid, test, curve }) => ({
          model: channels === 1 ? "EGNN (K = 1)" : `MC-EGNN, K = ${channels}`,
          seed,
          parameters,
          valid,
          test,
          fall: secondHalf(curve),
        })),
        ...reported.nbody.map(({ model, test }) => ({ model: `${model} (quoted, not rerun)`, test })),
      ],
      notes: [
        `Adam, rate ${FULL_SIZE.learningRate} falling along a cosine (the paper's code: 5e-4, constant), batches of ` +
        `${FULL_SIZE.batchSize}. The last column: by how much the validation error fell from half of the epochs on.`,
        "Two seeds decide nothing: that would take five at least. Made by `make_full_size.ts`, kept in `full_size.json`.",
      ],
    };
  },
};

/** By how much the validation error fell from half of the epochs to the end, percent. */
function secondHalf(curve: readonly (readonly [number, number])[]): number {
  const half = curve.findLast(([epoch]) => epoch <= FULL_SIZE.epochs / 2)!;
  return 100 * (1 - curve[curve.length - 1][1] / half[1]);
}
