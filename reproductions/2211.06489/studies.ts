/** What each profile runs: experiments in named variants. */
export type { Kind } from "./studies/_seeding.ts";
export { CLOUDS, PARTS } from "./studies/clouds.ts";
export { DIGITS } from "./studies/digits.ts";
export { PARTICLES } from "./studies/particles.ts";
export { ORDERS, TIMING } from "./studies/timing.ts";
