import { type Stream, stream } from "../../random/mod.ts";
import { assertEvolution, type EvolutionEquation, infinitesimalCriterion, orderOf } from "./equations.ts";
import {
  derivativeIndex,
  derivativeName,
  type Generator,
  multiIndices,
  totalDerivative,
} from "./generators.ts";
import { type Polynomial, variable } from "./polynomial.ts";

/** Values of x, t, u, u_x, … of one function at one point. */
export type JetPoint = Readonly<Record<string, number>>;

/** Options of {@link checkSymmetries}. */
export interface CheckSymmetriesOptions {
  /** Vector fields to check. @default the equation's generators */
  readonly fields?: readonly Generator[];
  /**
   * Jets of exact solutions, of the equation's order at least. @default 20 of {@link solutionJet}
   */
  readonly jets?: readonly JetPoint[];
  /** Largest |pr v[Δ]| relative to the sum of its terms' sizes. @default 1e-9 */
  readonly tolerance?: number;
}

/** Whether a vector field is a symmetry. */
export interface SymmetryCheck {
  /** Of the vector field. */
  readonly name: string;
  /** Whether the residual's change vanishes on solutions. */
  readonly isSymmetry: boolean;
  /** The largest |pr v[Δ]| relative to the sum of its terms' sizes: rounding, or of order 1. */
  readonly largest: number;
  /** pr v[Δ] where that is. */
  readonly criterion: number;
  /** The jet where that is. */
  readonly at: JetPoint;
}

/**
 * The jet of a solution at a random point: x, t and the derivatives in x are drawn, those in t follow from
 * the equation (each choice belongs to an analytic solution near the point, by the Cauchy–Kovalevskaya
 * theorem, or to a formal one).
 *
 * @param order Highest order of the derivatives that the jet holds.
 * @throws {RangeError} If the equation is not one for u_t alone.
 */
export function solutionJet(equation: EvolutionEquation, random: Stream, order: number): JetPoint {
  assertEvolution(`draw solutions of ${equation.name}`, equation.residual);
  const draw = () => 2 * random.nextUniform() - 1;
  const jet: Record<string, number> = { x: draw(), t: 1 + draw() };
  // u_t = u_t − Δ
  const rate = variable("u_t").minus(equation.residual);
  const find = (name: string): void => {
    if (jet[name] !== undefined) return;
    const index = derivativeIndex(name)!;
    if (!index.endsWith("t")) {
      jet[name] = draw();
      return;
    }
    let derivative: Polynomial = rate;
    for (const letter of index.slice(0, -1)) derivative = totalDerivative(derivative, letter as "x" | "t");
    derivative.variables.forEach(find);
    jet[name] = derivative.evaluate(jet);
  };
  multiIndices(order).map(derivativeName).forEach(find);
  return jet;
}

/**
 * Evaluates the infinitesimal criterion pr v[Δ] on solutions, where it vanishes for symmetries, and says
 * which vector fields fail.
 *
 * @returns one entry per field.
 *
 * @example
 * ```ts
 * import { advection, checkSymmetries, generator } from "@refigure/refigure/lie_symmetry";
 * import assert from "node:assert/strict";
 *
 * const boost = generator("boost", { xi: "t", phi: 1 });
 * const [right] = checkSymmetries(advection(2));
 * const [wrong] = checkSymmetries(advection(2), { fields: [boost] });
 * assert.deepEqual([right.isSymmetry, wrong.isSymmetry], [true, false]);
 * ```
 */
export function checkSymmetries(
  equation: EvolutionEquation,
  { fields = equation.generators, jets, tolerance = 1e-9 }: CheckSymmetriesOptions = {},
): SymmetryCheck[] {
  const random = stream(0, "symmetry check", equation.name);
  const points = jets ??
    Array.from({ length: 20 }, () => solutionJet(equation, random, orderOf(equation)));
  return fields.map((field) => {
    const criterion = infinitesimalCriterion(equation, field);
    const seen = points.map((at) => {
      const value = criterion.evaluate(at);
      const size = criterion.evaluate(at, ABSOLUTE);
      return { criterion: value, largest: size === 0 ? 0 : Math.abs(value) / size, at };
    });
    const worst = seen.reduce((a, b) => b.largest > a.largest ? b : a);
    return { name: field.name, isSymmetry: worst.largest <= tolerance, ...worst };
  });
}

/** Evaluates the sum of the absolute values of the terms. */
const ABSOLUTE = {
  add: (a: number, b: number) => Math.abs(a) + Math.abs(b),
  multiply: (a: number, b: number) => Math.abs(a * b),
  scale: (a: number, c: number) => Math.abs(a * c),
  constant: (c: number) => Math.abs(c),
};

/**
 * Insists that all generators of an equation are symmetries.
 *
 * @throws {RangeError} Naming those that are not, with the numbers.
 */
export function assertSymmetries(equation: EvolutionEquation, options: CheckSymmetriesOptions = {}): void {
  const wrong = checkSymmetries(equation, options).filter(({ isSymmetry }) => !isSymmetry);
  if (wrong.length === 0) return;
  const details = wrong.map(({ name, criterion, at }) =>
    `${name}, where it is ${criterion.toPrecision(3)} at x = ${at.x.toPrecision(3)}, t = ${
      at.t.toPrecision(3)
    }`
  );
  throw new RangeError(
    `Cannot use the generators of ${equation.name} as pr v[Δ] must vanish on solutions: it does not for ${
      details.join("; ")
    }`,
  );
}
