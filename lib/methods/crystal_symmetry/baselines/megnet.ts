import type { HostTree } from "../../../compile/mod.ts";
import { edgeList } from "../../../nn/graphs/mod.ts";
import { type Dense, dense, initDense, relu } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import { expandDistances } from "../_distances.ts";
import type { BatchLayout, CrystalBatch } from "../batches.ts";
import { type CrystalModel, plainColouring } from "../models.ts";
import { initSet2Set, type Set2Set, set2set } from "./set2set.ts";

/** Sizes of a MEGNet; the defaults are those of Kaba & Ravanbakhsh's code. */
export interface MegnetConfig {
  /** Of sites, bonds and state before the blocks. @default 36 */
  readonly embedding?: number;
  /** First width of all small networks. @default 64 */
  readonly hidden?: number;
  /** Width of sites, bonds and state in the blocks. @default 32 */
  readonly width?: number;
}

/** One block: for bonds, sites and state the layers before it, and those of the update. */
export interface MegnetBlock {
  /** Dense layers before the update. */
  readonly before: Readonly<Record<"bonds" | "sites" | "state", readonly Dense[]>>;
  /** Dense layers of the update itself. */
  readonly update: Readonly<Record<"bonds" | "sites" | "state", readonly Dense[]>>;
}

/** Parameters of a MEGNet. */
export interface Megnet {
  /** Embeddings of bonds, sites and state. */
  readonly embedding: Readonly<Record<"bonds" | "sites" | "state", Dense>>;
  /** In their order. */
  readonly blocks: readonly MegnetBlock[];
  /** Poolings of bonds and of sites. */
  readonly reading: Readonly<Record<"bonds" | "sites", Set2Set>>;
  /** Layers after pooling. */
  readonly head: readonly Dense[];
}

const GAUSSIANS = 100, GAUSSIAN_WIDTH = 0.5, MAX_DISTANCE = 6, ELEMENTS = 103, STATE = 2;
const PARTS = ["bonds", "sites", "state"] as const;
/** The third block uses the weights of the second again, as the released code does. */
const BLOCK_ORDER = [0, 1, 1];
const READING_STEPS = 3;

/**
 * MEGNet (Chen et al. 2019) in the form of Kaba & Ravanbakhsh's baseline: bonds, sites and a state of two
 * zeros are embedded; three blocks update first the bonds by φ_e(h_i, h_j, e_ij, u), then the sites by
 * φ_v(mean of the bonds, h_i, u), then the state by φ_u(mean of the bonds, mean of the sites, u), each with
 * layers before and a residual connection; Set2Set reads sites and bonds.
 */
