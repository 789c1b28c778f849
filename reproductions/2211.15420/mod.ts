import type { Paper } from "../../lib/harness/mod.ts";
import { crystalFigure } from "./artefacts/crystals.ts";
import { patternArtefacts } from "./artefacts/patterns.ts";
import { sizeArtefacts } from "./artefacts/sizes.ts";
import { tables } from "./artefacts/tables.ts";
import { claims } from "./claims.ts";
import { FORMS, PATTERNS, PEROVSKITE_TRIVIAL, PEROVSKITES } from "./studies/mod.ts";

const paper: Paper = {
  id: "2211.15420",
  title: "Equivariant Networks for Crystal Structures",
  authors: "Sékou-Oumar Kaba, Siamak Ravanbakhsh",
  venue: "NeurIPS 2022",
  read: "the abstract, the introduction and the released code",
  headline: "competitive",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "All groups; networks of width 12 trained for two epochs on a few dozen made-up crystals: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "1 500 perovskites, 400 carbon allotropes, 640 insulators and 640 phonon spectra to learn from, two layers of width 24 " +
        "or 32 for 12 to 24 epochs; the Materials Project's 62 919 crystals are left out.",
    },
    paper: {
      data: "real",
      summary:
        "The same data sets with six layers of width 100 and 300 epochs; meant for a GPU. The Materials Project needs an interface key.",
    },
  },
  experiments: [PATTERNS, FORMS, PEROVSKITES, PEROVSKITE_TRIVIAL].map(({ experiment }) => experiment),
  artefacts: [crystalFigure, ...patternArtefacts, ...tables, ...sizeArtefacts],
  claims,
};

export default paper;
