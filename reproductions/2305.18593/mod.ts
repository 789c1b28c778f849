import type { Paper } from "../../lib/harness/mod.ts";
import { ablations } from "./artefacts/ablations.ts";
import { comparisons, figure1 } from "./artefacts/comparisons.ts";
import { moreTables } from "./artefacts/more_tables.ts";
import { posteriorFigures } from "./artefacts/posteriors.ts";
import { tables } from "./artefacts/tables.ts";
import { toyFigure } from "./artefacts/toy.ts";
import { claims } from "./claims.ts";
import {
  CLASSICAL,
  NEIGHBOURS,
  NETWORKS,
  POSTERIOR,
  TIME_PREDICTION,
  TIMING,
  TOY,
  TRAINING_TIME,
} from "./studies.ts";

const paper: Paper = {
  id: "2305.18593",
  title: "On Diffusion Modeling for Anomaly Detection",
  authors: "Victor Livernoche, Vineet Jain, Yashar Hezaveh, Siamak Ravanbakhsh",
  venue: "ICLR 2024",
  read: "parts of the text, the released code and the authors' result sheets",
  headline: "dte-c-vs-ddpm-semi",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Generated stand-in data only, three small sets, networks trained for 20 epochs: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "Training-free methods on 31 data sets and on MVTec-AD with all seeds; networks at full training length on 5 data sets, DTE-C on 8.",
    },
    paper: {
      data: "real",
      summary: "The 43 public tabular data sets with five seeds; the image experiments are not included.",
    },
  },
  experiments: [CLASSICAL, NEIGHBOURS, NETWORKS, POSTERIOR, TIME_PREDICTION, TOY, TIMING, TRAINING_TIME]
    .map(({ experiment }) => experiment),
  artefacts: [
    figure1,
    toyFigure,
    ...posteriorFigures,
    ...comparisons,
    ...ablations,
    ...tables,
    ...moreTables,
  ],
  claims,
};

export default paper;
