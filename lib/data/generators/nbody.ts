import { NumpyRandom } from "../../random/mod.ts";

/**
 * How two particles act on one another: charges (like ones repel) or springs (a random half of the pairs).
 */
export type NBodyForce = "charged" | "springs";

/** Options of {@link drawNBody} and {@link skipNBody}. */
export interface NBodyDrawOptions {
  /** What the particles do to each other. @default "charged" */
  readonly force?: NBodyForce;
  /** Number of particles, n. @default 5 */
  readonly particles?: number;
  /**
   * Norm of every initial velocity; 1e-16 for particles at rest, as in the published generator. @default 0.5
   */
  readonly speed?: number;
  /** Frames that the published generator stores, each with a (zero-weighted) draw of noise. @default 49 */
  readonly frames?: number;
}

/** A simulation before its first step. Vectors are axis-major: all x, then all y, then all z. */
export interface NBodyState {
  /** What the particles do to each other. */
  readonly force: NBodyForce;
  /** Number of particles. */
  readonly particles: number;
  /** [3, n]. Advanced by {@link simulateNBody}. */
  readonly position: Float64Array;
  /** [3, n]. Advanced by {@link simulateNBody}. */
  readonly velocity: Float64Array;
  /** [n]: ±1, or 0 with springs. */
  readonly charges: Float64Array;
  /** [n, n]: q_i q_j, or the spring between i and j (0 or 1); zero on the diagonal of springs. */
  readonly couplings: Float64Array;
}

/** One stored frame, axis-major. The velocity is that of half a step earlier. */
export interface NBodyFrame {
  /** Number of the step, from 0. */
  readonly step: number;
  /** [3, n] */
  readonly position: Float64Array;
  /** [3, n] */
  readonly velocity: Float64Array;
}

/** Time step of the integrator. */
const DT = 0.001;
/** Largest component of a force, 0.1/dt. */
const MAX_FORCE = 0.1 / DT;
/** Half the side of the box in which simulations start. */
const BOX = 5;
/** Standard deviation of the initial positions with springs; with charges it is (n/5)^(1/3). */
const SPRING_SPREAD = 0.5;
const SPRING_STRENGTH = 0.1;

/** How many uniforms a simulation takes first: one per charge, or one per ordered pair. */
function uniforms(force: NBodyForce, particles: number): number {
  return force === "charged" ? particles : particles * particles;
}

/**
 * Draws the next simulation of the published generator's stream (Kipf et al. 2018 in three dimensions,
 * Satorras et al. 2021): couplings, positions, velocities, reflection at the box, then the noise that it
 * multiplies by zero.
 *
 * @param random NumPy's legacy stream; the official benchmark is seed 43.
 * @example
 * ```ts
 * import { drawNBody, simulateNBody } from "@refigure/refigure/data";
 * import { NumpyRandom } from "@refigure/refigure/random";
 * import assert from "node:assert/strict";
 *
 * const simulation = drawNBody(new NumpyRandom(43));
 * const [frame30, frame40] = simulateNBody(simulation, { at: [3100, 4100] });
 * assert.equal(frame30.position[0].toFixed(6), "2.989116");
 * assert.equal(frame40.step, 4100);
 * ```
 */
export function drawNBody(random: NumpyRandom, options: NBodyDrawOptions = {}): NBodyState {
  const { force = "charged", particles: n = 5, speed = 0.5, frames = 49 } = options;
  const u = random.randomSample(uniforms(force, n));
  const charges = Float64Array.from({ length: n }, (_, i) => force === "springs" ? 0 : u[i] < 0.5 ? -1 : 1);
  const couplings = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (force === "charged") couplings[i * n + j] = charges[i] * charges[j];
      // Springs: the lower triangle of n × n draws, mirrored.
      else if (i !== j) couplings[i * n + j] = u[Math.max(i, j) * n + Math.min(i, j)] < 0.5 ? 0 : 1;
    }
  }
  const spread = force === "charged" ? (n / 5) ** (1 / 3) : SPRING_SPREAD;
  const position = random.standardNormal(3 * n).map((x) => spread * x);
  const velocity = random.standardNormal(3 * n);
  for (let i = 0; i < n; i++) {
    const norm = Math.sqrt(velocity[i] ** 2 + velocity[n + i] ** 2 + velocity[2 * n + i] ** 2);
    for (let k = i; k < 3 * n; k += n) velocity[k] = speed * velocity[k] / norm;
  }
  random.skipNormal(2 * frames * 3 * n);
  const state: NBodyState = { force, particles: n, position, velocity, charges, couplings };
  reflectNBody(state);
  return state;
}

/** Goes over `count` simulations of the stream without integrating them; see {@link drawNBody}. */
export function skipNBody(random: NumpyRandom, count: number, options: NBodyDrawOptions = {}): void {
  const { force = "charged", particles: n = 5, frames = 49 } = options;
  for (let i = 0; i < count; i++) {
    random.randomSample(uniforms(force, n));
    random.skipNormal(6 * n + 2 * frames * 3 * n);
  }
}

