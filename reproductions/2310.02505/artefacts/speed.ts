import { barChart, panels } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import { quantile } from "../../../lib/stats/mod.ts";
import { SPEED } from "../studies.ts";

/** Time for an action and for an update. */
export const speedArtefacts: readonly Artefact[] = [{
  id: "figure-time",
  kind: "figure",
  location: "Figure of time",
  title: "Time for an action and for an update",
  caption: "Merlin evaluates its network once for an action, the diffusion policies several times.",
  jobs: (plan) => SPEED.jobs(plan),
  render(results) {
    const { config: { rows, hidden }, runs: [{ result: { policies } }] } = SPEED.group(results, "all");
    const bars = (label: (name: string, networkCalls: number) => string, kind: "rates" | "updateRates") =>
      Object.entries(policies).map(([name, { networkCalls, ...rates }]) => ({
        label: label(name, networkCalls),
        value: 1e6 / quantile(rates[kind], 0.5),
      }));
    return panels([
      barChart(
        bars((name, calls) => `${name} (${calls} ${calls === 1 ? "evaluation" : "evaluations"})`, "rates"),
        {
          title: `An action, ${rows} environments in lock-step`,
          value: { title: "microseconds for an action", log: true },
          sort: "ascending",
          alt: "Bars of the time for an action of Merlin, BESO, g-DQL and Decision Diffuser.",
        },
      ),
      barChart(bars((name) => name, "updateRates"), {
        title: "An update of the training, 256 rows",
        value: { title: "microseconds for an update", log: true },
        sort: "ascending",
        alt: "Bars of the time for an update of Merlin, BESO, g-DQL and Decision Diffuser.",
      }),
    ], {
      title: "Time for an action and for an update",
      subtitle: `Medians; layers of ${hidden[0]}, one thread of a processor`,
      columns: 1,
      alt: "Bars of the time for an action and for an update.",
    });
  },
}];
