import { type EvolutionEquation, symmetryFactor } from "./equations.ts";
import { generatorsOf } from "./forms.ts";
import { constant, type Polynomial } from "./polynomial.ts";

/**
 * The weight w(x, t) = Σ_g q_g² with which the `point` form of the symmetry loss repeats the residual loss:
 * L_sym = mean w Δ², e.g. 9(1 + t²) for Burgers' equation.
 *
 * @param options Names of the generators; default all.
 */
export function pointWeight(
  equation: EvolutionEquation,
  { generators }: { readonly generators?: readonly string[] } = {},
): Polynomial {
  return generatorsOf(equation, generators).reduce((total, field) => {
    const factor = symmetryFactor(equation, field);
    return total.plus(factor.times(factor));
  }, constant(0));
}

/**
 * The mean of a weight over x ~ U(0, L), t ~ U(0, T), exactly: the mean of x^i t^j is L^i T^j / ((i + 1)(j +
 * 1)).
 *
 * @throws {RangeError} If the weight depends on anything but x and t.
 */
export function meanWeight(
  weight: Polynomial,
  { length, duration }: { readonly length: number; readonly duration: number },
): number {
  const other = weight.variables.find((name) => name !== "x" && name !== "t");
  if (other !== undefined) {
    throw new RangeError(
      `Cannot average a weight as it must depend on x and t only: current value is ${other}`,
    );
  }
  return weight.monomials.reduce(
    (total, { coefficient, powers: { x = 0, t = 0 } }) =>
      total + coefficient * length ** x / (x + 1) * duration ** t / (t + 1),
    0,
  );
}
