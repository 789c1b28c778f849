import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";
import { criterionVectors, type EvolutionEquation, symmetryFactor } from "./equations.ts";
import { derivativeIndex, type Generator, totalDerivative } from "./generators.ts";
import { constant, type Polynomial, type Ring } from "./polynomial.ts";

/**
 * What the symmetry loss squares for a generator with pr v[Δ] = q Δ; the forms are different losses.
 *
 * - `point`: pr v[Δ] = c·∇Δ with the partial gradient, which is q Δ: a reweighted residual.
 * - `cosine`: c·∇Δ / (|c| |∇Δ|), see {@link CosineStability}.
 * - `total`: q Δ + ξ D_xΔ + τ D_tΔ, what comes out where ∂Δ/∂x and ∂Δ/∂t are taken by automatic
 *   differentiation.
 * - `evolutionary`: pr v_Q[Δ] = q Δ − ξ D_xΔ − τ D_tΔ, the prolongation of the evolutionary field Q ∂_u.
 */
export type SymmetryForm = "point" | "cosine" | "total" | "evolutionary";

/** All forms. */
export const SYMMETRY_FORMS: readonly SymmetryForm[] = ["point", "cosine", "total", "evolutionary"];

/**
 * How the `cosine` form keeps its norms from causing trouble; which one the paper calls stable is not known:
 * `none`; `epsilon` adds ε to each norm; `constant-norms` takes no gradient through the norms (and adds ε);
 * `no-norms` leaves them out, which is the `point` form.
 */
export type CosineStability = "none" | "epsilon" | "constant-norms" | "no-norms";

/** Options of {@link symmetryTerms} and {@link symmetryLoss}. */
export interface SymmetryLossOptions {
  /** What of the symmetry is asked for. @default "point" */
  readonly form?: SymmetryForm;
  /** Names of the generators to use. @default all of the equation's */
  readonly generators?: readonly string[];
  /** How the norms of the `cosine` form are kept from causing trouble. @default "epsilon" */
  readonly stability?: CosineStability;
  /** ε. @default 1e-6 */
  readonly epsilon?: number;
  /**
   * Evaluate c·∇Δ from the prolongation instead of by the closed form q Δ (`point` and `cosine` only):
   * slower, and less exact in float32, as terms cancel. @default false
   */
  readonly generic?: boolean;
}

/** Tensors as a ring. */
export const TENSORS: Ring<Tensor> = {
  add: tf.add,
  multiply: tf.mul,
  scale: (a, c) => c === -1 ? tf.neg(a) : tf.mul(a, c),
  constant: (c) => tf.scalar(c),
};

/**
 * The generators of an equation with the given names.
 *
 * @throws {RangeError} If there is no such generator.
 */
export function generatorsOf(equation: EvolutionEquation, names?: readonly string[]): readonly Generator[] {
  return names === undefined ? equation.generators : names.map((name) => {
    const found = equation.generators.find((field) => field.name === name);
    if (found === undefined) {
      throw new RangeError(
        `Cannot use a generator as its name must be one of ${
          equation.generators.map((field) => field.name).join(", ")
        }: current value is ${name}`,
      );
    }
    return found;
  });
}

const dot = (a: readonly Polynomial[], b: readonly Polynomial[]): Polynomial =>
  a.reduce((total, entry, i) => total.plus(entry.times(b[i])), constant(0));

/**
 * The polynomials that a form needs: what is squared is numerator / (|vector| |gradient|), or numerator
 * alone.
 */
interface TermPolynomials {
  /** Products to add up: [factor, quantity]; quantities are shared between generators. */
  readonly products: readonly (readonly [Polynomial, Polynomial])[];
  readonly norms?: readonly (readonly Polynomial[])[];
}

function termPolynomials(
  equation: EvolutionEquation,
  field: Generator,
  { form = "point", stability = "epsilon", generic = false }: SymmetryLossOptions,
): TermPolynomials {
  const { residual } = equation;
  const closed: [Polynomial, Polynomial] = [symmetryFactor(equation, field), residual];
  if (form === "total" || form === "evolutionary") {
    const sign = form === "total" ? 1 : -1;
    const products: [Polynomial, Polynomial][] = [
      closed,
      [field.xi.times(sign), totalDerivative(residual, "x")],
      [field.tau.times(sign), totalDerivative(residual, "t")],
    ];
    return { products: products.filter(([factor]) => factor.size > 0) };
  }
  const { vector, gradient } = criterionVectors(equation, field);
  const products: [Polynomial, Polynomial][] = generic
    ? [[constant(1), dot(vector, gradient)]]
    : closed[0].size > 0
    ? [closed]
    : [];
  return { products, norms: form === "cosine" && stability !== "no-norms" ? [vector, gradient] : undefined };
}

