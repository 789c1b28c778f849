import type { Experiment } from "../../../lib/harness/mod.ts";
import { heatFlows, type SolutionFunction } from "../../../lib/methods/lie_symmetry/mod.ts";

/** Where a solution and its neighbours are drawn. */
export type NeighboursConfig = {
  readonly positions: number;
  /** The time of the curves. */
  readonly time: number;
  /** Group parameters ε by generator, 0 among them. */
  readonly parameters: { readonly [generator: string]: readonly number[] };
};

/** A solution of the heat equation moved along one symmetry. */
export type Neighbour = {
  readonly generator: string;
  readonly epsilon: number;
  /** ũ(x, time) = (exp(ε v) u)(x, time). */
  readonly values: readonly number[];
  /** The largest |ũ_t − ν ũ_xx| along the curve, by central differences. */
  readonly residual: number;
};

/** Neighbouring solutions. */
export type NeighboursResult = {
  readonly positions: readonly number[];
  readonly neighbours: readonly Neighbour[];
};

const NU = 0.1;
/** Step of the differences; their error is of order h⁴. */
const STEP = 1e-2;

/** A solution of u_t = ν u_xx: three modes that decay. */
const solution: SolutionFunction = (x, t) =>
  [[0.5, 1, 0.5], [-0.45, 2, 1.7], [0.25, 3, 4]].reduce(
    (sum, [amplitude, k, phase]) => sum + amplitude * Math.exp(-NU * k * k * t) * Math.sin(k * x + phase),
    0,
  );

/** |u_t − ν u_xx| by central differences of order 4. */
function residualAt(u: SolutionFunction, x: number, t: number): number {
  const h = STEP;
  const first = (f: (s: number) => number) => (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
  const second = (f: (s: number) => number) =>
    (16 * (f(h) + f(-h)) - (f(2 * h) + f(-2 * h)) - 30 * f(0)) / (12 * h * h);
  return Math.abs(first((s) => u(x, t + s)) - NU * second((s) => u(x + s, t)));
}

/** A solution of the heat equation and where the symmetries' finite flows move it (paper Fig. 1). */
export const neighbours: Experiment<NeighboursConfig, NeighboursResult> = {
  id: "neighbours",
  title: "Neighbouring solutions",
  module: import.meta.url,
  usesExecutor: false,
  cost: () => 0.3,
  run({ positions: count, time, parameters }) {
    const flows = heatFlows(NU);
    const positions = Array.from({ length: count }, (_, i) => 2 * Math.PI * i / (count - 1));
    return Promise.resolve({
      positions,
      neighbours: Object.entries(parameters).flatMap(([generator, epsilons]) =>
        epsilons.map((epsilon) => {
          const moved = flows[generator as keyof typeof flows](solution, epsilon);
          return {
            generator,
            epsilon,
            values: positions.map((x) => moved(x, time)),
            residual: Math.max(...positions.map((x) => residualAt(moved, x, time))),
          };
        })
      ),
    });
  },
};
