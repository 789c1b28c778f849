import type { Paper } from "../../lib/harness/mod.ts";
import { claims } from "./claims.ts";
import { algorithmFigures } from "./artefacts/algorithms.ts";
import { particlesFigure } from "./artefacts/particles.ts";
import { regressionFigures } from "./artefacts/regression.ts";
import { sweepsFigure } from "./artefacts/sweeps.ts";
import { tables } from "./artefacts/tables.ts";
import { torusFigures } from "./artefacts/torus.ts";
import { AGREEMENT, PARALLEL, PARTICLES, REGRESSION, ROUNDS, TIMING, TORUS } from "./studies.ts";

const paper: Paper = {
  id: "2311.03096",
  title: "Weight-Sharing Regularization",
  authors: "Mehran Shakerinava, Motahareh Sohrabi, Siamak Ravanbakhsh, Simon Lacoste-Julien",
  venue: "AISTATS 2024",
  read: "the abstract, the beginning of the introduction and the released code",
  headline: "beyond-shrinkage",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Generated stand-in data only, tiny networks trained for one or two epochs: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "The algorithms in full; digits on a 7 × 7 torus, 6000 training images, one hidden layer of 16 channels or two of 8 and 16.",
    },
    paper: {
      data: "real",
      summary: "The released scripts' settings: two layers on a 14 × 14 torus; meant for a GPU.",
    },
  },
  experiments: [PARTICLES, AGREEMENT, ROUNDS, PARALLEL, TIMING, REGRESSION, TORUS]
    .map(({ experiment }) => experiment),
  artefacts: [
    particlesFigure,
    ...algorithmFigures,
    ...regressionFigures,
    ...torusFigures,
    sweepsFigure,
    ...tables,
  ],
  claims,
};

export default paper;
