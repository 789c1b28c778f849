import type { Paper } from "../../lib/harness/mod.ts";
import { claims } from "./claims.ts";
import {
  equivariance,
  moleculeBaselines,
  molecules,
  nbody,
  nbodyBaselines,
  paths,
  solar,
  solarBaselines,
  timing,
} from "./experiments.ts";
import { figures } from "./figures.ts";
import { tables } from "./tables.ts";

const paper: Paper = {
  id: "2309.03139",
  title: "Using Multiple Vector Channels Improves E(n)-Equivariant Graph Neural Networks",
  authors: "Daniel Levy, Sékou-Oumar Kaba, Carmelo Gonzales, Santiago Miret, Siamak Ravanbakhsh",
  venue: "arXiv, September 2023",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "64 short simulations, six days of the solar system, 100 made-up molecules; a few epochs each.",
    },
    laptop: {
      data: "real",
      summary:
        "1 000 simulations of the N-body benchmark, 15 bodies of the solar system, 1 500 molecules of QM7 in place of QM9; " +
        "L = 3, H = 32 and short training.",
    },
    paper: {
      data: "real",
      summary:
        "The paper's networks and training lengths; QM9 has to be downloaded, and 17 of the 31 bodies are a Keplerian model.",
    },
  },
  experiments: [
    equivariance,
    nbody,
    nbodyBaselines,
    paths,
    solar,
    solarBaselines,
    molecules,
    moleculeBaselines,
    timing,
  ],
  artefacts: [...tables, ...figures],
  claims,
};

export default paper;
