import type { Paper } from "../../lib/harness/mod.ts";
import { bodyErrors } from "./artefacts/bodies.ts";
import { costFigure, costTables } from "./artefacts/cost.ts";
import { channelsFigure, learningFigure } from "./artefacts/curves.ts";
import { errorTables } from "./artefacts/errors.ts";
import { fullSizeFigure, fullSizeTable } from "./artefacts/full_size.ts";
import { trajectories } from "./artefacts/trajectories.ts";
import { claims } from "./claims.ts";
import {
  EQUIVARIANCE,
  MOLECULE_BASELINES,
  MOLECULES,
  NBODY,
  NBODY_BASELINES,
  PATHS,
  SOLAR,
  SOLAR_BASELINES,
  TIMING,
} from "./studies.ts";

const paper: Paper = {
  id: "2309.03139",
  title: "Using Multiple Vector Channels Improves E(n)-Equivariant Graph Neural Networks",
  authors: "Daniel Levy, Sékou-Oumar Kaba, Carmelo Gonzales, Santiago Miret, Siamak Ravanbakhsh",
  venue: "arXiv, September 2023",
  read: "the abstract and the released code",
  headline: "nbody-channels",
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
    EQUIVARIANCE,
    NBODY,
    NBODY_BASELINES,
    PATHS,
    SOLAR,
    SOLAR_BASELINES,
    MOLECULES,
    MOLECULE_BASELINES,
    TIMING,
  ].map(({ experiment }) => experiment),
  artefacts: [
    ...errorTables,
    ...costTables,
    fullSizeTable,
    fullSizeFigure,
    trajectories,
    channelsFigure,
    bodyErrors,
    learningFigure,
    costFigure,
  ],
  claims,
};

export default paper;
