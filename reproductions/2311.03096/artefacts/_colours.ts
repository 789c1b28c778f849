import { INK, PALETTE } from "../../../lib/figures/mod.ts";
import { PENALTIES, type Penalty } from "../studies.ts";
import type { Depth, Kind } from "../studies.ts";

const [BLUE, VERMILION, GREEN, PURPLE, ORANGE] = PALETTE;

/** One colour per kind of network, the same in every figure. */
export const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  "baseline": BLUE,
  "weight sharing": VERMILION,
  "shrinkage": PURPLE,
  "convolution": GREEN,
};

export const DEPTH_COLOURS: Readonly<Record<Depth, string>> = {
  "one layer": BLUE,
  "two layers": VERMILION,
};

/** One colour per penalty. */
export const PENALTY_COLOURS: Readonly<Record<Penalty, string>> = {
  sharing: VERMILION,
  subgradient: ORANGE,
  decay: PURPLE,
  lasso: GREEN,
  betaLasso: INK.muted,
};

export const penaltyNames = Object.keys(PENALTIES) as Penalty[];
