import type { Artefact } from "../../lib/harness/mod.ts";
import { bodyErrors } from "./figures/bodies.ts";
import { cost } from "./figures/cost.ts";
import { curves } from "./figures/curves.ts";
import { trajectories } from "./figures/trajectories.ts";

/** All figures. The paper's own figure is a drawing without data. */
export const figures: readonly Artefact[] = [
  trajectories,
  curves.channels,
  bodyErrors,
  curves.learning,
  cost,
];
