/**
 * What a first program needs: `tf` and host tensors, compiled programs, random streams, and training.
 *
 * Everything else has a door of its own: `@refigure/refigure/nn` (all layers, initialisers, losses,
 * optimisers), `/data`, `/stats`, `/figures`, `/anomaly`, `/graphs`, `/harness`, one per method
 * (`/diffusion_time`, …), and for the rarer names of what is below, `/tensor`, `/compile` and `/random`.
 * Using a method loads neither the other methods, nor plotting, nor command-line code.
 *
 * @module
 */
export {
  compile,
  type CompiledLoop,
  type CompiledProgram,
  compileLoop,
  type CompileOptions,
  type ExecutorName,
  EXECUTORS,
  probeExecutors,
  scan,
  TraceError,
} from "./lib/compile/mod.ts";
export {
  adam,
  type BatchMaker,
  compilePredictor,
  constantRate,
  constants,
  cosineDecay,
  crossEntropy,
  type Dense,
  dense,
  dropout,
  initDense,
  type LearningRate,
  type Loss,
  type LossInput,
  meanSquaredError,
  type Optimiser,
  type Predictor,
  relu,
  type RowBatches,
  rowBatches,
  sgd,
  sigmoid,
  tanh,
  train,
  type Trained,
  type TrainOptions,
  type TrainProgress,
  weightedMean,
} from "./lib/nn/mod.ts";
export { type Stream, stream } from "./lib/random/mod.ts";
export { type Matrix, matrix } from "./lib/stats/mod.ts";
export {
  flattenTree,
  type HostTensor,
  hostTensor,
  type HostTree,
  mapTree,
  stopGradient,
  type Tensor,
  tf,
  unflattenTree,
  valueAndGrad,
  zipTrees,
} from "./lib/tensor/mod.ts";
