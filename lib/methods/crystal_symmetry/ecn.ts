import { type HostTensor, type HostTree } from "../../compile/mod.ts";
import { type Dense, dense, hostTensor, initDense, silu } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import type { BatchLayout, CrystalBatch } from "./batches.ts";
import { CELLS } from "./cell_groups.ts";
import type { CellColouring } from "./colouring.ts";
import type { EquivariantDense } from "./equivariant_dense.ts";
import { poolCrystals } from "./_pooling.ts";
import { expandDistances } from "./_distances.ts";
import { denseMessages, groupedMessages, regularMessages } from "./messages.ts";
import type { RegularMaps } from "./regular.ts";

/** Sizes and variants of the network; the defaults are those of the released code. */
export interface EcnConfig {
  /** S. @default 100 */
  readonly site?: number;
  /** B, Gaussians that a distance is expanded in. @default 20 */
  readonly bondBasis?: number;
  /** D. @default 20 */
  readonly bondEmbedding?: number;
  /** Q, of the head. @default 100 */
  readonly final?: number;
  /** L. @default 6 */
  readonly layers?: number;
  /**
   * Length of the one-hot code of an element. (The released code adds a flag for runs with a Hubbard U.)
   * @default 103
   */
  readonly elements?: number;
  /**
   * A one-hot code of its cell is part of a node's input: copies of an atom can be told apart. @default false
   */
  readonly breakSymmetry?: boolean;
  /** Leave out the messages between copies of one atom that are weighted apart. @default false */
  readonly hierarchical?: boolean;
  /** Centre of the last Gaussian in ångström. @default 6 */
  readonly maxDistance?: number;
  /** Numbers that are predicted. @default 1 */
  readonly outputs?: number;
}

/** The message function: an equivariant network on functions over the eight cells. */
export interface CellLayer {
  /** 2 S + D → S. */
  readonly first: EquivariantDense;
  /** S → S between functions on the regular representation; absent without it. */
  readonly middle?: EquivariantDense;
  /** S → S. */
  readonly second: EquivariantDense;
}

/** One layer of message passing. */
export interface EcnLayer {
  /** The message function. */
  readonly all: CellLayer;
  /** Absent in the hierarchical variant. */
  readonly own?: CellLayer;
  /** S → 1, of the gate; shared by both kinds of message. */
  readonly attention: Dense;
  /** 2 S → S → S. */
  readonly update: readonly Dense[];
}

/** Parameters of the network. */
export interface Ecn {
  /** Embedding of sites. */
  readonly site: Dense;
  /** Embedding of bonds. */
  readonly bond: Dense;
  /** Layers of message passing. */
  readonly layers: readonly EcnLayer[];
  /** S → Q → Q before the mean over nodes, Q → Q → outputs after it. */
  readonly head: readonly Dense[];
}

/** A configuration with its defaults filled in. */
export type FullEcnConfig = Required<EcnConfig>;

/**
 * Fills in the defaults. @throws {RangeError} If a size is not an integer >= 1 or the distance not positive.
 */
export function fullEcnConfig(config: EcnConfig = {}): FullEcnConfig {
  const {
    site = 100,
    bondBasis = 20,
    bondEmbedding = 20,
    final = 100,
    layers = 6,
    elements = 103,
    breakSymmetry = false,
    hierarchical = false,
    maxDistance = 6,
    outputs = 1,
  } = config;
  const sizes = { site, bondBasis, bondEmbedding, final, layers, elements, outputs };
  for (const [name, value] of Object.entries(sizes)) {
    const least = name === "bondBasis" ? 2 : 1;
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(
        `Cannot make the network as ${name} must be an integer >= ${least}: current value is ${value}`,
      );
    }
  }
  if (!(maxDistance > 0 && maxDistance < Infinity)) {
    throw new RangeError(
      `Cannot make the network as maxDistance must be > 0: current value is ${maxDistance}`,
    );
  }
  return { ...sizes, breakSymmetry, hierarchical, maxDistance };
}

