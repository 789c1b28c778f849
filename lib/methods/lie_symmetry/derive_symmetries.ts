import { assertOneFunction, infinitesimalCriterion } from "./equations.ts";
import { derivativeIndex, derivativeName, type Generator, totalDerivative } from "./generators.ts";
import { polynomial, type PolynomialLike } from "./notation.ts";
import { constant, Polynomial, variable } from "./polynomial.ts";

/** Options of {@link deriveSymmetries}. */
export interface DeriveSymmetriesOptions {
  /** What stands for a number in the residual. @default {} */
  readonly parameters?: Readonly<Record<string, number>>;
  /**
   * Highest degree of ξ, τ and φ in x, t and u together; fields of a higher one are not found. @default 3
   */
  readonly degree?: number;
}

/**
 * All Lie point symmetries of a polynomial PDE whose coefficients are polynomials of at most some degree, by
 * solving the determining equations (Olver 1993, Sec. 2.4): with ξ, τ and φ as unknown polynomials pr v[Δ] is
 * linear in their coefficients; on solutions, where Δ and its derivatives give the leading derivative, each
 * monomial in x, t and u's remaining derivatives has to vanish on its own.
 *
 * The leading derivative is the one in Δ with most t's, and of those the one of highest order; it must occur
 * with a constant coefficient.
 *
 * @param residual Δ, for one function u of x and t.
 * @returns a basis of the fields, simple ones first: `v1`, `v2`, …, then, for linear equations, `s1`, … whose
 * φ is a solution that can be added to any other.
 * @throws {RangeError} If the equation is of another kind, or its leading derivative has another coefficient.
 *
 * @example
 * ```ts
 * import { deriveSymmetries } from "@refigure/refigure/lie_symmetry";
 * import assert from "node:assert/strict";
 *
 * const found = deriveSymmetries("u_t + u u_x + u_xxx"); // Korteweg–de Vries
 * assert.deepEqual(found.map(({ xi, tau, phi }) => [xi, tau, phi].join(", ")), [
 *   "1, 0, 0",
 *   "0, 1, 0",
 *   "t, 0, 1",
 *   "x, 3 t, -2 u",
 * ]);
 * ```
 */
export function deriveSymmetries(
  residual: PolynomialLike,
  { parameters, degree = 3 }: DeriveSymmetriesOptions = {},
): Generator[] {
  if (!Number.isInteger(degree) || degree < 0) {
    throw new RangeError(
      `Cannot derive symmetries as degree must be an integer >= 0: current value is ${degree}`,
    );
  }
  const delta = polynomial(residual, parameters);
  assertOneFunction("derive symmetries", delta);
  const equation = { name: String(delta), residual: delta, generators: [] };
  const onSolutions = reduction(delta);
  const unknowns = ansatz(degree);
  const columns = unknowns.map((field) =>
    new Map(
      onSolutions(infinitesimalCriterion(equation, field)).monomials
        .map(({ coefficient, powers }) => [JSON.stringify(powers), coefficient]),
    )
  );
  const monomials = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = monomials.map((key) => columns.map((column) => column.get(key) ?? 0));
  const fields = nullSpace(rows, unknowns.length).map((weights) => combine(unknowns, weights));
  const isSum = ({ xi, tau, phi }: Generator) =>
    xi.size === 0 && tau.size === 0 && !phi.variables.includes("u");
  const named = (letter: string, description: string, list: readonly Generator[]) =>
    list.map((field, i) => ({ ...field, name: `${letter}${i + 1}`, description }));
  return [
    ...named("v", "derived", fields.filter((field) => !isSum(field) || !isLinear(delta))),
    ...named("s", "addition of a solution", fields.filter((field) => isSum(field) && isLinear(delta))),
  ];
}

/** Whether Δ is linear and homogeneous in u and its derivatives. */
function isLinear(delta: Polynomial): boolean {
  return delta.monomials.every(({ powers }) =>
    Object.entries(powers).reduce(
      (sum, [name, power]) => sum + (derivativeIndex(name) === undefined ? 0 : power),
      0,
    ) === 1
  );
}

/** Fields with one monomial in one coefficient, low degrees first: ξ, τ, φ of each. */
function ansatz(degree: number): Generator[] {
  const zero = constant(0);
  const monomials: Polynomial[] = [];
  for (let total = 0; total <= degree; total++) {
    for (let i = total; i >= 0; i--) {
      for (let j = total - i; j >= 0; j--) {
        monomials.push(new Polynomial([{ coefficient: 1, powers: { x: i, t: j, u: total - i - j } }]));
      }
    }
  }
  return monomials.flatMap((monomial) =>
    (["xi", "tau", "phi"] as const).map((key) => ({
      name: "",
      description: "",
      xi: zero,
      tau: zero,
      phi: zero,
      [key]: monomial,
    }))
  );
}

