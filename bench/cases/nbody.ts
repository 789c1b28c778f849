/**
 * Simulations of the charged N-body benchmark, 5 000 steps each; plain TypeScript on one core, under
 * `native`.
 */
import { drawNBody, simulateNBody } from "../../lib/data/mod.ts";
import { NumpyRandom } from "../../lib/random/mod.ts";
import type { Case } from "../_case.ts";
import { now } from "../_clock.ts";

export function nbody({ quick }: { readonly quick: boolean }): readonly Case[] {
  const steps = quick ? 50 : 5000;
  return [5, 15].map((particles): Case => ({
    name: `N-body simulation (${particles} charges, ${steps} steps)`,
    unit: "ms/simulation",
    engines: {
      native: {
        repeats: quick ? 4 : Math.round(1000 / particles),
        measure(repeats) {
          const random = new NumpyRandom(43);
          const started = now();
          for (let i = 0; i < repeats; i++) {
            simulateNBody(drawNBody(random, { particles }), { at: [steps] });
          }
          return Promise.resolve((now() - started) / repeats);
        },
      },
    },
    peers: {
      numpy: { script: "nbody_numpy.py", name: "simulation", options: { particles, steps }, repeats: 1 },
    },
  }));
}
