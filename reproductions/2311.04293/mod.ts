import type { Paper } from "../../lib/harness/mod.ts";
import { burgersSearch } from "./artefacts/burgers_search.ts";
import { maps } from "./artefacts/maps.ts";
import { neighboursArtefact } from "./artefacts/neighbours.ts";
import { sweeps } from "./artefacts/sweeps.ts";
import { tables } from "./artefacts/tables.ts";
import { claims } from "./claims.ts";
import { GRADIENTS, NEIGHBOURS, SOLUTIONS, SWEEP } from "./studies.ts";

const paper: Paper = {
  id: "2311.04293",
  title: "Lie Point Symmetry and Physics Informed Networks",
  authors:
    "Tara Akhound-Sadegh, Laurence Perreault-Levasseur, Johannes Brandstetter, Max Welling, Siamak Ravanbakhsh",
  venue: "NeurIPS 2023",
  read: "the abstract, a caption and a public attempt at the paper",
  headline: "symmetry-helps-heat",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Tiny networks, 50 steps, one seed: it proves that everything runs; no network has learned anything.",
    },
    laptop: {
      data: "real",
      summary:
        "64 instead of 200 training functions, 5 layers of 64, 1500 steps, 50 to 1600 fixed interior samples, up to ten seeds.",
    },
    paper: {
      data: "real",
      summary:
        "Network, functions and steps of a public attempt at the paper, 50 to 10 000 fixed interior samples; up to ten seeds.",
    },
  },
  experiments: [NEIGHBOURS, SOLUTIONS, SWEEP.heat, GRADIENTS].map(({ experiment }) => experiment),
  artefacts: [neighboursArtefact, ...maps, ...sweeps, ...tables, burgersSearch],
  claims,
};

export default paper;
