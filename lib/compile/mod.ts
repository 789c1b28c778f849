/**
 * Compiles TensorFlow.js programs into ONNX graphs and runs them on an executor.
 *
 * @module
 */
export { TraceError } from "./_backend.ts";
export { profileTo, useThreads } from "./_executors.ts";
export { compile } from "./compile.ts";
export { disposable, type NativeResource } from "./disposal.ts";
export { interruption, isKernel } from "./interruption.ts";
export * from "./loop.ts";
export * from "./onnx_file.ts";
export * from "./portable.ts";
export * from "./probe.ts";
export * from "./routines.ts";
export * from "./scan.ts";
export * from "./types.ts";
export { meterWork, type ProgramRuns, type Task, type WorkMeter } from "./work.ts";
export type { HostTensor, HostTree, Tree } from "../tensor/mod.ts";
