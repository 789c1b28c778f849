import type { Paper } from "../../lib/harness/mod.ts";
import { correlationFigures } from "./artefacts/correlations.ts";
import { galaxyFigures } from "./artefacts/galaxies.ts";
import { trainingArtefacts } from "./artefacts/training.ts";
import { claims } from "./claims.ts";
import { MEASURED, MODELS, PICTURES, TRUTHS } from "./studies.ts";

const paper: Paper = {
  id: "2212.05596",
  title:
    "Galaxies on graph neural networks: towards robust synthetic galaxy catalogs with deep generative models",
  authors:
    "Yesukhei Jagvaral, François Lanusse, Sukhdeep Singh, Rachel Mandelbaum, Siamak Ravanbakhsh, Duncan Campbell",
  venue: "Machine Learning for Astrophysics, workshop at ICML 2022",
  read: "the abstract and the released code, in which half of the model is missing",
  headline: "orientations",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "A synthetic box of 30 Mpc/h, tiny networks, a few iterations: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "Synthetic boxes of 125 Mpc/h with strong planted alignments (46 000 galaxies), a quarter of the widths, " +
        "1500 iterations of both models, two seeds.",
    },
    paper: {
      data: "real",
      summary:
        "The released code's networks and 300 000 updates, on synthetic catalogues with alignments as in simulations; " +
        "meant for a GPU.",
    },
  },
  experiments: [MODELS, TRUTHS, PICTURES, MEASURED].map(({ experiment }) => experiment),
  artefacts: [...galaxyFigures, ...correlationFigures, ...trainingArtefacts],
  claims,
};

export default paper;
