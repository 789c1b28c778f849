import { ablations } from "./figures/ablations.ts";
import { comparisons } from "./figures/comparisons.ts";
import { posteriors } from "./figures/posteriors.ts";
import { toyFigure } from "./figures/toy.ts";
import type { Artefact } from "../../lib/harness/mod.ts";

/** All figures, in the order of the paper. */
export const figures: readonly Artefact[] = [
  comparisons.timing,
  toyFigure,
  posteriors.curves,
  posteriors.likeliestTime,
  posteriors.timePrediction,
  ...comparisons.bars,
  ...comparisons.ranks,
  ablations.neighbours,
  ablations.bins,
  ablations.steps,
];
