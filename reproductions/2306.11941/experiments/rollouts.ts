import type { Experiment } from "../../../lib/harness/mod.ts";
import { compile } from "../../../lib/compile/mod.ts";
import {
  type Complex,
  gradientFactor,
  referenceConvolution,
  referenceRollout,
  rollout,
  ROLLOUT_METHODS,
  type RolloutMethod,
} from "../../../lib/methods/koopman/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";

/** Identities of the roll-out, on random systems. */
export type RolloutsConfig = {
  readonly modes: number;
  readonly steps: number;
  /** Real parts μ, one system for each; ω = jπ. */
  readonly real: readonly number[];
  readonly timeStep: number;
  /** Steps k at which gradients are taken. */
  readonly gradientSteps: readonly number[];
};

export type RolloutsResult = {
  /** Largest difference from the float64 recurrence, over the largest |x|, by method. */
  readonly differences: Readonly<Record<RolloutMethod, number>>;
  /** Float64 recurrence against float64 convolution, likewise. */
  readonly reference: number;
  /** |∂L_k/∂x_t| / |∂L_k/∂x_{t+k}| of all modes against e^{kΔtμ}. */
  readonly gradients: readonly {
    readonly real: number;
    readonly steps: number;
    /** Mean over modes, and the largest relative distance from the law. */
    readonly ratio: number;
    readonly law: number;
    readonly error: number;
    /** Largest relative distance from the law of a system with another μ: the test is not blind. */
    readonly errorOfOther: number;
  }[];
};

/** How much μ is off in the law that must fail, in 1/s. */
const OTHER = 0.05;

/** Four ways of computing a roll-out, and the theorem on gradients. */
export const rollouts: Experiment<RolloutsConfig, RolloutsResult> = {
  id: "rollouts",
  title: "Identities of the roll-out",
  module: import.meta.url,
  usesExecutor: true,
  async run({ modes, steps, real, timeStep, gradientSteps }, { seed, executor }) {
    const draws = stream(seed, "rollouts");
    const normal = (n: number) => draws.normal(new Float32Array(n));
    const start = { re: normal(modes), im: normal(modes) };
    const inputs = { re: normal(steps * modes), im: normal(steps * modes) };
    const weight = { re: normal(modes), im: normal(modes) };
    const pair = (z: { re: Float32Array; im: Float32Array }, shape: number[]) => ({
      re: hostTensor(z.re, shape),
      im: hostTensor(z.im, shape),
    });
    const double = (z: { re: Float32Array; im: Float32Array }) => ({
      re: Float64Array.from(z.re),
      im: Float64Array.from(z.im),
    });
    const differences = Object.fromEntries(ROLLOUT_METHODS.map((method) => [method, 0]));
    const gradients: RolloutsResult["gradients"][number][] = [];
    let reference = 0;
    for (const mu of real) {
      const exponent = {
        re: new Float32Array(modes).fill(mu * timeStep),
        im: Float32Array.from({ length: modes }, (_, j) => (j + 1) * Math.PI * timeStep),
      };
      const system = {
        exponent: pair(exponent, [modes]),
        start: pair(start, [1, modes]),
        inputs: pair(inputs, [steps, 1, modes]),
      };
      const plain = { exponent: double(exponent), start: double(start), inputs: double(inputs) };
      const wanted = referenceRollout(plain), convolved = referenceConvolution(plain);
      const largest = wanted.re.reduce((most, re, i) => Math.max(most, Math.hypot(re, wanted.im[i])), 0);
      const far = (x: { re: ArrayLike<number>; im: ArrayLike<number> }) =>
        wanted.re.reduce(
          (most, re, i) => Math.max(most, Math.hypot(x.re[i] - re, x.im[i] - wanted.im[i])),
          0,
        ) /
        largest;
      reference = Math.max(reference, far(convolved));
      for (const method of ROLLOUT_METHODS) {
        const program = await compile(
          (s: System) => rollout(s, { method }),
          [system],
          { executor },
        );
        const { re, im } = await program.run(system);
        await program.dispose();
        differences[method] = Math.max(differences[method], far({ re: re.data, im: im.data }));
      }
      const slopes = await compile(
        (s: System) =>
          gradientSteps.map((k) =>
            valueAndGrad(({ start }: { start: Complex }) => {
              const { re, im } = rollout({ ...s, start });
              const at = (part: Tensor) => tf.reshape(tf.slice(part, k - 1, 1), [modes]);
              // L_k = Re⟨w, x̂_k⟩ has the gradient w at x̂_k.
              return tf.add(
                tf.sum(tf.mul(at(re), tf.tensor1d(weight.re))),
                tf.sum(tf.mul(at(im), tf.tensor1d(weight.im))),
              );
            }, { start: s.start }).grads.start as Complex
          ),
        [system],
        { executor },
      );
      const found = await slopes.run(system);
      await slopes.dispose();
      gradientSteps.forEach((k, i) => {
        const { re, im } = found[i];
        const ratios = Array.from(
          re.data,
          (value, j) => Math.hypot(value, im.data[j]) / Math.hypot(weight.re[j], weight.im[j]),
        );
        const law = gradientFactor({ real: mu, timeStep, steps: k });
        const other = gradientFactor({ real: mu + OTHER, timeStep, steps: k });
        const error = (of: number) => Math.max(...ratios.map((ratio) => Math.abs(ratio / of - 1)));
        gradients.push({
          real: mu,
          steps: k,
          ratio: ratios.reduce((sum, ratio) => sum + ratio, 0) / modes,
          law,
          error: error(law),
          errorOfOther: error(other),
        });
      });
    }
    return { differences: differences as Record<RolloutMethod, number>, reference, gradients };
  },
};

interface System {
  readonly exponent: Complex;
  readonly start: Complex;
  readonly inputs: Complex;
}