export function megnetModel(config: MegnetConfig = {}): CrystalModel<Megnet> {
  const { embedding = 36, hidden = 64, width = 32 } = config;
  const inputs = { bonds: 4 * width, sites: 3 * width, state: 3 * width };
  const init = (stream: Stream): HostTree<Megnet> => {
    const layers = (name: string, ...sizes: readonly number[]) =>
      sizes.slice(1).map((outputs, k) =>
        initDense(stream.split(`${name}-${k}`), { inputs: sizes[k], outputs })
      );
    const record = <T>(make: (part: typeof PARTS[number]) => T) =>
      Object.fromEntries(PARTS.map((part) => [part, make(part)])) as Record<typeof PARTS[number], T>;
    const sizes = { bonds: GAUSSIANS, sites: ELEMENTS, state: STATE };
    return {
      embedding: record((part) => layers(`embedding-${part}`, sizes[part], embedding)[0]),
      blocks: [0, 1].map((b) => ({
        before: record((part) => layers(`before-${b}-${part}`, b === 0 ? embedding : width, hidden, width)),
        update: record((part) => layers(`update-${b}-${part}`, inputs[part], hidden, hidden, width)),
      })),
      reading: {
        bonds: initSet2Set(stream.split("reading-bonds"), { features: width }),
        sites: initSet2Set(stream.split("reading-sites"), { features: width }),
      },
      head: layers("head", 4 * width + width, 32, 16, 1),
    };
  };
  const mlp = (x: Tensor, layers: readonly Dense[]) => layers.reduce((y, layer) => relu(dense(y, layer)), x);
  const linear = (from: number, to: number) => (from + 1) * to;
  const chain = (...sizes: readonly number[]) =>
    sizes.slice(1).reduce((sum, size, k) => sum + linear(sizes[k], size), 0);
  return {
    name: "MEGNet",
    colouring: plainColouring(),
    parameterCount: linear(GAUSSIANS, embedding) + linear(ELEMENTS, embedding) + linear(STATE, embedding) +
      3 * (chain(embedding, hidden, width) + chain(width, hidden, width)) +
      2 * Object.values(inputs).reduce((sum, size) => sum + chain(size, hidden, hidden, width), 0) +
      2 * linear(3 * width, 4 * width) + chain(5 * width, 32, 16, 1),
    init,
    predict(batch, { parameters, layout }) {
      const { all, crystals } = batch, B = layout.crystals;
      const edges = edgeList({ nodes: layout.nodes, ...all });
      const gather = (x: Tensor, index: Tensor) => tf.gather(x, index as tf.Tensor1D);
      // Padding belongs to a crystal more, the last.
      const bondCrystals = gather(crystals, all.receivers);
      const mean = meansOver(batch, { layout, bondCrystals });
      const gaussians = expandDistances(all.distances, {
        count: GAUSSIANS,
        maxDistance: MAX_DISTANCE,
        width: GAUSSIAN_WIDTH,
      });
      const { embedding } = parameters;
      let bonds = dense(gaussians, embedding.bonds);
      let sites = tf.add(gather(embedding.sites.weight, batch.species), embedding.sites.bias);
      let state = dense(tf.zeros([B + 1, STATE]), embedding.state);
      for (const number of BLOCK_ORDER) {
        const { before, update } = parameters.blocks[number];
        const [e, v, u] = [
          mlp(bonds, before.bonds),
          mlp(sites, before.sites),
          mlp(state, before.state),
        ];
        // A block whose input has another width than its output has its residual after the layers before.
        const add = (now: Tensor, old: Tensor, inside: Tensor) =>
          tf.add(now, old.shape[1] === now.shape[1] ? old : inside);
        const pair = tf.concat([
          gather(v, all.receivers),
          gather(v, all.senders),
          e,
          gather(u, bondCrystals),
        ], 1);
        const newBonds = mlp(pair, update.bonds);
        const atNodes = tf.transpose(edges.meanColumns(tf.transpose(newBonds)));
        const newSites = mlp(tf.concat([atNodes, v, gather(u, crystals)], 1), update.sites);
        const newState = mlp(tf.concat([mean.bonds(newBonds), mean.sites(newSites), u], 1), update.state);
        bonds = add(newBonds, bonds, e);
        sites = add(newSites, sites, v);
        state = add(newState, state, u);
      }
      const { reading, head } = parameters;
      const joined = tf.concat([
        set2set(sites, { parameters: reading.sites, sets: crystals, count: B + 1, steps: READING_STEPS }),
        set2set(bonds, { parameters: reading.bonds, sets: bondCrystals, count: B + 1, steps: READING_STEPS }),
        state,
      ], 1);
      const output = dense(mlp(joined, head.slice(0, -1)), head.at(-1)!);
      return tf.reshape(tf.slice(output, [0, 0], [B, 1]), [B]);
    },
  };
}

/** Means over a crystal's bonds and sites, `[B + 1, F]`; the last row is that of the padding. */
function meansOver(
  { crystals }: CrystalBatch,
  { layout, bondCrystals }: { readonly layout: BatchLayout; readonly bondCrystals: Tensor },
) {
  const over = (sets: Tensor) => {
    const sum = (x: Tensor) => tf.unsortedSegmentSum(x, sets as tf.Tensor1D, layout.crystals + 1);
    const counts = tf.maximum(sum(tf.ones([sets.shape[0], 1])), 1);
    return (x: Tensor) => tf.div(sum(x), counts);
  };
  return { sites: over(crystals), bonds: over(bondCrystals) };
}
