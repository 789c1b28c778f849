/**
 * The registry: one row per TensorFlow.js kernel, in files by family. A new kernel is a new row, and a new
 * case in `tests/lib/compile/_kernel_cases.ts`.
 */
import { CONVOLUTION } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { IMAGE } from "./image.ts";
import { INDEXING } from "./indexing.ts";
import { MATRIX } from "./matrix.ts";
import { POOLING } from "./pooling.ts";
import { REDUCTION } from "./reduction.ts";
import type { KernelRows } from "./row.ts";
import { SHAPE } from "./shape.ts";

export const KERNELS: KernelRows = {
  ...ELEMENTWISE,
  ...SHAPE,
  ...REDUCTION,
  ...MATRIX,
  ...INDEXING,
  ...CONVOLUTION,
  ...POOLING,
  ...IMAGE,
};
