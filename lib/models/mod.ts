/**
 * Files of trained models: ONNX graphs that any engine can run, with what made them.
 *
 * @module
 */
export * from "./models.ts";
