import {
  derivativeIndex,
  derivativeName,
  type Generator,
  generator,
  multiIndices,
  prolong,
  type VectorField,
} from "./generators.ts";
import { polynomial, type PolynomialLike } from "./notation.ts";
import { constant, type Polynomial } from "./polynomial.ts";

/** An evolution equation Δ = u_t + 𝒟[u] = 0 for one function of x and t, with Lie point symmetries. */
export interface EvolutionEquation {
  /** E.g. `Burgers`. */
  readonly name: string;
  /** Δ, a polynomial in x, t, u and u's derivatives; u_t occurs with the coefficient 1. */
  readonly residual: Polynomial;
  /** Vector fields v with pr v[Δ] = 0 on solutions. */
  readonly generators: readonly Generator[];
  /**
   * Symmetries that turn periodic initial conditions into periodic ones, for data augmentation: `shift` f(x −
   * ε), `scale` e^ε f, `boost` f + ε.
   */
  readonly augmentations?: readonly Augmentation[];
}

/** How an initial condition may be transformed. */
export type Augmentation = "shift" | "scale" | "boost";

/** An evolution equation as it is written. */
export interface WrittenEquation {
  /** Δ, e.g. `"u_t - nu u_xx"`. */
  readonly residual: PolynomialLike;
  /** Vector fields by name. */
  readonly generators: Readonly<Record<string, Omit<VectorField, "parameters">>>;
  /** What stands for a number in the residual and the generators, e.g. ν. @default {} */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Those of the {@link EvolutionEquation}. @default none */
  readonly augmentations?: readonly Augmentation[];
}

/**
 * An evolution equation from its text. Whether the generators are symmetries is for `checkSymmetries` to say.
 *
 * @throws {RangeError} If u_t does not occur with the coefficient 1, another derivative in t or another
 * function occurs, or a generator's coefficient depends on anything but x, t and u.
 * @throws {SyntaxError} If a polynomial cannot be read.
 *
 * @example
 * ```ts
 * import { checkSymmetries, evolutionEquation } from "@refigure/refigure/lie_symmetry";
 * import assert from "node:assert/strict";
 *
 * const equation = evolutionEquation("advection", {
 *   residual: "u_t + c u_x",
 *   parameters: { c: 0.5 },
 *   generators: { right: { xi: 1 }, larger: { xi: "x", tau: "t" } },
 * });
 * assert.ok(checkSymmetries(equation).every(({ isSymmetry }) => isSymmetry));
 * ```
 */
export function evolutionEquation(
  name: string,
  { residual: written, generators, parameters, augmentations }: WrittenEquation,
): EvolutionEquation {
  const residual = polynomial(written, parameters);
  assertEvolution(`make equation ${name}`, residual);
  return {
    name,
    residual,
    generators: Object.entries(generators).map(([name, field]) => generator(name, { ...field, parameters })),
    ...augmentations && { augmentations },
  };
}

/**
 * Insists that Δ is about one function u of x and t.
 *
 * @param action What cannot be done otherwise, e.g. `derive symmetries`.
 * @throws {RangeError} If anything else occurs in it: a second function, another coordinate, a parameter
 * without a value.
 */
export function assertOneFunction(action: string, residual: Polynomial): void {
  const other = residual.variables.find((name) => !/^(x|t|u|u_x*t*)$/.test(name) || name === "u_");
  if (other === undefined) return;
  throw new RangeError(
    `Cannot ${action} as Δ must hold x, t, one function u and its derivatives (u_x, u_xt, …; x before t) only, ` +
      `and numbers for parameters; there are no systems and no second space dimension: current value is ${other}`,
  );
}

/**
 * Insists that an equation is an evolution equation: Δ = u_t + a polynomial in x, t, u, u_x, u_xx, …
 *
 * @param action What cannot be done otherwise.
 * @throws {RangeError} If it is not, e.g. because of u_tt.
 */
export function assertEvolution(action: string, residual: Polynomial): void {
  assertOneFunction(action, residual);
  const other = residual.variables.find((name) => name !== "u_t" && derivativeIndex(name)?.endsWith("t"));
  if (other !== undefined) {
    throw new RangeError(
      `Cannot ${action} as u_t must be the only derivative in t: current value is ${other}`,
    );
  }
  const rate = residual.partial("u_t");
  if (rate.minus(1).size > 0) {
    throw new RangeError(`Cannot ${action} as u_t must have the coefficient 1: current value is ${rate}`);
  }
}

const v1: VectorField = { description: "translation in x", xi: 1 };
const v2: VectorField = { description: "translation in t", tau: 1 };
const boost: VectorField = { description: "Galilean boost", xi: "t", phi: 1 };

/**
 * The heat equation u_t = ν u_xx with its six generators; the solutions that can be added to any other are
 * left out.
 *
 * @param nu ν > 0.
 */
