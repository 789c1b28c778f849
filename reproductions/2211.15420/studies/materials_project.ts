import { type Seeds, study } from "../../../lib/harness/mod.ts";
import { property } from "../experiments/property.ts";
import { trivial } from "../experiments/trivial.ts";
import { ecn, equalBudget, LARGE, MEDIUM, networkOf, SMALL, type Task, trivialOn } from "./networks.ts";

const GAP = {
  set: "mp-dielectric-piezo/dielectric",
  property: "band_gap",
  rule: { covalent: 0.5 },
} as const;
const PEAK = { set: "mp-phonons/phonons", property: "peak", log: true, rule: { covalent: 0.5 } } as const;

const GAP_SCALES = {
  smoke: { ...SMALL, seeds: 1, task: { ...GAP, train: 16, valid: 8, test: 16 } },
  laptop: { ...MEDIUM, seeds: 3, task: { ...GAP, train: 640, valid: 100, test: 300 } },
  paper: { ...LARGE, seeds: 5, task: { ...GAP, train: 745, valid: 100, test: 211 } },
} as const;

const PEAK_SCALES = {
  smoke: { ...SMALL, seeds: 1, task: { ...PEAK, train: 16, valid: 8, test: 16 } },
  laptop: { ...MEDIUM, seeds: 3, task: { ...PEAK, train: 640, valid: 100, test: 300 } },
  paper: { ...LARGE, seeds: 5, task: { ...PEAK, train: 1000, valid: 100, test: 275 } },
} as const;

function networks({ seeds, ...task }: Task & { readonly seeds: Seeds }) {
  const network = networkOf(task), { sizes } = task;
  return {
    set: network("ECN, set (message passing)", "control", ecn("set", sizes), { seeds }),
    pcubic: network("ECN, pcubic", "ECN", equalBudget("pcubic", sizes), { seeds }),
    cgcnn: network("CGCNN", "baseline", { kind: "cgcnn", ...sizes }, { seeds }),
    isolated: network("ECN without neighbours", "control", ecn("set", sizes), { seeds, control: "isolated" }),
  };
}

/** Band gaps of insulators. */
export const GAPS = study(property, {
  smoke: networks(GAP_SCALES.smoke),
  laptop: networks(GAP_SCALES.laptop),
  paper: networks(GAP_SCALES.paper),
});

/** Predictors without a network for them. */
export const GAPS_TRIVIAL = study(trivial, {
  smoke: trivialOn(GAP_SCALES.smoke, GAP_SCALES.smoke),
  laptop: trivialOn(GAP_SCALES.laptop, GAP_SCALES.laptop),
  paper: trivialOn(GAP_SCALES.paper, GAP_SCALES.paper),
});

/** Last peaks of phonon spectra. */
export const PEAKS = study(property, {
  smoke: networks(PEAK_SCALES.smoke),
  laptop: networks(PEAK_SCALES.laptop),
  paper: networks(PEAK_SCALES.paper),
});

/** Predictors without a network for them. */
export const PEAKS_TRIVIAL = study(trivial, {
  smoke: trivialOn(PEAK_SCALES.smoke, PEAK_SCALES.smoke),
  laptop: trivialOn(PEAK_SCALES.laptop, PEAK_SCALES.laptop),
  paper: trivialOn(PEAK_SCALES.paper, PEAK_SCALES.paper),
});