/** Reflects a state once at the walls |x| = 5, in place; the integration itself has no walls. */
export function reflectNBody({ position, velocity }: NBodyState): void {
  for (let k = 0; k < position.length; k++) {
    if (position[k] > BOX) {
      position[k] = 2 * BOX - position[k];
      velocity[k] = -Math.abs(velocity[k]);
    } else if (position[k] < -BOX) {
      position[k] = -2 * BOX - position[k];
      velocity[k] = Math.abs(velocity[k]);
    }
  }
}

/**
 * The forces on unit masses, F_i = Σ_j q_i q_j (x_i − x_j)/|x_i − x_j|³ or −0.1 Σ_j k_ij (x_i − x_j), each
 * component clipped to ±100; [3, n].
 *
 * Rounds as the published generator does, which takes |x_i − x_j|² = |x_i|² + |x_j|² − 2 x_i·x_j and its
 * power 3/2, and adds in NumPy's order: in close encounters the last bit decides where particles are a few
 * thousand steps later.
 */
export function nBodyForces(
  state: Pick<NBodyState, "force" | "particles" | "position" | "couplings">,
  out: Float64Array = new Float64Array(3 * state.particles),
  terms: Float64Array = new Float64Array(3 * state.particles ** 2),
): Float64Array {
  const { force, particles: n, position: x, couplings } = state;
  const charged = force === "charged";
  const y = n, z = 2 * n;
  // terms[axis, i, j]: the force of j on i.
  for (let i = 0; i < n; i++) {
    const xi = x[i], yi = x[y + i], zi = x[z + i];
    const normI = xi * xi + yi * yi + zi * zi;
    for (let j = i + 1; j < n; j++) {
      const xj = x[j], yj = x[y + j], zj = x[z + j];
      let size = couplings[i * n + j];
      if (charged) {
        const normJ = xj * xj + yj * yj + zj * zj;
        const inner = xi * xj + yi * yj + zi * zj;
        size /= Math.pow(normI + normJ - 2 * inner, 1.5);
      } else {
        size *= -SPRING_STRENGTH;
      }
      const gx = size * (xi - xj), gy = size * (yi - yj), gz = size * (zi - zj);
      terms[i * n + j] = gx;
      terms[(n + i) * n + j] = gy;
      terms[(2 * n + i) * n + j] = gz;
      terms[j * n + i] = -gx;
      terms[(n + j) * n + i] = -gy;
      terms[(2 * n + j) * n + i] = -gz;
    }
  }
  for (let k = 0; k < 3 * n; k++) {
    const total = sumAsNumpy(terms, k * n, n);
    out[k] = total > MAX_FORCE ? MAX_FORCE : total < -MAX_FORCE ? -MAX_FORCE : total;
  }
  return out;
}

/**
 * Sum of `count` ≤ 128 values in NumPy's order: one after the other, from 8 values on in eight partial sums.
 */
function sumAsNumpy(a: Float64Array, start: number, count: number): number {
  let sum = 0, done = 0;
  if (count >= 8) {
    let r0 = a[start], r1 = a[start + 1], r2 = a[start + 2], r3 = a[start + 3];
    let r4 = a[start + 4], r5 = a[start + 5], r6 = a[start + 6], r7 = a[start + 7];
    for (done = 8; done + 8 <= count; done += 8) {
      const at = start + done;
      r0 += a[at];
      r1 += a[at + 1];
      r2 += a[at + 2];
      r3 += a[at + 3];
      r4 += a[at + 4];
      r5 += a[at + 5];
      r6 += a[at + 6];
      r7 += a[at + 7];
    }
    sum = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7));
  }
  for (; done < count; done++) sum += a[start + done];
  return sum;
}

/**
 * Integrates a state by the published scheme, dt = 0.001: kick once, v += dt·F(x); then per step x += dt·v,
 * store the frame, v += dt·F(x). So a stored velocity is half a step behind, as in the benchmark.
 *
 * @param state Advanced in place.
 * @param options.at Steps to store, rising, each ≥ 1; integration ends at the last.
 * @throws {RangeError} If the steps do not rise.
 */
export function simulateNBody(
  state: NBodyState,
  { at }: { readonly at: readonly number[] },
): NBodyFrame[] {
  if (at.some((step, i) => !Number.isInteger(step) || step <= (at[i - 1] ?? 0))) {
    throw new RangeError(
      `Cannot simulate as the steps to store must rise from 1: current value is ${at.join(", ")}`,
    );
  }
  const { position, velocity } = state;
  const size = position.length;
  const forces = new Float64Array(size);
  const terms = new Float64Array(size * state.particles);
  const frames: NBodyFrame[] = [];
  let step = 0;
  for (const end of at) {
    for (; step < end; step++) {
      nBodyForces(state, forces, terms);
      for (let k = 0; k < size; k++) {
        velocity[k] += DT * forces[k];
        position[k] += DT * velocity[k];
      }
    }
    frames.push({ step, position: position.slice(), velocity: velocity.slice() });
  }
  return frames;
}
