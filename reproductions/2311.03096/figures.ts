import type { Artefact } from "../../lib/harness/mod.ts";
import { algorithmFigures } from "./figures/algorithms.ts";
import { cifarFigure } from "./figures/cifar.ts";
import { particlesFigure } from "./figures/particles.ts";
import { regressionFigures } from "./figures/regression.ts";
import { torusFigures } from "./figures/torus.ts";

/** All figures; the one that explains the paper first. */
export const figures: readonly Artefact[] = [
  particlesFigure,
  ...algorithmFigures,
  ...regressionFigures,
  ...torusFigures,
  cifarFigure,
];