export function heat(nu: number): EvolutionEquation {
  return evolutionEquation("heat", {
    residual: "u_t - nu u_xx",
    parameters: { nu },
    generators: {
      v1,
      v2,
      v3: { description: "scaling of u", phi: "u" },
      v4: { description: "scaling of x and t", xi: "x", tau: "2 t" },
      v5: { description: "Galilean boost", xi: "2 nu t", phi: "-x u" },
      v6: { description: "projection", xi: "4 nu t x", tau: "4 nu t^2", phi: "-(x^2 + 2 nu t) u" },
    },
    augmentations: ["shift", "scale"],
  });
}

/**
 * Burgers' equation u_t + u u_x = ν u_xx with its five generators.
 *
 * @param nu ν > 0.
 */
export function burgers(nu: number): EvolutionEquation {
  return evolutionEquation("burgers", {
    residual: "u_t + u u_x - nu u_xx",
    parameters: { nu },
    generators: {
      v1,
      v2,
      v3: boost,
      v4: { description: "scaling", xi: "x", tau: "2 t", phi: "-u" },
      v5: { description: "projection", xi: "t x", tau: "t^2", phi: "x - t u" },
    },
    augmentations: ["shift", "boost"],
  });
}

/**
 * The Korteweg–de Vries equation u_t + u u_x + u_xxx = 0 with its four generators (an extension, not in the
 * paper).
 */
export function kortewegDeVries(): EvolutionEquation {
  return evolutionEquation("korteweg-de-vries", {
    residual: "u_t + u u_x + u_xxx",
    generators: { v1, v2, v3: boost, v4: { description: "scaling", xi: "x", tau: "3 t", phi: "-2 u" } },
    augmentations: ["shift", "boost"],
  });
}

/**
 * The Kuramoto–Sivashinsky equation u_t + u u_x + u_xx + u_xxxx = 0 (an extension, not in the paper). For its
 * three generators pr v[Δ] vanishes for *every* u, so that the `point` form has nothing to say.
 */
export function kuramotoSivashinsky(): EvolutionEquation {
  return evolutionEquation("kuramoto-sivashinsky", {
    residual: "u_t + u u_x + u_xx + u_xxxx",
    generators: { v1, v2, v3: boost },
    augmentations: ["shift", "boost"],
  });
}

/** Linear advection u_t + c u_x = 0 with three of its generators (an extension, not in the paper). */
export function advection(speed: number): EvolutionEquation {
  return evolutionEquation("advection", {
    residual: "u_t + c u_x",
    parameters: { c: speed },
    generators: { v1, v2, v3: { description: "scaling of u", phi: "u" } },
    augmentations: ["shift", "scale"],
  });
}

/** The order of the highest derivative in Δ. */
export function orderOf({ residual }: EvolutionEquation): number {
  return Math.max(...residual.variables.map((name) => derivativeIndex(name)?.length ?? 0));
}

/**
 * The infinitesimal criterion as a polynomial: pr v[Δ] = c · ∇Δ with the prolonged coefficients
 * c = (ξ, τ, φ, φ^x, φ^t, φ^xx, …) and the *partial* gradient ∇Δ. On solutions of a symmetric equation it
 * vanishes.
 */
export function infinitesimalCriterion(equation: EvolutionEquation, field: Generator): Polynomial {
  const { vector, gradient } = criterionVectors(equation, field);
  return vector.reduce((total, c, i) => total.plus(c.times(gradient[i])), constant(0));
}

/** The two vectors whose product is the criterion, entry by entry: c = (ξ, τ, φ, φ^x, φ^t, …) and ∇Δ. */
export function criterionVectors(
  equation: EvolutionEquation,
  field: Generator,
): { readonly vector: readonly Polynomial[]; readonly gradient: readonly Polynomial[] } {
  const indices = multiIndices(orderOf(equation));
  const prolonged = prolong(field, orderOf(equation));
  return {
    vector: [field.xi, field.tau, ...indices.map((index) => prolonged[index])],
    gradient: ["x", "t", ...indices.map(derivativeName)].map((name) => equation.residual.partial(name)),
  };
}

/**
 * The closed form of the criterion: q with pr v[Δ] = q Δ for *all* u, a polynomial in x, t and u; e.g. −x for
 * the heat equation's v5.
 *
 * @throws {RangeError} If there is no such q; {@link checkSymmetries} says whether the field is a symmetry at
 * all.
 */
export function symmetryFactor(equation: EvolutionEquation, field: Generator): Polynomial {
  const criterion = infinitesimalCriterion(equation, field);
  // Only Δ brings u_t in, with the coefficient 1.
  const factor = criterion.partial("u_t");
  const rest = criterion.minus(factor.times(equation.residual));
  if (rest.size > 1e-12 * Math.max(1, criterion.size)) {
    throw new RangeError(
      `Cannot factor the criterion of ${field.name} for ${equation.name} as pr v[Δ] must be a multiple of Δ: ` +
        `what is left over is ${rest}`,
    );
  }
  return factor;
}