/**
 * Number of parameters: (E [+ 8]) S + S + B D + D + L (branches · [n F S + S + n S² + S] + 3 S² + 2 S + S +
 * 1) + S Q + Q + 2 (Q² + Q) − … with F = 2 S + D and n colours.
 *
 * With layers on the regular representation of |G| elements, n = 8 and a branch has |G| S² + S more.
 *
 * @param options.colours n.
 * @param options.regular Maps of the regular representation, if layers are on it.
 * @param options.published Count also the second vector of attention that the released network makes and
 *   never uses, S + 1 numbers a layer.
 * @throws {RangeError} If a size is out of range.
 *
 * @example
 * ```ts
 * import { countEcn } from "@refigure/refigure/crystal_symmetry";
 * import assert from "node:assert/strict";
 *
 * assert.equal(countEcn({ elements: 104, breakSymmetry: true }, { colours: 4, published: true }), 1_762_933);
 * ```
 */
export function countEcn(
  config: EcnConfig,
  { colours, regular, published = false }: {
    readonly colours: number;
    readonly regular?: Pick<RegularMaps, "size">;
    readonly published?: boolean;
  },
): number {
  const { site: S, bondBasis, bondEmbedding: D, final: Q, layers, elements, outputs, ...variant } =
    fullEcnConfig(config);
  const linear = (inputs: number, outputs: number) => (inputs + 1) * outputs;
  const n = regular === undefined ? colours : CELLS;
  const middle = regular === undefined ? 0 : regular.size * S * S + S;
  const cellLayer = n * (2 * S + D) * S + S + middle + n * S * S + S;
  const layer = (variant.hierarchical ? 1 : 2) * cellLayer + linear(2 * S, S) + linear(S, S) +
    (published ? 2 : 1) * linear(S, 1);
  return linear(elements + (variant.breakSymmetry ? 8 : 0), S) + linear(bondBasis, D) + layers * layer +
    linear(S, Q) + 2 * linear(Q, Q) + linear(Q, outputs);
}

/**
 * Draws the parameters, uniform in ±1/√(fan-in), where the fan-in of a colour's matrix is its number of input
 * channels, as in the released code.
 *
 * @param config.regular Maps of the regular representation, if layers are on it; colours do not count then.
 * @throws {RangeError} If a size is out of range.
 */
export function initEcn(
  stream: Stream,
  config: EcnConfig & { readonly colours: number; readonly regular?: RegularMaps },
): HostTree<Ecn> {
  const { site: S, bondBasis, bondEmbedding: D, final: Q, layers, elements, outputs, ...variant } =
    fullEcnConfig(config);
  const layer = (name: string, inputs: number, outputs: number) =>
    initDense(stream.split(name), { inputs, outputs });
  const { regular } = config, colours = regular === undefined ? config.colours : CELLS;
  const shared = (name: string, inputs: number, count = colours): HostTree<EquivariantDense> => {
    const random = stream.split(name), high = 1 / Math.sqrt(inputs);
    const draw = (size: number) => random.uniform(new Float32Array(size), { low: -high, high });
    return {
      weight: hostTensor(draw(count * inputs * S), [count, inputs, S]),
      bias: hostTensor(draw(S)),
    };
  };
  const cellLayer = (name: string): HostTree<CellLayer> => ({
    first: shared(`${name}-first`, 2 * S + D),
    ...regular !== undefined && { middle: shared(`${name}-middle`, S, regular.size) },
    second: shared(`${name}-second`, S),
  });
  return {
    site: layer("site", elements + (variant.breakSymmetry ? 8 : 0), S),
    bond: layer("bond", bondBasis, D),
    layers: Array.from({ length: layers }, (_, l) => ({
      all: cellLayer(`layer-${l}-all`),
      ...!variant.hierarchical && { own: cellLayer(`layer-${l}-own`) },
      attention: layer(`layer-${l}-attention`, S, 1),
      update: [layer(`layer-${l}-update-0`, 2 * S, S), layer(`layer-${l}-update-1`, S, S)],
    })),
    head: [layer("head-0", S, Q), layer("head-1", Q, Q), layer("head-2", Q, Q), layer("head-3", Q, outputs)],
  };
}

/** What {@link applyEcn} needs besides the batch. */
export interface ApplyEcnOptions {
  /** Weights. */
  readonly parameters: Ecn;
  /** Sizes and variants. */
  readonly config: EcnConfig;
  /** The pattern of weights between cells. */
  readonly colouring: CellColouring;
  /** Sizes that the batch is padded to. */
  readonly layout: BatchLayout;
  /** Maps of the colouring's lattice if layers are on its regular representation. */
  readonly regular?: RegularMaps;
  /**
   * `grouped` sums messages by the colours' intersection numbers; `dense` lifts every edge to functions on
   * the eight cells (and from there to the regular representation), as the released code does. They give the
   * same numbers; `dense` costs many times more and is for tests. @default "grouped"
   */
  readonly form?: "grouped" | "dense";
}

