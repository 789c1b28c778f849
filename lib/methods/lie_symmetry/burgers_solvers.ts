import { Fft } from "./_fft.ts";
import { evaluateSeries, type FourierSeries } from "./initial_conditions.ts";
import type { Grid, SolutionTable } from "./solutions.ts";

/** Options of {@link solveBurgers}. */
export interface SolveBurgersOptions {
  /** ν > 0. */
  readonly nu: number;
  /** Positions must be regular, jL/n, with n a divisor of `points`. */
  readonly grid: Grid;
  /** N, a power of two. 256 resolve ν = 0.1 on L = 2π to rounding; ν = 0.01 needs 1024. @default 256 */
  readonly points?: number;
  /** Largest time step. @default 1e-3 */
  readonly timeStep?: number;
}

/**
 * Periodic solutions of Burgers' equation u_t + u u_x = ν u_xx by the pseudospectral method, in float64: û_t
 * = −νk² û − (ik/2) F[u²], the linear part exactly by an integrating factor, the rest by classical
 * Runge–Kutta of order 4, dealiased by the 2/3 rule.
 *
 * @throws {RangeError} If ν is not positive, `points` is not a power of two or the grid does not fit.
 */
export function solveBurgers(
  initial: FourierSeries,
  { nu, grid, points = 256, timeStep = 1e-3 }: SolveBurgersOptions,
): SolutionTable {
  checkViscosity("solve Burgers' equation", nu);
  const { positions, times } = grid;
  const stride = points / positions.length;
  const fits = Number.isInteger(stride) &&
    positions.every((x, j) => Math.abs(x - j * initial.length / positions.length) < 1e-9 * initial.length);
  if (!fits) {
    throw new RangeError(
      `Cannot solve Burgers' equation as the positions must be jL/n with n a divisor of ${points}: ` +
        `current value is ${positions.length} positions from ${positions[0]}`,
    );
  }
  const starts = evaluateSeries(
    initial,
    Float64Array.from({ length: points }, (_, j) => j * initial.length / points),
  );
  const values = new Float64Array(starts.rows * times.length * positions.length);
  const stepper = new BurgersStepper({ nu, length: initial.length, points });
  for (let k = 0; k < starts.rows; k++) {
    stepper.start(starts.data.subarray(k * points, (k + 1) * points));
    let now = 0;
    times.forEach((time, i) => {
      const steps = Math.ceil((time - now) / timeStep - 1e-9);
      if (steps > 0) stepper.advance((time - now) / steps, steps);
      now = time;
      const u = stepper.values();
      positions.forEach((_, j) => values[(k * times.length + i) * positions.length + j] = u[j * stride]);
    });
  }
  return { functions: starts.rows, positions, times, values };
}

/** @throws {RangeError} If ν is not a positive number. */
function checkViscosity(action: string, nu: number): void {
  if (nu > 0 && nu < Infinity) return;
  throw new RangeError(`Cannot ${action} as nu must be finite and > 0: current value is ${nu}`);
}

/** A spectrum: real and imaginary parts. */
interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Carries one function's spectrum û (divided by N) through time. */
class BurgersStepper {
  readonly #fft: Fft;
  readonly #wave: Float64Array;
  readonly #kept: Float64Array;
  readonly #nu: number;
  readonly #state: Spectrum;
  readonly #work: Spectrum;
  readonly #stages: readonly Spectrum[];
  readonly #stage: Spectrum;

