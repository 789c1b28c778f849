/** The claim that the weak preset is as strong as what was measured in a simulation. */
import { type Claim, NoResults, short, verdict } from "../../lib/harness/mod.ts";
import { ONE_HALO_TO } from "./_findings.ts";
import type { MeasuredResult } from "./experiments/measured.ts";
import { MEASURED, TRUTHS } from "./studies.ts";

/** Errors of the one-sided 95 % interval that must lie inside the band in every bin. */
const INSIDE = 1.645;
/** Errors outside the band in one bin that speak against the claim: 5 % over four bins, two-sided. */
const OUTSIDE = 2.5;

/** A value with its error. */
interface Point {
  readonly value: number;
  readonly error: number;
}

/**
 * The lowest and the highest of several measured curves at a separation, interpolated in its logarithm.
 *
 * @throws {NoResults} If the separation is beyond what was measured.
 */
export function bandAt(samples: MeasuredResult, separation: number): { low: Point; high: Point } {
  const points = samples.map(({ separation: r, value, error }): Point => {
    const after = r.findIndex((x) => x >= separation);
    if (after < 1) throw new NoResults(`nothing was measured at ${short(separation)} Mpc/h`);
    const share = Math.log(separation / r[after - 1]) / Math.log(r[after] / r[after - 1]);
    const at = (values: readonly number[]) => (1 - share) * values[after - 1] + share * values[after];
    return { value: at(value), error: at(error) };
  }).sort((a, b) => a.value - b.value);
  return { low: points[0], high: points.at(-1)! };
}

/** The weak preset beside the measured correlations. */
export const bandClaim: Claim = {
  id: "weak-preset-in-band",
  location: "addition (data)",
  statement:
    "Within haloes, the weak preset is aligned as strongly as galaxies of a hydrodynamic simulation.",
  safeguards: {
    bar: "None: nothing is trained.",
    controls: "None: both correlations are measured in the same way.",
    smallest: "Any difference counts, beyond the band that three cuts in mass span.",
  },
  test:
    `ω(r) of the preset “as in simulations”, mean over seeds with its jackknife error, in the bins below ` +
    `${ONE_HALO_TO} Mpc/h, against the band that the three cuts in stellar mass of TNG300-1 span at the bin's middle, ` +
    `with the error of its edge: supported if in every bin the value is inside by at least ${INSIDE} errors (95 %, ` +
    `one-sided); contradicted if in one bin it is outside by more than ${OUTSIDE} (5 % over four bins); else ` +
    "inconclusive. At least two seeds.",
  jobs: (plan) => [...TRUTHS.jobs(plan, ["tng"]), ...MEASURED.jobs(plan)],
  evaluate(results) {
    const curves = TRUTHS.group(results, "tng").runs.map(({ result }) => result.omega);
    const measured = MEASURED.result(results, "all");
    const [{ edges }] = curves;
    const numbers: Record<string, number> = {};
    const depths = edges.slice(1).flatMap((upper, b) => {
      if (upper > ONE_HALO_TO) return [];
      const values = curves.map(({ curves: { truth } }) => truth.value[b]!);
      const errors = curves.map(({ curves: { truth } }) => truth.error[b]!);
      const value = values.reduce((sum, x) => sum + x, 0) / values.length;
      const error = Math.hypot(...errors) / errors.length;
      const middle = Math.sqrt(edges[b] * upper);
      const { low, high } = bandAt(measured, middle);
      const depth = Math.min(
        (value - low.value) / Math.hypot(error, low.error),
        (high.value - value) / Math.hypot(error, high.error),
      );
      const place = `${short(middle)} Mpc/h`;
      numbers[`ω at ${place}`] = value;
      numbers[`band from, at ${place}`] = low.value;
      numbers[`band to, at ${place}`] = high.value;
      numbers[`errors inside, at ${place}`] = depth;
      return [depth];
    });
    const least = Math.min(...depths), enough = curves.length >= 2;
    return verdict({
      supported: enough && least >= INSIDE,
      contradicted: enough && least < -OUTSIDE,
      numbers,
      because: `In the worst of ${depths.length} bins ω is ${short(Math.abs(least))} errors ` +
        `${least >= 0 ? "inside" : "outside"} the band, ${curves.length} seeds.`,
    });
  },
};
