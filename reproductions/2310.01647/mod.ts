import type { Paper } from "../../lib/harness/mod.ts";
import { cloudTable, frontFigure } from "./artefacts/clouds.ts";
import { classFigure, digitTable, lambdaFigure, poseFigure, schemeFigure } from "./artefacts/digits.ts";
import { finetuningTable, photographTable, teaserFigure, timeTable } from "./artefacts/photographs.ts";
import { sceneFigure, sceneTable } from "./artefacts/scenes.ts";
import { sizeTable } from "./artefacts/sizes.ts";
import { claims } from "./claims.ts";
import { CLOUDS, DIGITS, ENERGIES, FINETUNING, PHOTOGRAPHS, SCENES, TIMING } from "./studies.ts";

const paper: Paper = {
  id: "2310.01647",
  title: "Equivariant Adaptation of Large Pretrained Models",
  authors: "Arnab Kumar Mondal, Siba Smarak Panigrahi, Sékou-Oumar Kaba, Sai Rajeswar, Siamak Ravanbakhsh",
  venue: "NeurIPS 2023",
  read: "the abstract, parts of the text, the released code and three quoted tables",
  headline: "zero-shot-adaptation",
  profiles: {
    smoke: {
      data: "stand-in",
      summary: "Generated stand-in data and tiny networks, an epoch or two: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "Published CIFAR-10 ResNets (20 and 56 layers) with 4 000 training and 700 unseen test photographs; MNIST and a perceptron; " +
        "ModelNet10 with 128 points a cloud.",
    },
    paper: {
      data: "real",
      summary: "The same data with longer training and more seeds; for a GPU.",
    },
  },
  experiments: [PHOTOGRAPHS, ENERGIES, FINETUNING, DIGITS, SCENES, CLOUDS, TIMING].map(({ experiment }) =>
    experiment
  ),
  artefacts: [
    teaserFigure,
    schemeFigure,
    poseFigure,
    photographTable,
    sizeTable,
    finetuningTable,
    sceneTable,
    sceneFigure,
    digitTable,
    lambdaFigure,
    classFigure,
    cloudTable,
    frontFigure,
    timeTable,
  ],
  claims,
};

export default paper;
