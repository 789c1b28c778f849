import type { Paper } from "../../lib/harness/mod.ts";
import { claims } from "./claims.ts";
import { classical, neighbours, networks, posterior, timePrediction, timing, toy } from "./experiments.ts";
import { figures } from "./figures.ts";
import { tables } from "./tables.ts";

const paper: Paper = {
  id: "2305.18593",
  title: "On Diffusion Modeling for Anomaly Detection",
  authors: "Victor Livernoche, Vineet Jain, Yashar Hezaveh, Siamak Ravanbakhsh",
  venue: "ICLR 2024",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Generated stand-in data only, three small sets, networks trained for 20 epochs: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "Training-free methods on 31 data sets with all seeds; networks at full training length on 5 data sets, DTE-C on 8.",
    },
    paper: {
      data: "real",
      summary: "The 43 public tabular data sets with five seeds; the image experiments are not included.",
    },
  },
  experiments: [classical, neighbours, networks, posterior, timePrediction, toy, timing],
  artefacts: [...figures, ...tables],
  claims,
};

export default paper;
