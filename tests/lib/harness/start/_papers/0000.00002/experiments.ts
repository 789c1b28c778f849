import type { Experiment } from "../../../../../../lib/harness/mod.ts";
import { escapes } from "../../_escapes.ts";

/** Tries to get out of its worker. */
export const prisoner: Experiment<null, null> = {
  id: "prisoner",
  title: "A prisoner",
  module: import.meta.url,
  usesExecutor: false,
  async run() {
    const worked = await escapes(JSON.parse(Deno.env.get("REFIGURE_TEST_OUTSIDE")!));
    if (worked.length > 0) throw new Error(`The worker can: ${worked.join(", ")}`);
    return null;
  },
};
