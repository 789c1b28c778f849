import { type Figure, figure, INK, PALETTE } from "../../../lib/figures/mod.ts";
import { type Artefact, type NameOf, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { DIGITS, TIMING } from "../studies.ts";

/** Networks whose errors stand in the bubbles, by kind and order. */
const TRAINED = ["c4", "c8", "c16", "c32", "c64", "group"] as const satisfies readonly NameOf<
  typeof DIGITS
>[];

/** A network of digits: how long it takes, and how well it does, where it was trained. */
interface Bubble {
  readonly network: string;
  readonly order: number;
  /** Milliseconds a digit. */
  readonly time: number;
  /** Test error in percent. */
  readonly error: number | null;
}

const NAMES = { discrete: "CN-CNN", group: "G-CNN" } as const;

function bubbles(results: Results): Bubble[] {
  const errors = new Map(
    DIGITS.groups(results, [...TRAINED]).map(({ config: { model }, runs }) => [
      JSON.stringify([model.kind, "order" in model ? model.order : 0]),
      mean(runs.map(({ result }) => result.error)),
    ]),
  );
  const found = new Map<string, Bubble>();
  let reference: number | undefined;
  for (const { config, runs: [{ result }] } of TIMING.groups(results, ["digits", "finest"])) {
    if (config.task !== "digits") continue;
    // Other jobs ran at other times: theirs count relative to the first network, which all of them have.
    const [{ median: own }] = result.milliseconds;
    const unit = reference === undefined ? 1 : reference / own;
    reference ??= own;
    config.models.forEach((model, i) => {
      if (model.kind !== "discrete" && model.kind !== "group") return;
      const key = JSON.stringify([model.kind, model.order]), error = errors.get(key) ?? null;
      const time = unit * result.milliseconds[i].median;
      if (!found.has(key)) {
        found.set(key, { network: NAMES[model.kind], order: model.order, time, error });
      }
    });
  }
  return [...found.values()];
}

/** Time and error over the order of the group. */
export const orderFigure: Artefact = {
  id: "figure-4",
  kind: "figure",
  location: "Figure 4",
  title: "What a finer group costs and gains",
  caption:
    "Inference time of the canonicalized CNN and of the equivariant network, by the order of the group. A bubble's area is the mean test " +
    "error of the trained network, which is written beside it; rings are networks that were timed only. The G-CNN of order 64 would take " +
    "some 25 ms a digit and was not timed; the CN-CNN of order 64 was timed beside that of order 4 in a job of its own, and stands in that " +
    "ratio to it.",
  jobs: (plan) => [
    ...TIMING.jobs(plan, ["digits", "finest"]),
    ...DIGITS.jobs(plan, [...TRAINED]),
  ],
  render(results): Figure {
    const values = bubbles(results);
    if (values.length === 0) throw new NoResults("no times of digits");
    const orders = [...new Set(values.map(({ order }) => order))].sort((a, b) => a - b);
    const networks = Object.values(NAMES);
    const x = {
      field: "order",
      type: "quantitative",
      title: "order of the group",
      scale: { type: "log", base: 2, domain: [orders[0] / 1.4, orders.at(-1)! * 1.4], nice: false },
      axis: { values: orders, grid: false },
    };
    const times = values.map(({ time }) => time);
    const [least, most] = [Math.min(...times) / 1.6, Math.max(...times) * 1.6];
    const ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].filter((t) => t > least && t < most);
    const y = {
      field: "time",
      type: "quantitative",
      title: "inference (ms a digit)",
      scale: { type: "log", domain: [least, most], nice: false },
      axis: { values: ticks },
    };
    const color = {
      field: "network",
      type: "nominal",
      title: null,
      scale: { domain: networks, range: PALETTE.slice(0, networks.length) },
      legend: { orient: "top", symbolType: "circle" },
    };
    const largest = Math.max(...values.map(({ error }) => error ?? 0), 1);
    const trained = { filter: "isValid(datum.error)" };
    return figure({
      title: {
        text: "What a finer group costs and gains",
        subtitle: "Numbers and areas of bubbles: test error (%); rings: timed only; one thread",
      },
      width: 560,
      height: 300,
      data: { values },
      layer: [
        { mark: { type: "line", strokeWidth: 1.2 }, encoding: { x, y, color } },
        {
          transform: [{ filter: "!isValid(datum.error)" }],
          mark: { type: "point", filled: false, size: 50, fill: "white", strokeWidth: 1.5, opacity: 1 },
          encoding: { x, y, color },
        },
        {
          transform: [trained],
          mark: { type: "point", filled: true, opacity: 0.9 },
          encoding: {
            x,
            y,
            color,
            size: {
              field: "error",
              type: "quantitative",
              scale: { domain: [0, largest], range: [0, 700] },
              legend: null,
            },
          },
        },
        {
          transform: [trained, { calculate: "format(datum.error, '.1f') + ' %'", as: "label" }],
          mark: { type: "text", dy: -24, color: INK.text },
          encoding: { x, y, text: { field: "label" } },
        },
      ],
    }, { alt: "Time over the order of the group for both networks, with test errors as bubbles." });
  },
};
