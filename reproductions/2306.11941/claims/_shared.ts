/** Three comparisons of one kind share the 5 %. */
const FAMILY = 3;

/** Coverage of an interval in a family of three comparisons. */
export const FAMILY_LEVEL = Math.ceil(1000 * (1 - 0.05 / FAMILY)) / 1000;

/** What claims about states measure. */
export const STATE = "Squared error of states, mean over 100 steps";
