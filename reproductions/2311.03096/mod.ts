import type { Paper } from "../../lib/harness/mod.ts";
import { claims } from "./claims.ts";
import { agreement, cifar, parallel, particles, regression, rounds, timing, torus } from "./experiments.ts";
import { figures } from "./figures.ts";
import { tables } from "./tables.ts";

const paper: Paper = {
  id: "2311.03096",
  title: "Weight-Sharing Regularization",
  authors: "Mehran Shakerinava, Motahareh Sohrabi, Siamak Ravanbakhsh, Simon Lacoste-Julien",
  venue: "AISTATS 2024",
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
  experiments: [particles, agreement, rounds, parallel, timing, regression, torus, cifar],
  artefacts: [...figures, ...tables],
  claims,
};

export default paper;
