import { constant, Polynomial, variable } from "./polynomial.ts";

/** A polynomial, or how it is written: a number, or text such as `"4 nu t x"`. */
export type PolynomialLike = Polynomial | number | string;

const TOKEN = /\s*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+)|([\p{L}_][\p{L}\p{N}_]*)|([-+*^()]))/uy;

/**
 * The polynomial that is written as in mathematics: sums and differences of products (factors side by side,
 * or with `*`) of numbers, names, natural powers (`x^2`) and sums in parentheses. Terms stay in the order in
 * which they are written.
 *
 * @param value Polynomials stay what they are.
 * @param parameters Names that stand for numbers; all others are variables.
 * @throws {SyntaxError} If the text cannot be read (the message says where).
 *
 * @example
 * ```ts
 * import { polynomial } from "@refigure/refigure/lie_symmetry";
 * import assert from "node:assert/strict";
 *
 * const phi = polynomial("-(x^2 + 2 nu t) u", { nu: 0.5 });
 * assert.equal(phi.evaluate({ x: 1, t: 2, u: 3 }), -9);
 * assert.equal(String(phi), "-u x^2 - t u");
 * ```
 */
export function polynomial(
  value: PolynomialLike,
  parameters: Readonly<Record<string, number>> = {},
): Polynomial {
  if (value instanceof Polynomial) return value;
  return typeof value === "number" ? constant(value) : parse(value, parameters);
}

function parse(text: string, parameters: Readonly<Record<string, number>>): Polynomial {
  const tokens = new Tokens(text);

  function sum(): Polynomial {
    let total = product();
    for (let sign = tokens.take("+", "-"); sign; sign = tokens.take("+", "-")) {
      total = sign === "+" ? total.plus(product()) : total.minus(product());
    }
    return total;
  }

  function product(): Polynomial {
    if (tokens.take("-")) return product().times(-1);
    let result = power();
    while (tokens.take("*") || tokens.startsFactor()) result = result.times(power());
    return result;
  }

  function power(): Polynomial {
    const base = factor();
    if (!tokens.take("^")) return base;
    const exponent = Number(tokens.next("an exponent"));
    if (!Number.isInteger(exponent) || exponent < 1) throw tokens.unexpected("an exponent >= 1");
    return Array.from({ length: exponent - 1 }, () => base).reduce((value) => value.times(base), base);
  }

  function factor(): Polynomial {
    if (tokens.take("(")) {
      const inside = sum();
      if (!tokens.take(")")) throw tokens.unexpected(")");
      return inside;
    }
    if (!tokens.startsFactor()) throw tokens.unexpected("a number or a name");
    const token = tokens.next("a number or a name");
    if (/^[\d.]/.test(token)) return constant(Number(token));
    return Object.hasOwn(parameters, token) ? constant(parameters[token]) : variable(token);
  }

  const read = sum();
  if (!tokens.done) throw tokens.unexpected("+ or -");
  return read;
}

/** A polynomial's text in pieces. */
class Tokens {
  readonly #tokens: string[] = [];
  #at = 0;

  /** @throws {SyntaxError} If a sign is none of a polynomial's. */
  constructor(readonly text: string) {
    const pattern = new RegExp(TOKEN);
    const end = text.trimEnd().length;
    while (pattern.lastIndex < end) {
      const start = pattern.lastIndex;
      const match = pattern.exec(text);
      if (!match) {
        throw new SyntaxError(
          `Cannot read the polynomial "${text}" as it must hold numbers, names and + - * ^ ( ) only: ` +
            `current value is "${text.slice(start).trim()[0]}"`,
        );
      }
      this.#tokens.push(match[0].trim());
    }
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Takes the next token if it is one of these. */
  take(...wanted: string[]): string | undefined {
    return !this.done && wanted.includes(this.#tokens[this.#at]) ? this.#tokens[this.#at++] : undefined;
  }

  next(wanted: string): string {
    if (this.done) throw this.unexpected(wanted);
    return this.#tokens[this.#at++];
  }

  startsFactor(): boolean {
    return !this.done && /^[\p{L}\p{N}_.(]/u.test(this.#tokens[this.#at]);
  }

  unexpected(wanted: string): SyntaxError {
    const found = this.done ? "the end" : `"${this.#tokens[this.#at]}"`;
    return new SyntaxError(
      `Cannot read the polynomial "${this.text}" as ${wanted} must come next: current value is ${found}`,
    );
  }
}