/** Multi-indices of u's derivatives that polynomials need. */
export function derivativesOf(polynomials: readonly Polynomial[]): string[] {
  const names = new Set(polynomials.flatMap(({ variables }) => variables));
  return [...names].map(derivativeIndex).filter((index): index is string => index !== undefined).sort();
}

/** Multi-indices of the derivatives that the symmetry loss reads, e.g. `["", "t", "xx"]`. */
export function symmetryDerivatives(
  equation: EvolutionEquation,
  options: SymmetryLossOptions = {},
): string[] {
  return derivativesOf(
    generatorsOf(equation, options.generators).flatMap((field) => {
      const { products, norms = [] } = termPolynomials(equation, field, options);
      return products.length > 0 ? [...products.flat(), ...norms.flat()] : [];
    }),
  );
}

/** Euclidean norm of a list of tensors, with a gradient of 0 where it vanishes. */
function norm(entries: readonly Tensor[]): Tensor {
  return tf.sqrt(tf.maximum(entries.map((entry) => tf.square(entry)).reduce((a, b) => tf.add(a, b)), 1e-24));
}

/**
 * What the symmetry loss squares, generator by generator. Generators whose term vanishes for every u are left
 * out (in the `point` and `cosine` forms: translations and Burgers' boost).
 *
 * @param values Tensors by variable that broadcast: x and t `[1, points]`; u, u_x, … `[functions, points]`,
 * those of {@link symmetryDerivatives}.
 * @returns terms `[functions, points]` by the generator's name.
 * @throws {RangeError} If a generator is unknown, or its criterion is not a multiple of Δ
 * ({@link symmetryFactor}).
 */
export function symmetryTerms(
  values: Readonly<Record<string, Tensor>>,
  options: SymmetryLossOptions & { readonly equation: EvolutionEquation },
): Record<string, Tensor> {
  const { equation, stability = "epsilon", epsilon = 1e-6 } = options;
  const cache = new Map<string, Tensor>();
  const evaluate = (p: Polynomial): Tensor => {
    const key = String(p);
    const value = cache.get(key) ?? p.evaluate(values, TENSORS);
    cache.set(key, value);
    return value;
  };
  const terms: Record<string, Tensor> = {};
  for (const field of generatorsOf(equation, options.generators)) {
    const { products, norms } = termPolynomials(equation, field, options);
    if (products.length === 0) continue;
    const numerator = products.map(([factor, quantity]) => {
      const value = evaluate(quantity);
      const number = factor.variables.length === 0 ? factor.evaluate({}) : undefined;
      if (number !== undefined) return number === 1 ? value : tf.mul(value, number);
      return tf.mul(evaluate(factor), value);
    }).reduce((a, b) => tf.add(a, b));
    if (norms === undefined) {
      terms[field.name] = numerator;
      continue;
    }
    const [vector, gradient] = norms.map((entries) => {
      const length = norm(entries.filter(({ size }) => size > 0).map(evaluate));
      if (stability === "none") return length;
      return tf.add(stability === "constant-norms" ? stopGradient(length) : length, epsilon);
    });
    terms[field.name] = tf.div(numerator, tf.mul(vector, gradient));
  }
  return terms;
}

/**
 * The symmetry loss L_sym = mean over functions and points of Σ_g ℓ_g, with ℓ_g the square of the form's
 * term.
 *
 * @param values As in {@link symmetryTerms}.
 * @param options With `meanOf` for another mean of squares than that over functions and points.
 * @returns a scalar; 0 where no generator has a term.
 */
export function symmetryLoss(
  values: Readonly<Record<string, Tensor>>,
  options: SymmetryLossOptions & {
    readonly equation: EvolutionEquation;
    readonly meanOf?: (squares: Tensor) => Tensor;
  },
): Tensor {
  const { meanOf = (squares) => tf.mean(squares) } = options;
  const means = Object.values(symmetryTerms(values, options)).map((term) => meanOf(tf.square(term)));
  return means.length === 0 ? tf.scalar(0) : means.reduce((a, b) => tf.add(a, b));
}
