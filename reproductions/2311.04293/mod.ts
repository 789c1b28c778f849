import type { Paper } from "../../lib/harness/mod.ts";
import { claims } from "./claims.ts";
import { neighbours, solutions, training } from "./experiments.ts";
import { figures } from "./figures.ts";
import { tables } from "./tables.ts";

const paper: Paper = {
  id: "2311.04293",
  title: "Lie Point Symmetry and Physics Informed Networks",
  authors:
    "Tara Akhound-Sadegh, Laurence Perreault-Levasseur, Johannes Brandstetter, Max Welling, Siamak Ravanbakhsh",
  venue: "NeurIPS 2023",
  profiles: {
    smoke: {
      data: "real",
      summary:
        "Tiny networks, 50 steps, one seed: it proves that everything runs; no network has learned anything.",
    },
    laptop: {
      data: "real",
      summary:
        "64 instead of 200 training functions, 5 layers of 64, 2000 steps, 100 to 1600 interior samples, five seeds.",
    },
    paper: {
      data: "real",
      summary: "Network, functions, steps and samples of a public attempt at the paper; five seeds.",
    },
  },
  experiments: [neighbours, solutions, training],
  artefacts: [...figures, ...tables],
  claims,
};

export default paper;
