import { PALETTE } from "../../../lib/figures/mod.ts";
import type { Kind } from "../studies.ts";

const [BLUE, VERMILION, GREEN, PURPLE] = PALETTE;

/** One colour per kind of network, the same in every figure. */
export const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  "baseline": BLUE,
  "weight sharing": VERMILION,
  "convolution": GREEN,
};

/** Of what is neither. */
export const OTHER_COLOUR = PURPLE;
