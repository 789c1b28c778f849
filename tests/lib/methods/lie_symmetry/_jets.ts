/** Jets of functions in closed form, in float64, independent of the library. */
import { type JetPoint, multiIndices } from "../../../../lib/methods/lie_symmetry/mod.ts";

type Complex = readonly [re: number, im: number];

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];

function power(z: Complex, n: number): Complex {
  let result: Complex = [1, 0];
  for (let i = 0; i < n; i++) result = times(result, z);
  return result;
}

const nameOf = (index: string) => index === "" ? "u" : `u_${index}`;
const counts = (index: string) =>
  [index.replaceAll("t", "").length, index.replaceAll("x", "").length] as const;

/** The jet of Σ Im(A e^{ax + bt}): each derivative multiplies a term by a or b. */
export function waveJet(
  waves: readonly { amplitude: number; a: Complex; b: Complex; phase?: number }[],
  { x, t, order }: { x: number; t: number; order: number },
): JetPoint {
  const values = multiIndices(order).map((index) => {
    const [i, j] = counts(index);
    const total = waves.reduce((sum, { amplitude, a, b, phase = 0 }) => {
      const size = amplitude * Math.exp(a[0] * x + b[0] * t);
      const angle = a[1] * x + b[1] * t + phase;
      const factor = times(power(a, i), power(b, j));
      return sum + times(factor, [size * Math.cos(angle), size * Math.sin(angle)])[1];
    }, 0);
    return [nameOf(index), total] as const;
  });
  return { x, t, ...Object.fromEntries(values) };
}

/** sin(1.3x + 0.7t) e^{0.2x}: no solution of any of the equations. */
export function arbitraryJet(x: number, t: number, order = 4): JetPoint {
  return waveJet([{ amplitude: 1, a: [0.2, 1.3], b: [0, 0.7] }], { x, t, order });
}

/** A sum of two modes of the heat equation. */
export function heatJet(nu: number, x: number, t: number, order = 3): JetPoint {
  return waveJet([
    { amplitude: 0.8, a: [0, 1], b: [-nu, 0], phase: 0.3 },
    { amplitude: -0.5, a: [0, 3], b: [-9 * nu, 0], phase: 1.1 },
  ], { x, t, order });
}

/** Taylor coefficients in (x, t) about a point, up to a total order: c[i][j] multiplies dx^i dt^j. */
class Taylor {
  constructor(readonly c: number[][]) {}
  static make(order: number, f: (i: number, j: number) => number): Taylor {
    return new Taylor(
      Array.from({ length: order + 1 }, (_, i) => Array.from({ length: order + 1 - i }, (_, j) => f(i, j))),
    );
  }
  get order() {
    return this.c.length - 1;
  }
  times(other: Taylor): Taylor {
    return Taylor.make(this.order, (i, j) => {
      let sum = 0;
      for (let p = 0; p <= i; p++) for (let q = 0; q <= j; q++) sum += this.c[p][q] * other.c[i - p][j - q];
      return sum;
    });
  }
  /** Long division, lower orders first. */
  over(other: Taylor): Taylor {
    const quotient = Taylor.make(this.order, () => 0);
    for (let n = 0; n <= this.order; n++) {
      for (let i = 0; i <= n; i++) {
        const j = n - i;
        const known = quotient.times(other).c[i][j];
        quotient.c[i][j] = (this.c[i][j] - known) / other.c[0][0];
      }
    }
    return quotient;
  }
}

const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1);

/** The exact periodic solution u = 2ν e^{−νt} sin x/(a + e^{−νt} cos x) of Burgers' equation. */
export const burgersSolution = (nu: number, a = 2) => (x: number, t: number): number =>
  2 * nu * Math.exp(-nu * t) * Math.sin(x) / (a + Math.exp(-nu * t) * Math.cos(x));

/** Its jet. */
export function burgersJet(nu: number, x: number, t: number, order = 3): JetPoint {
  const a = 2;
  const sine = (i: number) => Math.sin(x + i * Math.PI / 2),
    cosine = (i: number) => Math.cos(x + i * Math.PI / 2);
  const decay = (j: number) => (-nu) ** j * Math.exp(-nu * t);
  const above = Taylor.make(order, (i, j) => 2 * nu * decay(j) * sine(i) / factorial(i) / factorial(j));
  const below = Taylor.make(
    order,
    (i, j) => (i + j === 0 ? a : 0) + decay(j) * cosine(i) / factorial(i) / factorial(j),
  );
  const u = above.over(below);
  return {
    x,
    t,
    ...Object.fromEntries(
      multiIndices(order).map((index) => {
        const [i, j] = counts(index);
        return [nameOf(index), u.c[i][j] * factorial(i) * factorial(j)];
      }),
    ),
  };
}
