import {
  derivativeIndex,
  derivativeName,
  type Generator,
  generator,
  multiIndices,
  prolong,
} from "./generators.ts";
import { constant, type Polynomial, variable } from "./polynomial.ts";

/** An evolution equation Δ = u_t + 𝒟[u] = 0 for one function of x and t, with Lie point symmetries. */
export interface EvolutionEquation {
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

const x = variable("x"), t = variable("t"), u = variable("u");
const u_x = variable("u_x"), u_t = variable("u_t"), u_xx = variable("u_xx");

const shiftX = generator("v1", { description: "translation in x", xi: 1 });
const shiftT = generator("v2", { description: "translation in t", tau: 1 });
const boost = generator("v3", { description: "Galilean boost", xi: t, phi: 1 });

/**
 * The heat equation u_t = ν u_xx with its six generators; the solutions that can be added to any other are
 * left out.
 *
 * @param nu ν > 0.
 */
export function heat(nu: number): EvolutionEquation {
  return {
    name: "heat",
    residual: u_t.minus(u_xx.times(nu)),
    generators: [
      shiftX,
      shiftT,
      generator("v3", { description: "scaling of u", phi: u }),
      generator("v4", { description: "scaling of x and t", xi: x, tau: t.times(2) }),
      generator("v5", { description: "Galilean boost", xi: t.times(2 * nu), phi: x.times(u).times(-1) }),
      generator("v6", {
        description: "projection",
        xi: t.times(x).times(4 * nu),
        tau: t.times(t).times(4 * nu),
        phi: x.times(x).plus(t.times(2 * nu)).times(u).times(-1),
      }),
    ],
    augmentations: ["shift", "scale"],
  };
}

/**
 * Burgers' equation u_t + u u_x = ν u_xx with its five generators.
 *
 * @param nu ν > 0.
 */
export function burgers(nu: number): EvolutionEquation {
  return {
    name: "burgers",
    residual: u_t.plus(u.times(u_x)).minus(u_xx.times(nu)),
    generators: [
      shiftX,
      shiftT,
      boost,
      generator("v4", { description: "scaling", xi: x, tau: t.times(2), phi: u.times(-1) }),
      generator("v5", {
        description: "projection",
        xi: t.times(x),
        tau: t.times(t),
        phi: x.minus(t.times(u)),
      }),
    ],
    augmentations: ["shift", "boost"],
  };
}

/**
 * The Korteweg–de Vries equation u_t + u u_x + u_xxx = 0 with its four generators (an extension, not in the
 * paper).
 */
export function kortewegDeVries(): EvolutionEquation {
  return {
    name: "korteweg-de-vries",
    residual: u_t.plus(u.times(u_x)).plus(variable("u_xxx")),
    generators: [
      shiftX,
      shiftT,
      boost,
      generator("v4", { description: "scaling", xi: x, tau: t.times(3), phi: u.times(-2) }),
    ],
    augmentations: ["shift", "boost"],
  };
}

/**
 * The Kuramoto–Sivashinsky equation u_t + u u_x + u_xx + u_xxxx = 0 (an extension, not in the paper). For its
 * three generators pr v[Δ] vanishes for *every* u, so that the `point` form has nothing to say.
 */
export function kuramotoSivashinsky(): EvolutionEquation {
  return {
    name: "kuramoto-sivashinsky",
    residual: u_t.plus(u.times(u_x)).plus(u_xx).plus(variable("u_xxxx")),
    generators: [shiftX, shiftT, boost],
    augmentations: ["shift", "boost"],
  };
}

/** Linear advection u_t + c u_x = 0 with three of its generators (an extension, not in the paper). */
export function advection(speed: number): EvolutionEquation {
  return {
    name: "advection",
    residual: u_t.plus(u_x.times(speed)),
    generators: [shiftX, shiftT, generator("v3", { description: "scaling of u", phi: u })],
    augmentations: ["shift", "scale"],
  };
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
