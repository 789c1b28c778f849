import type { EvolutionEquation } from "./equations.ts";
import type { SymmetryLossOptions } from "./forms.ts";
import { meanWeight, pointWeight } from "./weights.ts";

/** An equation on a periodic domain. */
export interface OperatorProblem {
  /** The equation. */
  readonly equation: EvolutionEquation;
  /** L: x is in [0, L), periodic. */
  readonly length: number;
  /** T: t is in [0, T]. */
  readonly duration: number;
}

/** Weights of the terms of a training loss; a weight that is absent or 0 leaves its term out. */
export interface Objective {
  /** α of L_PDE = mean Δ². */
  readonly residual?: number;
  /** γ of L_data: initial values and periodicity. */
  readonly data?: number;
  /** β of L_sym, with the options of the symmetry loss. */
  readonly symmetry?: SymmetryLossOptions & { readonly weight: number };
  /** Weight of mean w Δ² with {@link pointWeight} w: what the `point` form amounts to. */
  readonly weightedResidual?: number;
  /**
   * ε of causal weights: in all terms on the equation a point counts exp(−ε · what earlier points add to mean
   * Δ²), so that late times wait for early ones (Wang, Sankaran and Perdikaris 2022). Interior points must be
   * shared. Absent: all count the same.
   */
  readonly causal?: number;
  /** Weight of the mean squared error at points of true solutions. */
  readonly supervised?: number;
  /**
   * Transform the initial conditions at random in every step, see {@link EvolutionEquation.augmentations}.
   */
  readonly augment?: boolean;
}

/**
 * Methods that are compared (Sec. 6 of the paper and controls):
 *
 * - `pinn`: residual and data, no symmetry.
 * - `symmetry`: the symmetry loss beside the residual loss.
 * - `symmetry-only`: the symmetry loss in its place.
 * - `pinn-matched`: no symmetry loss; α raised by β times its mean weight.
 * - `pinn-weighted`: no symmetry loss; the residual weighted point by point as the `point` form weights it.
 * - `gpinn`: gradient-enhanced, α mean Δ² + β mean((D_xΔ)² + (D_tΔ)²).
 * - `aug`: `pinn` on initial conditions moved by symmetries.
 * - `supervised`: true solutions, no equation.
 */
export type MethodName =
  | "pinn"
  | "symmetry"
  | "symmetry-only"
  | "pinn-matched"
  | "pinn-weighted"
  | "gpinn"
  | "aug"
  | "supervised";

/** All methods. */
export const METHODS: readonly MethodName[] = [
  "pinn",
  "symmetry",
  "symmetry-only",
  "pinn-matched",
  "pinn-weighted",
  "gpinn",
  "aug",
  "supervised",
];

/** Options of {@link objectiveOf}. */
export interface ObjectiveOptions extends SymmetryLossOptions {
  /** α. @default 150, and 0 for `symmetry-only` */
  readonly alpha?: number;
  /** β. @default 100 */
  readonly beta?: number;
  /** γ. @default 20 */
  readonly gamma?: number;
  /** ε of causal weights. @default none */
  readonly causal?: number;
}

/**
 * The training loss of a method.
 *
 * The weights 150, 100 and 20 are those of a public attempt at the paper; whether the paper keeps L_PDE
 * beside L_sym is not known. For the controls of `symmetry-only`, give `alpha: 0`.
 *
 * @throws {RangeError} If the method is unknown.
 */
export function objectiveOf(
  method: MethodName,
  { equation, length, duration }: OperatorProblem,
  options: ObjectiveOptions = {},
): Objective {
  const { alpha = method === "symmetry-only" ? 0 : 150, beta = 100, gamma = 20, causal, ...form } = options;
  const base = { residual: alpha, data: gamma, ...causal !== undefined && { causal } };
  switch (method) {
    case "pinn":
      return base;
    case "symmetry":
    case "symmetry-only":
      return { ...base, symmetry: { ...form, weight: beta } };
    case "pinn-matched": {
      const weight = meanWeight(pointWeight(equation, form), { length, duration });
      return { ...base, residual: alpha + beta * weight };
    }
    case "pinn-weighted":
      return { ...base, weightedResidual: beta };
    case "gpinn":
      return { ...base, symmetry: { form: "total", generators: ["v1", "v2"], weight: beta } };
    case "aug":
      return { ...base, augment: true };
    case "supervised":
      return { supervised: 1 };
  }
  throw new RangeError(
    `Cannot make a loss as the method must be one of ${METHODS}: current value is ${method}`,
  );
}
