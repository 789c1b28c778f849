import { INK, PALETTE } from "../../../lib/figures/mod.ts";
import { mean, std } from "../../../lib/stats/mod.ts";
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

/** Mean and standard deviation over seeds to two places, or the one value. */
export const spreadOf = (values: readonly number[]): string =>
  values.length === 1
    ? values[0].toFixed(2)
    : `${mean(values).toFixed(2)} ± ${std(values, { ddof: 1 }).toFixed(2)}`;
