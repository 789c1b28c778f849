import type { Paper } from "../../lib/harness/mod.ts";
import { claims } from "./claims.ts";
import { algorithmFigures } from "./artefacts/algorithms.ts";
import { cifarFigure } from "./artefacts/cifar.ts";
import { particlesFigure } from "./artefacts/particles.ts";
import { regressionFigures } from "./artefacts/regression.ts";
import { tables } from "./artefacts/tables.ts";
import { torusFigures } from "./artefacts/torus.ts";
import { AGREEMENT, CIFAR, PARALLEL, PARTICLES, REGRESSION, ROUNDS, TIMING, TORUS } from "./studies.ts";

const paper: Paper = {
  id: "2311.03096",
  title: "Weight-Sharing Regularization",
  authors: "Mehran Shakerinava, Motahareh Sohrabi, Siamak Ravanbakhsh, Simon Lacoste-Julien",
  venue: "AISTATS 2024",
  read: "the abstract, the beginning of the introduction and the released code",
  headline: "sharing-helps",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Generated stand-in data only, tiny networks trained for one or two epochs: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "The algorithms in full; digits on a 7 × 7 torus, 6000 training images, one hidden layer (two for three networks); 4000 " +
        "photographs of 16 × 16 pixels.",
    },
    paper: {
      data: "real",
      summary:
        "The released scripts' settings: two layers on a 14 × 14 torus, and all of CIFAR-10; meant for a GPU.",
    },
  },
  experiments: [PARTICLES, AGREEMENT, ROUNDS, PARALLEL, TIMING, REGRESSION, TORUS, CIFAR]
    .map(({ experiment }) => experiment),
  artefacts: [
    particlesFigure,
    ...algorithmFigures,
    ...regressionFigures,
    ...torusFigures,
    cifarFigure,
    ...tables,
  ],
  claims,
};

export default paper;
