import { type Tensor, tf } from "../../tensor/mod.ts";
import { activationDerivatives, JET_ACTIVATIONS, type JetActivation, MAX_ORDER } from "./_jet_activations.ts";
import { type Dense, dense } from "../layers/mod.ts";

export type { JetActivation };

/**
 * A function's value and some of its partial derivatives, by multi-index: the key `""` is the value, `"x"`
 * the first derivative in direction x, `"xxt"` the third derivative twice in x and once in t. Every tensor is
 * `[batch, features]`; one of shape `[1, features]` is the same for the whole batch. A missing component is
 * zero.
 */
export type Jet = Readonly<Record<string, Tensor>>;

/**
 * Completes a list of multi-indices: with an index come all its sub-indices, which the chain rule needs.
 *
 * @param wanted Indices such as `"xx"`; the order of their letters does not matter.
 * @param directions Names of the directions, one letter each.
 * @returns the closure, letters in the order of `directions`, lower orders first; the value `""` is always
 * there.
 * @throws {RangeError} If an index names an unknown direction or is of an order above 4.
 *
 * @example
 * ```ts
 * import { jetComponents } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(jetComponents(["xx", "tx"], ["x", "t"]), ["", "x", "t", "xx", "xt"]);
 * ```
 */
export function jetComponents(wanted: readonly string[], directions: readonly string[]): string[] {
  const found = new Set([""]);
  const add = (index: string) => {
    if (found.has(index)) return;
    found.add(index);
    for (let i = 0; i < index.length; i++) add(index.slice(0, i) + index.slice(i + 1));
  };
  for (const index of wanted) {
    if ([...index].some((letter) => !directions.includes(letter)) || index.length > MAX_ORDER) {
      throw new RangeError(
        `Cannot take a derivative as its index must have at most ${MAX_ORDER} letters of ${
          directions.join(", ")
        }: current value is ${index}`,
      );
    }
    add(sorted(index, directions));
  }
  const place = (index: string) => [...index].map((letter) => directions.indexOf(letter));
  return [...found].sort((a, b) => {
    const [p, q] = [place(a), place(b)];
    if (p.length !== q.length) return p.length - q.length;
    const i = p.findIndex((letter, k) => letter !== q[k]);
    return i < 0 ? 0 : p[i] - q[i];
  });
}

function sorted(index: string, directions: readonly string[]): string {
  return [...index].sort((a, b) => directions.indexOf(a) - directions.indexOf(b)).join("");
}

/** A term c · σ⁽ᵏ⁾ · ∏ z_B of the chain rule, with one block B for each of the k factors. */
interface ChainTerm {
  coefficient: number;
  readonly blocks: readonly string[];
}

/**
 * Faà di Bruno: the derivative of σ(z) by J sums over all partitions of J's letters; equal ones are counted.
 */
function chainTerms(index: string): ChainTerm[] {
  let partitions: string[][] = [[]];
  for (const letter of index) {
    partitions = partitions.flatMap((blocks) => [
      ...blocks.map((block, i) => blocks.with(i, block + letter)),
      [...blocks, letter],
    ]);
  }
  const terms = new Map<string, ChainTerm>();
  for (const partition of partitions) {
    const blocks = partition.toSorted();
    const key = blocks.join();
    const term = terms.get(key) ?? { coefficient: 0, blocks };
    term.coefficient++;
    terms.set(key, term);
  }
  return [...terms.values()];
}

const sum = (terms: readonly Tensor[]): Tensor => terms.reduce((total, term) => tf.add(total, term));

/**
 * Pushes a jet through a dense layer: z = h W + b, and every derivative through W alone.
 *
 * Each component is a matrix product of its own: stacking them along the batch for one product takes 10 to 25
 * % longer in a training step, as joining and parting the components costs more than it saves.
 */
export function jetDense(jet: Jet, layer: Dense): Jet {
  const product = (x: Tensor) => tf.matMul(x as tf.Tensor2D, layer.weight as tf.Tensor2D);
  return Object.fromEntries(
    Object.entries(jet).map(([index, x]) => [index, index === "" ? dense(x, layer) : product(x)]),
  );
}

