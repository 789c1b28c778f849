/** What time is taken by: the clock, or on a busy machine this process's own processor time. */
import process from "node:process";

/** `wall`: the clock. `processor`: what this process has used, which others cannot take from it. */
export const CLOCKS = ["wall", "processor"] as const;
export type Clock = typeof CLOCKS[number];

let clock: Clock = "wall";

/** Chooses the clock of this process's measurements. */
export function useClock(chosen: Clock): void {
  clock = chosen;
}

/** Milliseconds since some moment. */
export function now(): number {
  if (clock === "wall") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