/** Weighted sum of fields. */
function combine(fields: readonly Generator[], weights: readonly number[]): Generator {
  const part = (key: "xi" | "tau" | "phi") =>
    fields.reduce(
      (sum, field, i) => weights[i] === 0 ? sum : sum.plus(field[key].times(weights[i])),
      constant(0),
    );
  return { name: "", description: "", xi: part("xi"), tau: part("tau"), phi: part("phi") };
}

const timesIn = (index: string): number => index.split("t").length - 1;

/** Rewrites differential polynomials on solutions of Δ = 0, free of the leading derivative and its own. */
function reduction(delta: Polynomial): (p: Polynomial) => Polynomial {
  const [lead] = delta.variables.map(derivativeIndex).filter((index) => index !== undefined)
    .sort((a, b) => timesIn(b) - timesIn(a) || b.length - a.length);
  const coefficient = delta.partial(derivativeName(lead));
  if (coefficient.variables.length > 0) {
    throw new RangeError(
      `Cannot derive symmetries as the leading derivative ${derivativeName(lead)} must have a constant ` +
        `coefficient: current value is ${coefficient}`,
    );
  }
  const scale = coefficient.evaluate({});
  const right = variable(derivativeName(lead)).minus(delta.times(1 / scale));
  const [leadX, leadT] = [lead.length - timesIn(lead), timesIn(lead)];
  const known = new Map<string, Polynomial>();
  /** The derivative u_J on solutions, or undefined if it is free. */
  const replaced = (index: string): Polynomial | undefined => {
    const [x, t] = [index.length - timesIn(index) - leadX, timesIn(index) - leadT];
    if (x < 0 || t < 0) return undefined;
    const found = known.get(index);
    if (found) return found;
    let value = right;
    for (let i = 0; i < x; i++) value = totalDerivative(value, "x");
    for (let i = 0; i < t; i++) value = totalDerivative(value, "t");
    const reduced = reduce(value);
    known.set(index, reduced);
    return reduced;
  };
  const reduce = (p: Polynomial): Polynomial =>
    p.variables.reduce((value, name) => {
      const index = derivativeIndex(name);
      const other = index === undefined ? undefined : replaced(index);
      return other === undefined ? value : value.substitute(name, other);
    }, p);
  return reduce;
}

/** Smaller entries, relative to the largest of their row, are rounding. */
const ROUNDING = 1e-10;

/**
 * A basis of {w : rows · w = 0} by elimination with the reduced echelon form: each vector has 1 in one free
 * column, and is scaled so that its first entry is 1.
 */
function nullSpace(rows: readonly (readonly number[])[], columns: number): number[][] {
  // Eliminated from the last unknown on, so that fields of low degree stay free of those of higher ones.
  const sizes = rows.map((row) => Math.max(...row.map(Math.abs)));
  const least = ROUNDING ** 2 * Math.max(...sizes);
  const left = rows.flatMap((row, i) => sizes[i] > least ? [row.map((value) => value / sizes[i])] : []);
  const pivots: { readonly column: number; readonly row: number[] }[] = [];
  for (let column = columns - 1; column >= 0; column--) {
    const at = left.reduce(
      (best, row, i) => Math.abs(row[column]) > Math.abs(left[best]?.[column] ?? 0) ? i : best,
      -1,
    );
    if (at < 0 || Math.abs(left[at][column]) < ROUNDING) continue;
    const [taken] = left.splice(at, 1);
    const pivot = taken.map((value) => value / taken[column]);
    const clear = (row: number[]) => {
      const factor = row[column];
      if (factor !== 0) row.forEach((value, j) => row[j] = snap(value - factor * pivot[j]));
    };
    left.forEach(clear);
    pivots.forEach(({ row }) => clear(row));
    pivots.push({ column, row: pivot });
  }
  const bound = new Set(pivots.map(({ column }) => column));
  return Array.from({ length: columns }, (_, column) => column).filter((column) => !bound.has(column))
    .map((free) => {
      const vector = Array<number>(columns).fill(0);
      vector[free] = 1;
      for (const { column, row } of pivots) vector[column] = -row[free];
      const first = vector.find((value) => value !== 0)!;
      return vector.map((value) => tidy(value / first));
    });
}

const snap = (value: number): number => Math.abs(value) < ROUNDING ? 0 : value;

/** Integers that rounding has touched. */
function tidy(value: number): number {
  const near = Math.round(value);
  return Math.abs(value - near) <= ROUNDING * Math.max(1, Math.abs(near)) ? near + 0 : value;
}
