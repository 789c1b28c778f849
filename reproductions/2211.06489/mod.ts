import type { Paper } from "../../lib/harness/mod.ts";
import { digitTable, gridFigure, orbitFigure } from "./artefacts/digits.ts";
import { frameworksFigure } from "./artefacts/frameworks.ts";
import { orderFigure } from "./artefacts/orders.ts";
import { cloudFigure, cloudTable, particleTable, partTable, timeTable } from "./artefacts/points.ts";
import { ringFigure } from "./artefacts/rings.ts";
import { claims } from "./claims.ts";
import { CLOUDS, DIGITS, PARTICLES, PARTS, TIMING } from "./studies.ts";

const paper: Paper = {
  id: "2211.06489",
  title: "Equivariance with Learned Canonicalization Functions",
  authors: "Sékou-Oumar Kaba, Arnab Kumar Mondal, Yan Zhang, Yoshua Bengio, Siamak Ravanbakhsh",
  venue: "ICML 2023",
  read: "the abstract, parts of the text, the released code and one table",
  headline: "learned-beats-plain",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Generated stand-in data only, tiny networks trained for an epoch or three: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "2 000 MNIST digits and a CNN of a quarter of the width; 1 000 simulations; ModelNet10 with 128 points a cloud and small networks.",
    },
    paper: {
      data: "real",
      summary:
        "The paper's scale where the data allows: 10 000 digits, 3 000 simulations, ModelNet10 with 1 024 points; for a GPU.",
    },
  },
  experiments: [DIGITS, PARTICLES, CLOUDS, PARTS, TIMING].map(({ experiment }) => experiment),
  artefacts: [
    frameworksFigure,
    orbitFigure,
    ringFigure,
    gridFigure,
    orderFigure,
    digitTable,
    particleTable,
    cloudTable,
    cloudFigure,
    partTable,
    timeTable,
  ],
  claims,
};

export default paper;
