import type { Regulariser } from "../experiments/_methods.ts";

/** What a fully connected network is trained with, to be compared with the same effort. */
export type Penalty = "sharing" | "subgradient" | "decay" | "lasso" | "betaLasso";

/** All of them, in the order of figures, as they are called there. */
export const PENALTIES: Readonly<Record<Penalty, string>> = {
  sharing: "R",
  subgradient: "R, subgradient",
  decay: "weight decay",
  lasso: "l1",
  betaLasso: "β-lasso",
};

/** β of the β-lasso, that of Neyshabur (2020). */
const BETA = 50;

/** A penalty on every layer: the second has a tenth of the first's strength, as in the released script. */
export function regulariserOf(
  penalty: Penalty,
  { strength, layers }: { readonly strength: number; readonly layers: number },
): Regulariser {
  const each = Array.from({ length: layers }, (_, layer) => layer === 0 ? strength : strength / 10);
  switch (penalty) {
    case "sharing":
      return { sharing: each };
    case "subgradient":
      return { sharing: each, subgradient: true };
    case "decay":
      return { decay: each };
    case "lasso":
      return { lasso: each };
    case "betaLasso":
      return { betaLasso: { lambda: strength, beta: BETA } };
  }
}

/** Strengths, all alike in number: the largest is where a network no longer learns, or near it. */
export type Grid = Readonly<Record<Penalty, readonly number[]>>;

/** The grid of the `laptop` profile. */
export const GRID: Grid = {
  sharing: [1e-4, 2e-4, 5e-4, 1e-3, 2e-3],
  subgradient: [1e-4, 2e-4, 5e-4, 1e-3, 2e-3],
  decay: [2e-3, 5e-3, 1e-2, 2e-2, 5e-2],
  lasso: [1e-4, 2e-4, 5e-4, 1e-3, 2e-3],
  betaLasso: [1e-5, 5e-5, 1e-4, 2e-4, 5e-4],
};

/** Strengths that {@link TUNING} picks, and by what. */
export interface Chosen {
  /** By accuracy on validation images. */
  readonly accurate: Readonly<Record<Penalty, number>>;
  /** By circulant energy, among those that are at least as accurate on validation images as no penalty is. */
  readonly alike: Readonly<Record<"sharing" | "decay", number>>;
}