/** What the network computes. */
export interface EcnOutput {
  /** `[B, outputs]`; meaningless for places without a crystal. */
  readonly outputs: Tensor;
  /** `[N, S]` after the last layer. */
  readonly sites: Tensor;
}

/**
 * The equivariant crystal network ("ProductFirst"): message passing whose message function is an equivariant
 * network on functions over the eight cells of a 2 × 2 × 2 cluster.
 *
 * h_i = W z_i + b; L times: u_i = Σ_j g(m_a(i, j)) + Σ_{j a copy of i's atom} g(m_b(i, j)), h_i ← h_i + W₂
 * swish(W₁ [u_i, h_i]), with the gate g(m) = σ(w · m + c) m; then a head with the mean over nodes in its
 * middle. `groupedMessages` has the messages.
 *
 * Kaba & Ravanbakhsh 2022, released code `equivariant/product_first.py`, without its second vector of
 * attention, which is never used.
 */
export function applyEcn(
  batch: CrystalBatch,
  { parameters, config, colouring, layout, regular, form = "grouped" }: ApplyEcnOptions,
): EcnOutput {
  const { site: S, bondBasis, maxDistance, elements, breakSymmetry } = fullEcnConfig(config);
  const messages = form === "dense"
    ? denseMessages
    : regular === undefined
    ? groupedMessages
    : regularMessages;
  let sites = tf.gather(parameters.site.weight, batch.species as tf.Tensor1D);
  if (breakSymmetry) {
    const slot = tf.add(batch.cells, tf.scalar(elements, "int32"));
    sites = tf.add(sites, tf.gather(parameters.site.weight, slot as tf.Tensor1D));
  }
  sites = tf.add(sites, parameters.site.bias);
  const branches = (["all", "own"] as const).flatMap((name) => {
    const { receivers, senders, distances } = batch[name];
    if (distances.shape[0] === 0) return [];
    const bonds = dense(expandDistances(distances, { count: bondBasis, maxDistance }), parameters.bond);
    return [{ name, bonds, edges: { receivers, senders, blocks: layout[name] } }];
  });
  for (const { attention, update, ...cellLayers } of parameters.layers) {
    let sums: Tensor | undefined;
    for (const { name, bonds, edges } of branches) {
      const cellLayer = cellLayers[name];
      if (cellLayer === undefined) continue;
      const message = messages(sites, {
        edges,
        bonds,
        cellLayer,
        colouring,
        regular,
        cells: batch.cells,
      });
      const gated = tf.mul(tf.sigmoid(dense(message, attention)), message);
      const part = tf.unsortedSegmentSum(gated, edges.receivers as tf.Tensor1D, layout.nodes);
      sums = sums === undefined ? part : tf.add(sums, part);
    }
    const input = tf.concat([sums ?? tf.zeros([layout.nodes, S]), sites], 1);
    sites = tf.add(sites, dense(silu(dense(input, update[0])), update[1]));
  }
  const [first, second, third, last] = parameters.head;
  const nodes = dense(silu(dense(sites, first)), second);
  const pooled = poolCrystals(nodes, batch);
  return { outputs: dense(silu(dense(pooled, third)), last), sites };
}

/**
 * Copies the weights of a network with two colours to any pattern that refines it: same for all but the first
 * colour.
 */
export function untieColours(parameters: HostTree<Ecn>, { colours }: CellColouring): HostTree<Ecn> {
  const spread = ({ weight, bias }: HostTree<EquivariantDense>): HostTree<EquivariantDense> => {
    const { data, shape: [, inputs, outputs] } = weight as HostTensor, size = inputs * outputs;
    const copied = new Float32Array(colours * size);
    for (let c = 0; c < colours; c++) {
      const from = Math.min(c, 1);
      copied.set((data as Float32Array).subarray(from * size, (from + 1) * size), c * size);
    }
    return { weight: hostTensor(copied, [colours, inputs, outputs]), bias };
  };
  const cellLayer = ({ first, second }: HostTree<CellLayer>) => ({
    first: spread(first),
    second: spread(second),
  });
  return {
    ...parameters,
    layers: parameters.layers.map(({ all, own, ...rest }) => ({
      ...rest,
      all: cellLayer(all),
      ...own !== undefined && { own: cellLayer(own) },
    })),
  };
}
