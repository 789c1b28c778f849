import type { Results } from "../../../lib/harness/mod.ts";
import { type EquationName, SWEEP, TRAINING } from "../studies.ts";

/** The variants of the sweep over the number of interior points. */
export const SWEPT = [...SWEEP.pinn, ...SWEEP.symmetry];

/** The finished trainings without and with the symmetry loss, by ascending number of interior points. */
export function sweepOf(results: Results, equation: EquationName) {
  const finished = (names: readonly (typeof SWEPT)[number][]) => TRAINING[equation].finished(results, names);
  return [
    { title: "PINN", groups: finished(SWEEP.pinn) },
    { title: "PINN + symmetry", groups: finished(SWEEP.symmetry) },
  ];
}
