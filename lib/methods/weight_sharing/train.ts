import type { ExecutorName, HostTensor } from "../../compile/mod.ts";
import {
  type AfterStep,
  constantRate,
  cosineDecay,
  countStepsPerEpoch,
  type LearningRate,
  type Loss,
  sgd,
  train,
  type Trained,
  type TrainOptions,
} from "../../nn/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { loadCProx } from "./_prox_c.ts";
import { ProxSolver, type SolveOptions } from "./prox.ts";
import { projectOnClusters, releasedForm } from "./released_update.ts";
import type { Clusters, ProxAlgorithm } from "./types.ts";

/** The penalty on one layer's weights, or on its bias: each is a vector of its own. */
export interface LayerPenalty {
  /** Path of the parameter, e.g. `layers[0].weight`. */
  readonly path: string;
  /** Weight λ of R, `ws_lr`. @default 0 */
  readonly sharing?: number;
  /** Weight of ‖·‖₁, `lasso_lr`; the released update does not multiply it by the learning rate. @default 0 */
  readonly l1?: number;
}

/** Options of {@link proximalStep}. */
export interface ProximalStepOptions {
  /** Which layers are penalised, and how much. */
  readonly penalties: readonly LayerPenalty[];
  /** η of each step, that of the gradient step. */
  readonly learningRate: LearningRate;
  /**
   * Multiply the move by η instead of the penalty, see `ReleasedUpdateOptions.scaleByLearningRate`. @default
   * false
   */
  readonly scaleByLearningRate?: boolean;
  /** ρ, the share of the move that is taken back, or its value at each step. @default 0 */
  readonly rho?: number | ((step: number) => number);
  /** How the proximal operator is computed. @default "pav" */
  readonly algorithm?: ProxAlgorithm;
  /** What computes it, e.g. {@link loadProximalSolver}. @default a {@link ProxSolver} of the algorithm */
  readonly solver?: ProximalSolver;
}

/** Computes the prox of float32 weights, in the same memory each time. */
export interface ProximalSolver {
  /** As {@link ProxSolver.solve}. */
  solve(weights: Float32Array, options: SolveOptions<Float32Array>): Float32Array;
}

/** Options of {@link loadProximalSolver}. */
export interface ProximalSolverOptions {
  /** That of the training. @default "native" */
  readonly executor?: ExecutorName;
  /** How the proximal operator is computed. @default "pav" */
  readonly algorithm?: ProxAlgorithm;
}

/**
 * The fastest solver beside an executor: on `c`, pool adjacent violators in C, built by the machine's
 * compiler; else a {@link ProxSolver}. The results are the same to the last bit.
 *
 * @throws {Error} If the executor is `c` and there is no C compiler.
 *
 * @example
 * ```ts
 * import { loadProximalSolver } from "@refigure/refigure/weight_sharing";
 * import assert from "node:assert/strict";
 *
 * using solver = await loadProximalSolver();
 * assert.deepEqual([...solver.solve(Float32Array.of(0, 1, 3), { alpha: 1 })], [1, 1, 2]);
 * ```
 */
export async function loadProximalSolver(
  { executor, algorithm = "pav" }: ProximalSolverOptions = {},
): Promise<ProximalSolver & Disposable> {
  if (executor === "c" && algorithm === "pav") return await loadCProx();
  const solver = new ProxSolver(algorithm);
  return { solve: (weights, options) => solver.solve(weights, options), [Symbol.dispose]() {} };
}

/**
 * The proximal half of proximal gradient descent, for `train`'s `afterStep`: the released update
 * ({@link releasedUpdate}) of each penalised parameter. Memory is kept from step to step; nothing else is
 * copied.
 *
 * With ρ = 0 and without the trick it is w ← prox_{λη R + β‖·‖₁}(w).
 */
export function proximalStep(options: ProximalStepOptions): AfterStep {
  const { learningRate, scaleByLearningRate, rho = 0, algorithm } = options;
  const solver = options.solver ?? new ProxSolver(algorithm);
  const penalties = options.penalties.filter(({ sharing = 0, l1 = 0 }) => sharing !== 0 || l1 !== 0);
  return {
    paths: penalties.map(({ path }) => path),
    update(values, step) {
      const rate = learningRate(step);
      const share = typeof rho === "number" ? rho : rho(step);
      penalties.forEach(({ sharing = 0, l1 = 0 }, i) => {
        const data = weightsOf(values[i]);
        solver.solve(data, {
          ...releasedForm({ sharing, l1, learningRate: rate, scaleByLearningRate, rho: share }),
          out: data,
        });
      });
    },
  };
}