  constructor({ nu, length, points }: { nu: number; length: number; points: number }) {
    this.#fft = new Fft(points);
    this.#nu = nu;
    const mode = (j: number) => j < points / 2 ? j : j - points;
    this.#wave = Float64Array.from({ length: points }, (_, j) => 2 * Math.PI * mode(j) / length);
    this.#kept = Float64Array.from({ length: points }, (_, j) => Math.abs(mode(j)) < points / 3 ? 1 : 0);
    const spectrum = () => ({ re: new Float64Array(points), im: new Float64Array(points) });
    [this.#state, this.#work, this.#stage] = [spectrum(), spectrum(), spectrum()];
    this.#stages = [spectrum(), spectrum(), spectrum(), spectrum()];
  }

  start(u: Float64Array): void {
    const { re, im } = this.#state;
    re.set(u);
    im.fill(0);
    this.#fft.transform(re, im);
    for (let j = 0; j < re.length; j++) re[j] /= re.length, im[j] /= re.length;
  }

  values(): Float64Array {
    const { re, im } = this.#work;
    re.set(this.#state.re);
    im.set(this.#state.im);
    this.#fft.transform(re, im, { inverse: true });
    return re;
  }

  /** out = −(ik/2) F[u²]. */
  #nonlinear(from: Spectrum, out: Spectrum): void {
    const { re, im } = this.#work;
    const n = re.length;
    for (let j = 0; j < n; j++) re[j] = from.re[j] * this.#kept[j], im[j] = from.im[j] * this.#kept[j];
    this.#fft.transform(re, im, { inverse: true });
    for (let j = 0; j < n; j++) re[j] = re[j] * re[j], im[j] = 0;
    this.#fft.transform(re, im);
    for (let j = 0; j < n; j++) {
      const c = this.#wave[j] * this.#kept[j] / (2 * n);
      out.re[j] = c * im[j];
      out.im[j] = -c * re[j];
    }
  }

  /** Integrating-factor RK4 with E = e^{−νk²h/2}. */
  advance(h: number, steps: number): void {
    const half = this.#wave.map((k) => Math.exp(-this.#nu * k * k * h / 2));
    const [a, b, c, d] = this.#stages;
    const { re, im } = this.#state;
    const s = this.#stage;
    const n = re.length;
    for (let step = 0; step < steps; step++) {
      this.#nonlinear(this.#state, a);
      for (let j = 0; j < n; j++) {
        s.re[j] = half[j] * (re[j] + h / 2 * a.re[j]);
        s.im[j] = half[j] * (im[j] + h / 2 * a.im[j]);
      }
      this.#nonlinear(s, b);
      for (let j = 0; j < n; j++) {
        s.re[j] = half[j] * re[j] + h / 2 * b.re[j];
        s.im[j] = half[j] * im[j] + h / 2 * b.im[j];
      }
      this.#nonlinear(s, c);
      for (let j = 0; j < n; j++) {
        s.re[j] = half[j] * (half[j] * re[j] + h * c.re[j]);
        s.im[j] = half[j] * (half[j] * im[j] + h * c.im[j]);
      }
      this.#nonlinear(s, d);
      for (let j = 0; j < n; j++) {
        const e = half[j], w = h / 6;
        re[j] = e * e * (re[j] + w * a.re[j]) + 2 * w * e * (b.re[j] + c.re[j]) + w * d.re[j];
        im[j] = e * e * (im[j] + w * a.im[j]) + 2 * w * e * (b.im[j] + c.im[j]) + w * d.im[j];
      }
    }
  }
}

/**
 * The Cole–Hopf solution of Burgers' equation on a periodic domain, by quadrature in float64:
 * u(x, t) = Σ_k w_k y_k/t / Σ_k w_k with log w_k = −U(x − y_k)/(2ν) − y_k²/(4νt) and U' = f.
 *
 * Independent of {@link solveBurgers}, and good for small ν too, as only differences of logarithms enter.
 *
 * @param initial One function per row; its mean c_0 must be 0.
 * @param options ν, the grid, and `nodes` (default 4001) of the trapezoidal rule.
 * @throws {RangeError} If ν is not positive, a function's mean is not 0 or a time is negative.
 */
export function coleHopf(
  initial: FourierSeries,
  { nu, grid: { positions, times }, nodes = 4001 }: {
    readonly nu: number;
    readonly grid: Grid;
    readonly nodes?: number;
  },
): SolutionTable {
  checkViscosity("transform by Cole-Hopf", nu);
  const { rows, columns, data } = initial.coefficients;
  const values = new Float64Array(rows * times.length * positions.length);
  for (let k = 0; k < rows; k++) {
    const c = data.subarray(k * columns, (k + 1) * columns);
    if (Math.abs(c[0]) > 1e-12 || times.some((time) => time < 0)) {
      throw new RangeError(
        `Cannot transform by Cole-Hopf as the mean must be 0 and times >= 0: current mean is ${c[0]}`,
      );
    }
    /** U with U' = f: ∫ sin = −cos/κ, ∫ cos = sin/κ. */
    const potential = (x: number) => {
      let total = 0;
      for (let l = 1; l <= initial.modes; l++) {
        const kappa = 2 * Math.PI * l / initial.length;
        total += (c[2 * l] * Math.sin(kappa * x) - c[2 * l - 1] * Math.cos(kappa * x)) / kappa;
      }
      return total;
    };
    times.forEach((time, i) => {
      const row = values.subarray((k * times.length + i) * positions.length).subarray(0, positions.length);
      if (time === 0) {
        return void row.set(
          evaluateSeries(initial, positions).data.subarray(k * positions.length).subarray(
            0,
            positions.length,
          ),
        );
      }
      // u = y/t at the stationary points, so |y| ≤ t max|f|; beyond it the Gaussian decides, with deviation
      // √(2νt).
      const most = c.reduce((sum, value) => sum + Math.abs(value), 0);
      const reach = time * most + 12 * Math.sqrt(2 * nu * time);
      positions.forEach((x, j) => {
        const exponents = new Float64Array(nodes), offsets = new Float64Array(nodes);
        for (let q = 0; q < nodes; q++) {
          const y = reach * (2 * q / (nodes - 1) - 1);
          offsets[q] = y;
          exponents[q] = -potential(x - y) / (2 * nu) - y * y / (4 * nu * time);
        }
        const largest = exponents.reduce((a, b) => Math.max(a, b));
        let above = 0, below = 0;
        for (let q = 0; q < nodes; q++) {
          const w = Math.exp(exponents[q] - largest);
          above += w * offsets[q];
          below += w;
        }
        row[j] = above / below / time;
      });
    });
  }
  return { functions: rows, positions, times, values };
}
