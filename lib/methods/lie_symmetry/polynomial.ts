/** A coefficient times a product of powers of variables. */
export interface Monomial {
  /** What the product is multiplied by. */
  readonly coefficient: number;
  /** Positive exponents by variable. */
  readonly powers: Readonly<Record<string, number>>;
}

/** A commutative ring that a polynomial can be evaluated in: float64 numbers, or tensors. */
export interface Ring<T> {
  /** a + b. */
  add(a: T, b: T): T;
  /** a · b. */
  multiply(a: T, b: T): T;
  /** c · a. */
  scale(a: T, c: number): T;
  /** The number c as an element of the ring. */
  constant(c: number): T;
}

/** Float64 numbers. */
export const NUMBERS: Ring<number> = {
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  scale: (a, c) => a * c,
  constant: (c) => c,
};

/**
 * A polynomial in named variables with float64 coefficients; immutable.
 *
 * Vector fields and partial differential equations are written with it: the variables are x, t, u and u's
 * derivatives, `u_x`, `u_xt`, …
 *
 * @example
 * ```ts
 * import { polynomial } from "@refigure/refigure/lie_symmetry";
 * import assert from "node:assert/strict";
 *
 * const p = polynomial("x^2 + 2 t");
 * assert.equal(p.evaluate({ x: 3, t: 1 }), 11);
 * assert.equal(String(p.partial("x")), "2 x");
 * ```
 */
export class Polynomial {
  /** Distinct monomials with coefficients other than 0. */
  readonly monomials: readonly Monomial[];

  /** Prefer `polynomial`, {@link variable} and {@link constant}. */
  constructor(monomials: readonly Monomial[]) {
    const collected = new Map<string, Monomial>();
    for (const { coefficient, powers } of monomials) {
      const names = Object.keys(powers).filter((name) => powers[name] > 0).sort();
      const key = names.map((name) => `${name}^${powers[name]}`).join(" ");
      collected.set(key, {
        coefficient: (collected.get(key)?.coefficient ?? 0) + coefficient,
        powers: Object.fromEntries(names.map((name) => [name, powers[name]])),
      });
    }
    this.monomials = [...collected.values()].filter(({ coefficient }) => coefficient !== 0);
  }

  /** Names of the variables that occur, sorted. */
  get variables(): readonly string[] {
    return [...new Set(this.monomials.flatMap(({ powers }) => Object.keys(powers)))].sort();
  }

  /** The largest absolute coefficient, 0 for the zero polynomial. */
  get size(): number {
    return Math.max(0, ...this.monomials.map(({ coefficient }) => Math.abs(coefficient)));
  }

  /** The sum. */
  plus(other: Polynomial | number): Polynomial {
    return new Polynomial([...this.monomials, ...lifted(other).monomials]);
  }

  /** The difference. */
  minus(other: Polynomial | number): Polynomial {
    return this.plus(lifted(other).times(-1));
  }

  /** The product. */
  times(other: Polynomial | number): Polynomial {
    const factors = lifted(other).monomials;
    return new Polynomial(this.monomials.flatMap((a) =>
      factors.map((b) => {
        const powers = { ...a.powers };
        for (const [name, power] of Object.entries(b.powers)) powers[name] = (powers[name] ?? 0) + power;
        return { coefficient: a.coefficient * b.coefficient, powers };
      })
    ));
  }

  /** ∂/∂(variable), the other variables held fixed. */
  partial(name: string): Polynomial {
    return new Polynomial(
      this.monomials.filter(({ powers }) => name in powers).map(({ coefficient, powers }) => ({
        coefficient: coefficient * powers[name],
        powers: { ...powers, [name]: powers[name] - 1 },
      })),
    );
  }

  /** Puts a polynomial in place of a variable. */
  substitute(name: string, value: Polynomial): Polynomial {
    return this.monomials.reduce((total, { coefficient, powers }) => {
      const { [name]: power = 0, ...others } = powers;
      let term = new Polynomial([{ coefficient, powers: others }]);
      for (let i = 0; i < power; i++) term = term.times(value);
      return total.plus(term);
    }, constant(0));
  }

  /**
   * The value at float64 numbers, or in another ring.
   *
   * @param values At least the variables that occur.
   * @throws {RangeError} If a variable has no value.
   */
  evaluate(values: Readonly<Record<string, number>>): number;
  /**
   * The value in a ring.
   *
   * @param values Each variable's.
   * @throws {RangeError} If a variable has no value.
   */
  evaluate<T>(values: Readonly<Record<string, T>>, ring: Ring<T>): T;
  evaluate<T>(values: Readonly<Record<string, T>>, ring: Ring<T> = NUMBERS as unknown as Ring<T>): T {
    const terms = this.monomials.map(({ coefficient, powers }) => {
      const factors = Object.entries(powers).flatMap(([name, power]) => {
        if (values[name] === undefined) {
          throw new RangeError(
            `Cannot evaluate a polynomial as ${name} must have a value: it is not among ${
              Object.keys(values)
            }`,
          );
        }
        return Array<T>(power).fill(values[name]);
      });
      if (factors.length === 0) return ring.constant(coefficient);
      const product = factors.reduce(ring.multiply);
      return coefficient === 1 ? product : ring.scale(product, coefficient);
    });
    return terms.length === 0 ? ring.constant(0) : terms.reduce(ring.add);
  }

  /** E.g. `u_t - 0.01 u_xx`. */
  toString(): string {
    if (this.monomials.length === 0) return "0";
    return this.monomials.map(({ coefficient, powers }, i) => {
      const sign = coefficient < 0 ? (i === 0 ? "-" : " - ") : i === 0 ? "" : " + ";
      const names = Object.entries(powers).map(([name, power]) => power === 1 ? name : `${name}^${power}`);
      const size = Math.abs(coefficient);
      return sign + [...size === 1 && names.length > 0 ? [] : [String(size)], ...names].join(" ");
    }).join("");
  }
}

/**
 * The polynomial that is one variable: `x`, `t`, `u`, or a derivative such as `u_xx` (letters x before t).
 */
export function variable(name: string): Polynomial {
  return new Polynomial([{ coefficient: 1, powers: { [name]: 1 } }]);
}

/** The constant polynomial. */
export function constant(value: number): Polynomial {
  return new Polynomial([{ coefficient: value, powers: {} }]);
}

/** A number as a polynomial. */
function lifted(value: Polynomial | number): Polynomial {
  return typeof value === "number" ? constant(value) : value;
}
