import { INK, PALETTE } from "../../../lib/figures/mod.ts";
import type { ModelName } from "../studies.ts";

/** One colour for each model, the same in all figures. */
export const MODEL_COLOURS: Readonly<Record<ModelName, string>> = {
  koopman: PALETTE[1],
  mlp: PALETTE[0],
  gru: PALETTE[2],
  transformer: PALETTE[3],
  ssm: PALETTE[4],
};

/** Colour of predictors without a network. */
export const TRIVIAL_COLOUR = INK.muted;
