/** Options of {@link std}. */
export interface StdOptions {
  /** Delta degrees of freedom: the sum of squares is divided by n − ddof. @default 0 */
  readonly ddof?: number;
}

/**
 * Arithmetic mean.
 *
 * @throws {RangeError} If there are no values.
 */
export function mean(values: ArrayLike<number>): number {
  checkCount(values, 1, "a mean");
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * Standard deviation, √(Σ(x − mean)² / (n − ddof)).
 *
 * @throws {RangeError} If there are not more than `ddof` values.
 */
export function std(values: ArrayLike<number>, options: StdOptions = {}): number {
  const { ddof = 0 } = options;
  checkCount(values, Math.floor(ddof) + 1, "a standard deviation");
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - center) ** 2;
  return Math.sqrt(sum / (values.length - ddof));
}

/**
 * Quantile by linear interpolation between order statistics (NumPy's default, Hyndman & Fan's type 7).
 *
 * @param values may be infinite; between −∞ and ∞ there is no number, and the result NaN.
 * @param probability in [0, 1].
 * @throws {RangeError} If there are no values, one is NaN, or the probability is out of range.
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  checkCount(values, 1, "a quantile");
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(
      `Cannot take a quantile as probability must be in [0, 1]: current value is ${probability}`,
    );
  }
  const sorted = Float64Array.from(values).sort();
  // NaN sorts last.
  if (Number.isNaN(sorted[sorted.length - 1])) {
    throw new RangeError(
      `Cannot take a quantile as values must be numbers: current value ${
        Array.prototype.findIndex.call(values, Number.isNaN)
      } is NaN`,
    );
  }
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position), above = Math.ceil(position);
  // ∞ − ∞ is no number.
  if (position === below || sorted[below] === sorted[above]) return sorted[below];
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * Biased sample skewness, m₃ / m₂^(3/2) with central moments m_k; NaN where all values agree.
 *
 * As SciPy's `skew`: "agree" means m₂ ≤ (10⁻¹⁵ · mean)², below which m₃ holds only rounding errors.
 *
 * @throws {RangeError} If there are no values.
 */
export function skewness(values: ArrayLike<number>): number {
  const rough = mean(values);
  let residual = 0;
  for (let i = 0; i < values.length; i++) residual += values[i] - rough;
  const center = rough + residual / values.length; // without the rounding of a long sum
  let second = 0, third = 0;
  for (let i = 0; i < values.length; i++) {
    const offset = values[i] - center;
    second += offset * offset;
    third += offset * offset * offset;
  }
  second /= values.length;
  third /= values.length;
  return second <= (1e-15 * center) ** 2 ? NaN : third / second ** 1.5;
}

/** Mean and spread of numbers; a single one has no spread. */
export interface MeanAndStd {
  /** The mean. */
  readonly value: number;
  /** With n − 1 in the divisor; absent for a single number. */
  readonly std?: number;
}

/**
 * Mean and standard deviation (ddof 1), as tables and figures show seeds.
 *
 * @throws {RangeError} If there are no values.
 */
export function meanAndStd(values: ArrayLike<number>): MeanAndStd {
  return { value: mean(values), ...(values.length > 1 && { std: std(values, { ddof: 1 }) }) };
}

function checkCount(values: ArrayLike<number>, least: number, what: string): void {
  if (values.length < least) {
    throw new RangeError(
      `Cannot take ${what} as the number of values must be >= ${least}: current value is ${values.length}`,
    );
  }
}
