import { barChart } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import { quantile } from "../../../lib/stats/mod.ts";
import { SPEED } from "../studies.ts";

/** Time for an action. */
export const speedArtefacts: readonly Artefact[] = [{
  id: "figure-time",
  kind: "figure",
  location: "Figure of time",
  title: "Time for an action",
  caption: "Merlin evaluates its network once for an action, the diffusion policies several times.",
  jobs: (plan) => SPEED.jobs(plan),
  render(results) {
    const { config: { rows, hidden }, runs: [{ result: { policies } }] } = SPEED.group(results, "all");
    const bars = Object.entries(policies).map(([name, { networkCalls, rates }]) => ({
      label: `${name} (${networkCalls} ${networkCalls === 1 ? "evaluation" : "evaluations"})`,
      value: 1e6 / quantile(rates, 0.5),
    }));
    return barChart(bars, {
      title: "Time for an action",
      subtitle: `Median of the rounds; ${rows} environments in lock-step, layers of ${
        hidden[0]
      }, one thread of a processor`,
      value: { title: "microseconds for an action", log: true },
      sort: "ascending",
      alt: "Bars of the time for an action of Merlin, BESO, g-DQL and Decision Diffuser.",
    });
  },
}];
