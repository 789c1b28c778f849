import { type Tensor, tf } from "../../tensor/mod.ts";

/**
 * How channels turn along with an image: under a rotation by θ a pair of frequency m is multiplied by e^{imθ}
 * (as a complex number), one of frequency 0 stays.
 */
export type Frequencies = readonly number[];

/** Real numbers that channels of these frequencies take: one for 0, two (real, imaginary) for others. */
export const componentsOf = (frequencies: Frequencies): number =>
  frequencies.reduce((sum, frequency) => sum + (frequency === 0 ? 1 : 2), 0);

/** Width of a ring, in pixels; of the outermost one it is less, as half of it would lie outside. */
const WIDTH = 0.6, OUTER_WIDTH = 0.4;

/** A ring of a filter and the largest angular frequency that its pixels can tell. */
interface Ring {
  readonly radius: number;
  readonly width: number;
  readonly most: number;
}

/** Rings of filters of so many pixels, with the frequencies of Weiler & Cesa (2019). */
function ringsOf(size: number): Ring[] {
  const last = (size - 1) / 2;
  return Array.from({ length: last + 1 }, (_, radius) => ({
    radius,
    width: radius === 0 ? 0.005 : radius === last ? OUTER_WIDTH : WIDTH,
    most: radius === 0 ? 0 : radius === last ? 2 : 2 * radius - (radius + 1) % 2,
  }));
}

/**
 * All filters that take channels of some frequencies to channels of others so that the result turns along
 * with the image: a basis of exp(−(ρ − r)²/2σ²) e^{ikφ} for rings r, with k = m′ − m, and k = m′ + m on the
 * conjugate (Worrall et al. 2017; rings as in Weiler & Cesa 2019). Turning such a filter is exact: it is
 * multiplied by a phase, nothing is interpolated.
 *
 * @param size Odd side, pixels.
 * @param from Frequencies of the inputs.
 * @param to Frequencies of the outputs.
 * @returns `functions` many filters `[functions, size, size, components from, components to]`, each of norm 1
 *   per output component; φ runs counter-clockwise as displayed.
 */
export function harmonicBasis(
  size: number,
  { from, to }: { readonly from: Frequencies; readonly to: Frequencies },
): { readonly values: Float32Array; readonly functions: number } {
  if (!Number.isInteger(size) || size < 3 || size % 2 === 0) {
    throw new RangeError(`Cannot make filters as size must be odd and >= 3: current value is ${size}`);
  }
  const [inputs, outputs] = [componentsOf(from), componentsOf(to)];
  const area = size * size, centre = (size - 1) / 2;
  const all: Float32Array[] = [];
  const starts = (list: Frequencies) => list.map((_, i) => componentsOf(list.slice(0, i)));
  const [firstIn, firstOut] = [starts(from), starts(to)];
  from.forEach((m, i) =>
    to.forEach((n, o) => {
      for (const sign of m === 0 || n === 0 ? [1] : [1, -1]) {
        const k = n - sign * m;
        for (const { radius, width, most } of ringsOf(size)) {
          if (Math.abs(k) > most) continue;
          // A coefficient's real part, then its imaginary part: multiplication by i.
          for (const turned of [0, 1]) {
            const filter = new Float32Array(area * inputs * outputs);
            for (let pixel = 0; pixel < area; pixel++) {
              const [x, y] = [pixel % size - centre, centre - Math.floor(pixel / size)];
              // The centre has no angle: only k = 0 is not 0 there.
              if (x === 0 && y === 0 && k !== 0) continue;
              const ring = Math.exp(-((Math.hypot(x, y) - radius) ** 2) / (2 * width ** 2));
              const angle = k * Math.atan2(y, x) + turned * Math.PI / 2;
              const [re, im] = [ring * Math.cos(angle), ring * Math.sin(angle)];
              const put = (a: number, b: number, value: number) => {
                filter[(pixel * inputs + firstIn[i] + a) * outputs + firstOut[o] + b] = value;
              };
              // W z or W z̄: (re + i im)(z_re ± i z_im).
              put(0, 0, re);
              if (n !== 0) put(0, 1, im);
              if (m !== 0) put(1, 0, -sign * im);
              if (m !== 0 && n !== 0) put(1, 1, sign * re);
            }
            const norm = Math.hypot(...filter) / (n === 0 ? 1 : Math.SQRT2);
            if (norm > 1e-6) all.push(filter.map((value) => value / norm));
          }
        }
      }
    })
  );
  const values = new Float32Array(all.length * area * inputs * outputs);
  all.forEach((filter, f) => values.set(filter, f * filter.length));
  return { values, functions: all.length };
}

/**
 * The filters of a layer: Σ_f w_f ψ_f, for each field of the inputs and of the outputs.
 *
 * @param weight `[functions, inputs · outputs]`: so many fields of each frequency.
 * @returns `[size, size, components from · inputs, components to · outputs]`, the field running fastest.
 */
export function harmonicFilters(
  weight: Tensor,
  { size, from, to, inputs, outputs }: {
    readonly size: number;
    readonly from: Frequencies;
    readonly to: Frequencies;
    readonly inputs: number;
    readonly outputs: number;
  },
): Tensor {
  const { values, functions } = harmonicBasis(size, { from, to });
  const [a, b, area] = [componentsOf(from), componentsOf(to), size * size];
  const basis = tf.tensor2d(values, [functions, area * a * b]);
  const filters = tf.matMul(basis, weight as tf.Tensor2D, true);
  const byField = tf.transpose(tf.reshape(filters, [area, a, b, inputs, outputs]), [0, 1, 3, 2, 4]);
  return tf.reshape(byField, [size, size, a * inputs, b * outputs]);
}
