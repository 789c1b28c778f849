import { PALETTE } from "../../../lib/figures/mod.ts";

/** Colour of a network with K channels, the same in all figures: orange is EGNN, blue K = 3. */
export function channelColour(channels: number): string {
  return PALETTE[{ 1: 1, 2: 2, 3: 0, 5: 3, 10: 4 }[channels] ?? 5];
}

/** What figures and tables call a target. */
export function targetName(target: string): string {
  return target === "atomisation" ? "atomisation energy" : target;
}
