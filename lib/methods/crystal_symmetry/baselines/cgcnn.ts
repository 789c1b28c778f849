import type { HostTree } from "../../../compile/mod.ts";
import { edgeList } from "../../../nn/graphs/mod.ts";
import { type Dense, dense, initDense, relu } from "../../../nn/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import { type Tensor, tf } from "../../../tensor/mod.ts";
import { expandDistances } from "../_distances.ts";
import { poolCrystals } from "../_pooling.ts";
import { type CrystalModel, plainColouring } from "../models.ts";

/** Sizes of a CGCNN; the defaults are those of Kaba & Ravanbakhsh's code. */
export interface CgcnnConfig {
  /** Features of a site. @default 100 */
  readonly site?: number;
  /** Features of a bond. @default 20 */
  readonly bond?: number;
  /** Number of convolutions. @default 2 */
  readonly layers?: number;
  /** Width of the hidden layer after pooling. @default 100 */
  readonly hidden?: number;
}

/** Parameters of a CGCNN. */
export interface Cgcnn {
  /** Embedding of sites. */
  readonly site: Dense;
  /** Embedding of bonds. */
  readonly bond: Dense;
  /** Gate and core of each layer, 2 site + bond → site. */
  readonly layers: readonly { readonly gate: Dense; readonly core: Dense }[];
  /** Layers after pooling. */
  readonly head: readonly Dense[];
}

const GAUSSIANS = 10, WIDTH = 0.6, MAX_DISTANCE = 6, ELEMENTS = 103;

/**
 * The crystal graph convolutional network (Xie & Grossman 2018) in the form of Kaba & Ravanbakhsh's baseline:
 * h_i ← h_i + Σ_j σ(L [h_i, h_j, e_ij]) · relu(L' [h_i, h_j, e_ij]) without batch normalisation, the mean
 * over nodes, and two dense layers. L h is computed on nodes.
 */
export function cgcnnModel(config: CgcnnConfig = {}): CrystalModel<Cgcnn> {
  const { site = 100, bond = 20, layers = 2, hidden = 100 } = config;
  const linear = (inputs: number, outputs: number) => (inputs + 1) * outputs;
  return {
    name: "CGCNN",
    colouring: plainColouring(),
    parameterCount: linear(ELEMENTS, site) + linear(GAUSSIANS, bond) +
      layers * 2 * linear(2 * site + bond, site) + linear(site, hidden) + linear(hidden, 1),
    init(stream: Stream): HostTree<Cgcnn> {
      const layer = (name: string, inputs: number, outputs: number) =>
        initDense(stream.split(name), { inputs, outputs });
      return {
        site: layer("site", ELEMENTS, site),
        bond: layer("bond", GAUSSIANS, bond),
        layers: Array.from({ length: layers }, (_, l) => ({
          gate: layer(`gate-${l}`, 2 * site + bond, site),
          core: layer(`core-${l}`, 2 * site + bond, site),
        })),
        head: [layer("head-0", site, hidden), layer("head-1", hidden, 1)],
      };
    },
    predict(batch, { parameters, layout }) {
      let sites = tf.add(
        tf.gather(parameters.site.weight, batch.species as tf.Tensor1D),
        parameters.site.bias,
      );
      const edges = edgeList({ nodes: layout.nodes, ...batch.all });
      const gaussians = expandDistances(batch.all.distances, {
        count: GAUSSIANS,
        maxDistance: MAX_DISTANCE,
        width: WIDTH,
      });
      const bonds = dense(gaussians, parameters.bond);
      for (const { gate, core } of parameters.layers) {
        const [open, value] = [gate, core].map((layer) => onEdges({ sites, bonds, edges, layer }));
        sites = tf.add(sites, edges.sumRows(tf.mul(tf.sigmoid(open), relu(value))));
      }
      const [first, last] = parameters.head;
      return flat(dense(relu(dense(poolCrystals(sites, batch), first)), last));
    },
  };
}

/** W [h_i, h_j, e_ij] + b, with the products by h on nodes. */
export function onEdges(
  { sites, bonds, edges, layer: { weight, bias } }: {
    readonly sites: Tensor;
    readonly bonds: Tensor;
    readonly edges: ReturnType<typeof edgeList>;
    readonly layer: Dense;
  },
): Tensor {
  const width = sites.shape[1]!, bond = bonds.shape[1]!;
  const product = (x: Tensor, begin: number, size: number) =>
    tf.matMul(x as tf.Tensor2D, tf.slice(weight, [begin, 0], [size, -1]) as tf.Tensor2D);
  const sent = tf.add(product(sites, width, width), bias);
  return tf.add(edges.pairSum(product(sites, 0, width), sent), product(bonds, 2 * width, bond));
}

const flat = (x: Tensor) => tf.reshape(x, [x.shape[0]]);
