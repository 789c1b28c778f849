import { polynomial, type PolynomialLike } from "./notation.ts";
import { constant, type Polynomial, variable } from "./polynomial.ts";

/**
 * A point transformation's vector field v = ξ ∂_x + τ ∂_t + φ ∂_u, with polynomial coefficients in x, t, u.
 */
export interface Generator {
  /** How figures and messages call it, e.g. `v5`. */
  readonly name: string;
  /** What it does, e.g. "Galilean boost". */
  readonly description: string;
  /** ξ(x, t, u). */
  readonly xi: Polynomial;
  /** τ(x, t, u). */
  readonly tau: Polynomial;
  /** φ(x, t, u). */
  readonly phi: Polynomial;
}

/** A vector field as it is written; coefficients that are left out are 0. */
export interface VectorField {
  /** What the flow does, in words. @default the generator's name */
  readonly description?: string;
  /** ξ(x, t, u), e.g. `"4 nu t x"`. @default 0 */
  readonly xi?: PolynomialLike;
  /** τ(x, t, u). @default 0 */
  readonly tau?: PolynomialLike;
  /** φ(x, t, u). @default 0 */
  readonly phi?: PolynomialLike;
  /** What stands for a number in the coefficients, e.g. ν. @default {} */
  readonly parameters?: Readonly<Record<string, number>>;
}

/**
 * Makes a generator.
 *
 * @throws {RangeError} If a coefficient depends on anything but x, t and u.
 * @throws {SyntaxError} If a coefficient cannot be read.
 */
export function generator(
  name: string,
  { description = name, xi = 0, tau = 0, phi = 0, parameters }: VectorField,
): Generator {
  const read = (coefficient: PolynomialLike) => polynomial(coefficient, parameters);
  const made = { name, description, xi: read(xi), tau: read(tau), phi: read(phi) };
  for (const coefficient of [made.xi, made.tau, made.phi]) {
    const other = coefficient.variables.find((v) => !["x", "t", "u"].includes(v));
    if (other !== undefined) {
      throw new RangeError(
        `Cannot make generator ${name} as its coefficients must depend on x, t and u only: current value is ${other}`,
      );
    }
  }
  return made;
}

/** The variable that stands for a derivative: `""` → `u`, `"xt"` → `u_xt`. */
export function derivativeName(index: string): string {
  return index === "" ? "u" : `u_${index}`;
}

/** The multi-index of a variable: `u` → `""`, `u_xt` → `"xt"`; undefined for x and t. */
export function derivativeIndex(name: string): string | undefined {
  return name === "u" ? "" : name.startsWith("u_") ? name.slice(2) : undefined;
}

/** J with one letter more, x before t. */
function extend(index: string, letter: "x" | "t"): string {
  return letter === "x" ? "x" + index : index + "t";
}

/** All multi-indices in x and t up to an order, lower orders first: `""`, `x`, `t`, `xx`, `xt`, `tt`, … */
export function multiIndices(order: number): string[] {
  return Array.from(
    { length: order + 1 },
    (_, n) => Array.from({ length: n + 1 }, (_, j) => "x".repeat(n - j) + "t".repeat(j)),
  ).flat();
}

/**
 * Total derivative of a differential polynomial: D_x P = ∂P/∂x + Σ_J u_{Jx} ∂P/∂u_J, and so for t (Olver
 * 1993, Eq. 2.36).
 */
export function totalDerivative(p: Polynomial, letter: "x" | "t"): Polynomial {
  return p.variables.reduce((total, name) => {
    const index = derivativeIndex(name);
    if (index === undefined) return name === letter ? total.plus(p.partial(name)) : total;
    return total.plus(p.partial(name).times(variable(derivativeName(extend(index, letter)))));
  }, constant(0));
}

/** The characteristic Q = φ − ξ u_x − τ u_t. */
export function characteristic({ xi, tau, phi }: Generator): Polynomial {
  return phi.minus(xi.times(variable("u_x"))).minus(tau.times(variable("u_t")));
}

/**
 * The coefficients φ^J of the prolonged vector field, φ^J = D_J Q + ξ u_{J,x} + τ u_{J,t} (Olver 1993, Thm
 * 2.36).
 *
 * They are polynomials in x, t, u and u's derivatives up to the order of J, to be evaluated on the jet of any
 * function; no general computer algebra is needed.
 *
 * @param order n ≥ 0.
 * @returns φ^J by multi-index J up to order n; `""` is φ itself.
 *
 * @example
 * ```ts
 * import { generator, prolong } from "@refigure/refigure/lie_symmetry";
 * import assert from "node:assert/strict";
 *
 * // Scaling x ∂_x + 2t ∂_t shrinks u_xx twice as fast as u_x.
 * const scaling = generator("scaling", { xi: "x", tau: "2 t" });
 * const { x, xx } = prolong(scaling, 2);
 * assert.deepEqual([String(x), String(xx)], ["-u_x", "-2 u_xx"]);
 * ```
 */
export function prolong(field: Generator, order: number): Readonly<Record<string, Polynomial>> {
  const byIndex: Record<string, Polynomial> = { "": characteristic(field) };
  for (const index of multiIndices(order).slice(1)) {
    const letter = index.endsWith("t") ? "t" : "x";
    byIndex[index] = totalDerivative(byIndex[index.slice(0, -1)], letter);
  }
  return Object.fromEntries(
    Object.entries(byIndex).map(([index, derivative]) => [
      index,
      derivative
        .plus(field.xi.times(variable(derivativeName(extend(index, "x")))))
        .plus(field.tau.times(variable(derivativeName(extend(index, "t"))))),
    ]),
  );
}

/** v(f) = ξ f_x + τ f_t + φ f_u for a function of x, t, u. */
function apply({ xi, tau, phi }: Generator, f: Polynomial): Polynomial {
  return xi.times(f.partial("x")).plus(tau.times(f.partial("t"))).plus(phi.times(f.partial("u")));
}

/** The Lie bracket [v, w], whose coefficients are v(ξ_w) − w(ξ_v) and so on. */
export function lieBracket(v: Generator, w: Generator): Generator {
  const part = (key: "xi" | "tau" | "phi") => apply(v, w[key]).minus(apply(w, v[key]));
  const name = `[${v.name}, ${w.name}]`;
  return { name, description: name, xi: part("xi"), tau: part("tau"), phi: part("phi") };
}
