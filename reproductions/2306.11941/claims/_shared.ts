/** What claims about states measure. */
export const STATE = "Squared error of states, mean over 100 steps";

/** What is said of the smallest effect of rules that name none. */
export const ANY = "Any difference counts.";
