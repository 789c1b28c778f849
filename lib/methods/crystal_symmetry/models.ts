import type { HostTree } from "../../compile/mod.ts";
import type { BravaisName } from "../../crystals/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { BatchLayout, CrystalBatch } from "./batches.ts";
import type { CellGroupName } from "./cell_groups.ts";
import { type CellColouring, cellColouring } from "./colouring.ts";
import { applyEcn, countEcn, type Ecn, type EcnConfig, initEcn } from "./ecn.ts";
import { regularMaps } from "./regular.ts";

/** A network that predicts one number for each crystal. */
export interface CrystalModel<P = unknown> {
  /** For messages and tables. */
  readonly name: string;
  /** Number of trained numbers. */
  readonly parameterCount: number;
  /** How the edges of a batch are sorted. */
  readonly colouring: CellColouring;
  /** Draws initial parameters. */
  init(stream: Stream): HostTree<P>;
  /** Predicts one number for each crystal of a batch. @returns `[B]` */
  predict(
    batch: CrystalBatch,
    options: { readonly parameters: P; readonly layout: BatchLayout },
  ): Tensor;
}

/** One colour for all edges, for networks that do not ask. */
export function plainColouring(): CellColouring {
  return {
    name: "plain",
    colours: 1,
    matrix: new Int32Array(64),
    ofDifference: new Int32Array(8),
    sizes: Int32Array.of(8),
    intersections: Int32Array.of(8),
  };
}

/**
 * The equivariant crystal network for one of the fifteen groups as a model to be trained; with `set` it is
 * ordinary message passing. With `breakSymmetry` it is to be given supercells (`supercellGraph`).
 *
 * @param config.regular Layers on the regular representation of a lattice's group instead of the cells.
 * @throws {RangeError} If there is no such group, a size is out of range, or `set` is to be regular.
 */
export function ecnModel(
  { group, regular: wanted = false, ...config }: EcnConfig & {
    readonly group: CellGroupName;
    readonly regular?: boolean;
  },
): CrystalModel<Ecn> {
  if (wanted && group === "set") {
    throw new RangeError("Cannot make the network as regular must be false with set, which is no lattice");
  }
  const colouring = cellColouring(group), { colours } = colouring;
  const regular = wanted ? regularMaps(group as BravaisName) : undefined;
  return {
    name: `ECN, ${group}`,
    colouring,
    parameterCount: countEcn(config, { colours, regular }),
    init: (stream) => initEcn(stream, { ...config, colours, regular }),
    predict(batch, { parameters, layout }) {
      const { outputs } = applyEcn(batch, { parameters, config, colouring, layout, regular });
      return tf.reshape(outputs, [layout.crystals]);
    },
  };
}

/**
 * The site width S at which a network with some number of colours has about as many parameters as wanted,
 * from the closed form.
 *
 * @param config Its other sizes.
 * @throws {RangeError} If even a width of 1 has more.
 */
export function siteWidthFor(
  parameters: number,
  { colours, ...config }: EcnConfig & { readonly colours: number },
): number {
  let width = 1;
  while (countEcn({ ...config, site: width + 1 }, { colours }) <= parameters) width++;
  const [low, high] = [width, width + 1].map((site) => countEcn({ ...config, site }, { colours }));
  if (width === 1 && low > parameters) {
    throw new RangeError(
      `Cannot find a width as the parameters must be at least ${low}: current value is ${parameters}`,
    );
  }
  return high - parameters < parameters - low ? width + 1 : width;
}
