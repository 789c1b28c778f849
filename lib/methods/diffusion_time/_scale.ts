import { type PortableModel, portableModel } from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { checkScoredRows, checkTrainingRows, LARGEST_FOR_NETWORKS } from "../../anomaly/mod.ts";
import { fitStandardiser, type Matrix, type Standardiser } from "../../stats/mod.ts";

/** Rows on the scale on which a network sees them. */
export interface Scaled {
  /** The training rows. */
  readonly data: Matrix;
  /** Shift and scale of the training rows; absent if they were on that scale before. */
  readonly standardiser?: Standardiser;
  /**
   * Rows to be scored.
   *
   * @throws {RangeError} If they have other columns, or a value is not finite.
   */
  scale(rows: Matrix): Matrix;
}

/**
 * Checks training rows and, if asked, standardises them: diffusion adds its noise to columns of standard
 * deviation 1.
 *
 * @param what Name of the method, for messages.
 * @throws {RangeError} If a value is not finite.
 */
export function scaled(
  rows: Matrix,
  { what, standardise = true }: { readonly what: string; readonly standardise?: boolean },
): Scaled {
  const size = standardise ? {} : { largest: LARGEST_FOR_NETWORKS };
  checkTrainingRows(rows, what, size);
  const standardiser = standardise ? fitStandardiser(rows) : undefined;
  const { columns } = rows;
  return {
    data: standardiser?.apply(rows) ?? rows,
    ...(standardiser === undefined ? {} : { standardiser }),
    scale(asked) {
      checkScoredRows(asked, { columns, what, ...size });
      return standardiser === undefined ? asked : bounded(standardiser.apply(asked));
    },
  };
}

/** Rows as far out as a network can take them: beyond 10¹⁵ standard deviations all is alike. */
function bounded({ data, ...shape }: Matrix): Matrix {
  const limit = LARGEST_FOR_NETWORKS;
  return { ...shape, data: data.map((value) => Math.min(limit, Math.max(-limit, value))) };
}

/** Rows that a file's model computes at once. */
const BLOCK = 256;

/** How a detector leaves: its file takes `rows` `[n, d]` of float64, and gives `score` `[n]`. */
export function portableDetector(
  score: (rows: Tensor) => Tensor,
  { columns, standardiser, method, data, options }: {
    readonly columns: number;
    readonly standardiser?: Standardiser;
    readonly method: string;
    readonly data: string;
    readonly options: { readonly seed: number };
  },
): PortableModel {
  const scaling = standardiser && { ...standardiser, limit: LARGEST_FOR_NETWORKS };
  const rows = hostTensor(new Float32Array(BLOCK * columns), [BLOCK, columns]);
  return portableModel(({ rows }: { readonly rows: Tensor }) => ({ score: score(rows) }), { rows }, {
    method,
    seed: options.seed,
    data,
    settings: options,
    scaling: { rows: { ...scaling } },
  });
}