/**
 * Keeps sharing patterns during training, for `train`'s `afterStep`: each cluster becomes its mean after
 * every step ({@link projectOnClusters}). Start from projected weights. Descending on the weights and
 * projecting is descending on the clusters' values with their mean gradient.
 *
 * @param patterns Path of a parameter → its clusters.
 */
export function frozenSharing(patterns: Readonly<Record<string, Clusters>>): AfterStep {
  const paths = Object.keys(patterns).sort();
  return {
    paths,
    update(values) {
      values.forEach((value, i) => {
        const data = weightsOf(value);
        data.set(projectOnClusters(data, patterns[paths[i]]));
      });
    },
  };
}

function weightsOf({ dtype, data }: HostTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError(`Cannot share weights as their dtype must be float32: current value is ${dtype}`);
}

/** Options of {@link trainWithSharing}; the defaults are those of the released scripts. */
export interface SharingTrainOptions<P, Batch, Buffers>
  extends Omit<TrainOptions<P, Batch, Buffers>, "optimiser" | "learningRate" | "afterStep"> {
  /** η of the first epoch; it falls to 0 by a cosine, epoch by epoch. @default 0.1 */
  readonly learningRate?: number;
  /** How η depends on the epoch: `cosine`, or the same all along. @default "cosine" */
  readonly schedule?: "cosine" | "constant";
  /** Which layers are penalised, and how much. @default [], no penalty */
  readonly penalties?: readonly LayerPenalty[];
  /** Sharing patterns to keep instead (freeze and retrain). */
  readonly frozen?: Readonly<Record<string, Clusters>>;
  /** Multiply the move by η instead of the penalty, see {@link ReleasedUpdateOptions}. @default false */
  readonly scaleByLearningRate?: boolean;
  /** ρ, or its value in each epoch. @default 0 */
  readonly rho?: number | ((epoch: number) => number);
  /** How the proximal operator is computed; `pav` in C where the executor is `c`. @default "pav" */
  readonly algorithm?: ProxAlgorithm;
}

/**
 * Proximal gradient descent on loss + Σ_layers λ R(w) + β‖w‖₁: a step of SGD (no momentum, no weight decay),
 * then the proximal step of each penalised parameter with the step's learning rate.
 *
 * Without penalties it is plain SGD, many steps per call; with them every step is a call, as the proximal
 * step is on the host, outside the gradient. Which numbers are drawn is the same either way.
 *
 * @param loss As for `train`.
 * @throws {TypeError} If both penalties and frozen patterns are given.
 * @throws {RangeError} As `train`, and if a path names no parameter or a penalised weight is not finite.
 */
export async function trainWithSharing<P, Batch, Buffers = Record<never, Tensor>>(
  loss: Loss<P, Batch, Buffers>,
  options: SharingTrainOptions<P, Batch, Buffers>,
): Promise<Trained<P, Buffers>> {
  const {
    learningRate = 0.1,
    schedule = "cosine",
    penalties = [],
    frozen,
    scaleByLearningRate,
    rho = 0,
    algorithm,
    ...rest
  } = options;
  const { epochs, executor } = rest;
  if (frozen !== undefined && penalties.length > 0) {
    throw new TypeError("Cannot train as penalties and frozen patterns exclude each other: both are given");
  }
  const stepsPerEpoch = countStepsPerEpoch(rest);
  const epochOf = (step: number) => Math.floor(step / stepsPerEpoch);
  const byEpoch = schedule === "cosine"
    ? cosineDecay(learningRate, { steps: epochs })
    : constantRate(learningRate);
  const rate: LearningRate = (step) => byEpoch(epochOf(step));
  using solver = await loadProximalSolver({
    executor: penalties.length > 0 ? executor : undefined,
    algorithm,
  });
  const proximal = proximalStep({
    penalties,
    learningRate: rate,
    scaleByLearningRate,
    rho: typeof rho === "number" ? rho : (step) => rho(epochOf(step)),
    solver,
  });
  const afterStep = frozen === undefined ? proximal : frozenSharing(frozen);
  return await train(loss, {
    ...rest,
    optimiser: sgd(),
    learningRate: rate,
    ...(afterStep.paths.length > 0 && { afterStep }),
  });
}
