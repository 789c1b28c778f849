/** Systems that the roll-out's tests share. */
import { compile, type ExecutorName, type HostTensor } from "../../../../lib/compile/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import {
  type Complex,
  referenceRollout,
  rollout,
  type RolloutMethod,
} from "../../../../lib/methods/koopman/mod.ts";

/** The vector of the paper's card, by its rules. */
export const M = 4, STEP = 0.05;
const T = 8;
export const MU = [-0.2, -0.2, -0.2, -0.2], OMEGA = [1, 2, 3, 4].map((j) => j * Math.PI);
const START = { re: [1, -0.3, 0.25, 0.7], im: [0.5, 0.2, -1, 0] };
const DRIVE = {
  re: Array.from({ length: T * M }, (_, i) => ((3 * Math.floor(i / M) + 5 * (i % M)) % 7 - 3) / 3),
  im: Array.from({ length: T * M }, (_, i) => ((2 * Math.floor(i / M) + (i % M)) % 5 - 2) / 2),
};
export const LAST = {
  re: [-0.16451675, 0.16339924, -0.79704531, 0.20040983],
  im: [1.02758292, -0.32682055, 0.56322024, -0.57584789],
};

/** (e^z − 1)/λ and z in float64. */
export function discretised(j: number) {
  const [a, b] = [STEP * MU[j], STEP * OMEGA[j]];
  const growth = Math.exp(a), re = growth * Math.cos(b) - 1, im = growth * Math.sin(b);
  const squared = MU[j] ** 2 + OMEGA[j] ** 2;
  return {
    z: [a, b],
    factor: [(re * MU[j] + im * OMEGA[j]) / squared, (im * MU[j] - re * OMEGA[j]) / squared],
  };
}

export function vectorSystem() {
  const exponent = { re: new Float64Array(M), im: new Float64Array(M) };
  const inputs = { re: new Float64Array(T * M), im: new Float64Array(T * M) };
  for (let i = 0; i < T * M; i++) {
    const { z, factor: [re, im] } = discretised(i % M);
    [exponent.re[i % M], exponent.im[i % M]] = z;
    inputs.re[i] = re * DRIVE.re[i] - im * DRIVE.im[i];
    inputs.im[i] = re * DRIVE.im[i] + im * DRIVE.re[i];
  }
  const start = { re: Float64Array.from(START.re), im: Float64Array.from(START.im) };
  return { exponent, start, inputs };
}

export const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));

/** A random system of some size, batch 2. */
export function randomSystem(steps: number, { modes = 5, seed = 1 } = {}) {
  const draws = stream(seed, "system");
  const normal = (n: number) => draws.normal(new Float32Array(n));
  return {
    exponent: {
      re: hostTensor(draws.uniform(new Float32Array(modes), { low: -0.1, high: 0.01 })),
      im: hostTensor(draws.uniform(new Float32Array(modes), { low: -1, high: 1 })),
    },
    start: { re: hostTensor(normal(2 * modes), [2, modes]), im: hostTensor(normal(2 * modes), [2, modes]) },
    inputs: {
      re: hostTensor(normal(steps * 2 * modes), [steps, 2, modes]),
      im: hostTensor(normal(steps * 2 * modes), [steps, 2, modes]),
    },
  };
}
export type System = ReturnType<typeof randomSystem>;
export type Traced = { exponent: Complex; start: Complex; inputs: Complex };

export const run = async (
  system: System,
  method: RolloutMethod,
  executor: ExecutorName = "native",
) => {
  const program = await compile((s: Traced) => rollout(s, { method }), [system], { executor });
  const x = await program.run(system);
  await program.dispose();
  return { re: x.re.data as Float32Array, im: x.im.data as Float32Array };
};

/** The reference of one row of a random system, `[steps, modes]`. */
export function referenceRow({ exponent, start, inputs }: System, row: number) {
  const modes = exponent.re.data.length;
  const pick = (x: HostTensor) =>
    Float64Array.from(
      { length: x.data.length / 2 },
      (_, i) => x.data[(Math.floor(i / modes) * 2 + row) * modes + i % modes],
    );
  const both = ({ re, im }: { re: HostTensor; im: HostTensor }) => ({ re: pick(re), im: pick(im) });
  const plain = { re: Float64Array.from(exponent.re.data), im: Float64Array.from(exponent.im.data) };
  return referenceRollout({ exponent: plain, start: both(start), inputs: both(inputs) });
}
