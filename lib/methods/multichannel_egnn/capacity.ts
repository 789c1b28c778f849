import { countMultichannelEgnn, type MultichannelEgnnConfig } from "./multichannel_egnn.ts";

/**
 * The smallest width H at which EGNN (K = 1) has at least as many parameters as the given network: a control
 * that shows whether a gain comes from parameters. Not in the paper.
 *
 * @example
 * ```ts
 * import { countMultichannelEgnn, matchedHidden } from "@refigure/refigure/multichannel_egnn";
 * import assert from "node:assert/strict";
 *
 * assert.equal(matchedHidden({ channels: 3 }), 65);
 * assert.ok(countMultichannelEgnn({ hidden: 65 }) >= countMultichannelEgnn({ channels: 3 }));
 * ```
 */
export function matchedHidden(config: MultichannelEgnnConfig): number {
  const wanted = countMultichannelEgnn(config);
  let hidden = config.hidden ?? 64;
  while (countMultichannelEgnn({ ...config, channels: 1, tied: false, hidden }) < wanted) hidden++;
  return hidden;
}
