/**
 * Writes `power.json`: what each comparison could show, by the reported tables alone. To be run after a
 * change of a rule or of the reported tables, in the repository's root:
 * `deno run --allow-env --allow-read --allow-write=reproductions reproductions/2305.18593/make_power.ts`.
 */
import { comparisonClaims } from "./claims/comparisons.ts";
import { computePower, POWER_SIZES } from "./power.ts";

const powers = Object.fromEntries(
  comparisonClaims.map((
    { question },
  ) => [question.id, POWER_SIZES.map((sets) => computePower(question, sets))]),
);
await Deno.writeTextFile(new URL("power.json", import.meta.url), `${JSON.stringify(powers, null, 2)}\n`);
