import type { Weights } from "./types.ts";

/** @throws {TypeError} If weights are of another kind, such as integers, in which no mean can be kept. */
export function checkFloats(action: string, weights: Weights): void {
  if (weights instanceof Float64Array || weights instanceof Float32Array) return;
  const kind = (weights as object)?.constructor?.name ?? weights;
  throw new TypeError(
    `Cannot ${action} as weights must be a Float32Array or Float64Array: current value is ${kind}`,
  );
}

/** @throws {RangeError} If a weight is not finite. */
export function checkWeights(action: string, weights: Weights): void {
  for (let i = 0; i < weights.length; i++) {
    // NaN and ±Infinity are the numbers whose difference from themselves is not 0.
    if (weights[i] - weights[i] !== 0) throw notFinite(action, weights, i);
  }
}

/** The error about weight `i`. */
export function notFinite(action: string, weights: Weights, i: number): RangeError {
  return new RangeError(`Cannot ${action} as weight ${i} must be finite: current value is ${weights[i]}`);
}

/** @throws {RangeError} If a number is not finite or below 0. */
export function checkNotNegative(action: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`Cannot ${action} as ${name} must be finite and >= 0: current value is ${value}`);
    }
  }
}

/** @throws {RangeError} If a number is not a positive integer. */
export function checkCounts(action: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot ${action} as ${name} must be an integer >= 1: current value is ${value}`);
    }
  }
}

/** @throws {TypeError} If two lengths that must agree do not. */
export function checkLength(
  action: string,
  name: string,
  { length }: { length: number },
  wanted: number,
): void {
  if (length !== wanted) {
    throw new TypeError(`Cannot ${action} as ${name} must have length ${wanted}: current value is ${length}`);
  }
}

/** Checks what a prox is computed of, but for the weights' values. */
export function checkProx(
  weights: Weights,
  out: Weights | undefined,
  numbers: { readonly alpha: number; readonly l1: number; readonly rho: number; readonly factor: number },
): void {
  const action = "compute the prox", { rho } = numbers;
  checkFloats(action, weights);
  if (out !== undefined) checkLength(action, "out", out, weights.length);
  checkNotNegative(action, numbers);
  if (rho > 1) throw new RangeError(`Cannot ${action} as rho must be <= 1: current value is ${rho}`);
}
