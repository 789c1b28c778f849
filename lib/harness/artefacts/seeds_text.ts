/** How many seeds stand behind what is shown, e.g. `3 to 5 seeds`, `1 seed`. */
export function seedsText(groups: readonly { readonly runs: readonly unknown[] }[]): string {
  const counts = groups.map(({ runs }) => runs.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `${least === most ? "" : `${least} to `}${most} seed${most === 1 ? "" : "s"}`;
}

/** Which axes a mean is drawn on: all linear, all logarithmic, or some of each. */
export type MeanAxes = "linear" | "log" | "both";

/** What is drawn over seeds; on logarithmic axes it is geometric. */
const MEANS: Readonly<Record<MeanAxes, string>> = {
  linear: "Mean and standard deviation",
  log: "Geometric mean and standard deviation",
  both: "Mean and standard deviation (geometric on logarithmic axes)",
};

/** What a figure draws: `Mean and standard deviation over 5 seeds`; of a single seed, nothing but itself. */
export function spreadText(
  groups: readonly { readonly runs: readonly unknown[] }[],
  axes: MeanAxes = "linear",
): string {
  return groups.every(({ runs }) => runs.length === 1)
    ? "One seed"
    : `${MEANS[axes]} over ${seedsText(groups)}`;
}

/** A subtitle that says what is drawn, after what else it says. */
export function spreadSubtitle(
  groups: readonly { readonly runs: readonly unknown[] }[],
  { subtitle, axes }: { readonly subtitle?: string; readonly axes?: MeanAxes } = {},
): string {
  const spread = spreadText(groups, axes);
  return subtitle === undefined ? spread : `${subtitle}; ${spread[0].toLowerCase()}${spread.slice(1)}`;
}