/**
 * Sums Σ c_J u_J of derivatives that are carried as one component, by name: coefficients c_J by multi-index
 * J.
 */
export type JetCombinations = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Options of {@link jetActivation}. */
export interface JetActivationOptions {
  /** The function, applied to each element. */
  readonly activation: JetActivation;
  /** The indices to compute, closed under sub-indices ({@link jetComponents}). */
  readonly components: readonly string[];
  /** Combinations that the jet carries besides; the proper sub-indices of theirs are among the components. */
  readonly combinations?: JetCombinations;
}

/**
 * Pushes a jet through an activation σ, element by element, by Faà di Bruno's formula:
 * h_J = Σ over partitions π of J of σ^(|π|)(z) ∏_{B ∈ π} z_B, e.g. h_xx = σ''(z) z_x² + σ'(z) z_xx.
 *
 * A combination Σ c_J u_J goes through as one component, as its linear part is σ'(z) Σ c_J z_J (the "forward
 * Laplacian" for any linear operator).
 *
 * Of the ELU the formula gives the derivatives away from its kink: σ'' jumps at 0, and the delta function
 * that σ''' has there is left out.
 */
export function jetActivation(
  jet: Jet,
  { activation, components, combinations = {} }: JetActivationOptions,
): Jet {
  const used = [...components, ...Object.values(combinations).flatMap((terms) => Object.keys(terms))];
  const derivatives = activationDerivatives(
    activation,
    jet[""],
    Math.max(...used.map(({ length }) => length)),
  );
  const carried: JetCombinations = {
    ...Object.fromEntries(components.filter((index) => index !== "").map((index) => [index, { [index]: 1 }])),
    ...combinations,
  };
  const entries = Object.entries(carried).flatMap(([name, indices]): [string, Tensor][] => {
    const nonlinear = Object.entries(indices).flatMap(([index, factor]) =>
      chainTerms(index).filter(({ blocks }) => blocks.length > 1)
        .map(({ coefficient, blocks }) => ({ coefficient: factor * coefficient, blocks }))
    );
    const terms = [{ coefficient: 1, blocks: [name] }, ...nonlinear]
      .filter(({ blocks }) => blocks.every((block) => jet[block] !== undefined));
    const orders = [...new Set(terms.map(({ blocks }) => blocks.length))];
    const parts = orders.map((k) => {
      const factors = terms.filter(({ blocks }) => blocks.length === k).map(({ coefficient, blocks }) => {
        const product = blocks.map((block) => jet[block]).reduce((a, b) => tf.mul(a, b));
        return coefficient === 1 ? product : tf.mul(product, coefficient);
      });
      return tf.mul(derivatives[k], sum(factors));
    });
    return parts.length === 0 ? [] : [[name, sum(parts)]];
  });
  return { "": derivatives[0], ...Object.fromEntries(entries) };
}

/** Options of {@link jetMlp}. */
export interface JetMlpOptions {
  /** Between the layers; the last one stays linear. */
  readonly activation: JetActivation;
  /**
   * Directions in the input space by name, one letter each: derivatives in x are along the vector
   * `directions.x` `[inputs]`, the chain factor of a rescaled input included.
   */
  readonly directions: Readonly<Record<string, readonly number[]>>;
  /** Wanted derivatives, e.g. `["x", "xx"]`; what they need besides is computed too. */
  readonly derivatives: readonly string[];
  /**
   * Linear operators Σ c_J u_J by name (two letters at least), e.g. `{ heat: { t: 1, xx: -0.01 } }`. Each is
   * carried as one component in place of its summands, which saves their matrix products. @default none
   */
  readonly combinations?: JetCombinations;
}

/**
 * Value and derivatives of a multilayer perceptron with respect to its input, by forward Taylor-mode
 * propagation.
 *
 * One forward pass carries all components, and they are ordinary operations: a single reverse pass over a
 * loss made of them gives its gradient with respect to the parameters. That is several times cheaper than
 * nested reverse mode.
 *
 * @param layers At least one.
 * @param x `[batch, inputs]`.
 * @returns the wanted components, their sub-indices and the combinations, `[batch, outputs]` each.
 * @throws {RangeError} If there is no layer, the activation is unknown, a direction's name is not one letter
 * or its length not the number of inputs, or a derivative is unknown or of an order above 4.
 *
 * @example
 * ```ts
 * import { tf } from "@refigure/refigure";
 * import { jetMlp } from "@refigure/refigure/nn";
 * import assert from "node:assert/strict";
 *
 * // u(x) = sin(3x), so u_xx = -9 sin(3x).
 * const layers = [3, 1].map((w) => ({ weight: tf.tensor2d([[w]]), bias: tf.tensor1d([0]) }));
 * const u = jetMlp(layers, tf.tensor2d([[0.5]]), {
 *   activation: "sin",
 *   directions: { x: [1] },
 *   derivatives: ["xx"],
 * });
 * assert.ok(Math.abs(u.xx.dataSync()[0] + 9 * Math.sin(1.5)) < 1e-5);
 * ```
 */
export function jetMlp(layers: readonly Dense[], x: Tensor, options: JetMlpOptions): Jet {
  const { activation, directions, derivatives, combinations = {} } = options;
  const names = Object.keys(directions);
  const [batch, inputs] = x.shape;
  if (layers.length === 0) {
    throw new RangeError("Cannot apply a network as it must have a layer: it has none");
  }
  if (!JET_ACTIVATIONS.includes(activation)) {
    throw new RangeError(
      `Cannot apply a network as the activation must be one of ${JET_ACTIVATIONS}: current value is ${activation}`,
    );
  }
  for (const name of names) {
    if (name.length !== 1 || directions[name].length !== inputs) {
      throw new RangeError(
        `Cannot take derivatives as a direction must have a one-letter name and ${inputs} entries: ` +
          `current value is ${name}: [${directions[name]}]`,
      );
    }
  }
  for (const name of Object.keys(combinations)) {
    if (name.length < 2 || [...name].every((letter) => names.includes(letter))) {
      throw new RangeError(
        `Cannot combine derivatives as a name must have two letters at least and be no index: current value is ${name}`,
      );
    }
  }
  const combined = Object.values(combinations).flatMap((terms) => Object.keys(terms));
  if (combined.includes("")) {
    throw new RangeError("Cannot combine derivatives as their orders must be >= 1: current value is 0");
  }
  jetComponents(combined, names); // refuses unknown indices
  const below = combined.flatMap((index) => [...index].map((_, i) => index.slice(0, i) + index.slice(i + 1)));
  const components = jetComponents([...derivatives, ...below], names);
  // The input is linear in itself: its first derivatives are the directions, the others are zero.
  const seeds = names.filter((name) => components.includes(name))
    .map((name) => [name, tf.tensor2d([...directions[name]], [1, inputs])]);
  const slope = (terms: Readonly<Record<string, number>>) =>
    directions[names[0]].map((_, i) =>
      names.reduce((total, name) => total + (terms[name] ?? 0) * directions[name][i], 0)
    );
  const combinedSeeds = Object.entries(combinations)
    .map(([name, terms]) => [name, tf.tensor2d(slope(terms), [1, inputs!])]);
  let jet: Jet = { "": x, ...Object.fromEntries([...seeds, ...combinedSeeds]) };
  layers.forEach((layer, i) => {
    if (i > 0) jet = jetActivation(jet, { activation, components, combinations });
    jet = jetDense(jet, layer);
  });
  const outputs = jet[""].shape[1]!;
  const whole = (component: Tensor | undefined) =>
    component?.shape[0] === batch ? component : tf.add(component ?? 0, tf.zeros([batch, outputs]));
  return Object.fromEntries(
    [...components, ...Object.keys(combinations)].map((name) => [name, whole(jet[name])]),
  );
}
