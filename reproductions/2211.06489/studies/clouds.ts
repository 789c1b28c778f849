/** Point clouds: classes and parts. */
import { type Seeds, study } from "../../../lib/harness/mod.ts";
import type { CloudModel, Turning } from "../experiments/_clouds.ts";
import { type CloudConfig, clouds } from "../experiments/clouds.ts";
import { type PartConfig, parts } from "../experiments/parts.ts";
import { everywhere, type Kind, LAPTOP, type Seeding } from "./_seeding.ts";
import { FULL, LEARNING, SMALL } from "./_sizes.ts";

const cn = (network: "PointNet" | "DGCNN", canonicalizer: "linear" | "nonlinear"): CloudModel => ({
  network,
  canonicalizer,
});
/** A canonicalizer that stays as it was drawn. */
const frozen = (network: "PointNet" | "DGCNN"): CloudModel => ({ ...cn(network, "nonlinear"), frozen: true });

type CloudBase = Omit<CloudConfig, "model" | "turning">;

/** How networks of a kind are trained. */
type Effort = Partial<Pick<CloudConfig, "epochs" | "optimiser" | "learningRate">>;

/** What differs between networks: of DGCNNs, which take longer, and of vector neurons. */
interface Efforts {
  readonly dgcnn?: Effort;
  readonly vectors?: Effort;
}

function cloudNetworks(
  base: CloudBase,
  { main, slow, controls, others }: Seeding,
  { dgcnn = {}, vectors = {} }: Efforts = {},
) {
  const entry = (
    label: string,
    kind: Kind,
    model: CloudModel | "histograms",
    { turning = "z", seeds = main }: { readonly turning?: Turning; readonly seeds?: Seeds } = {},
  ) => {
    const network = model === "histograms" ? "" : model.network;
    const effort: Effort = {
      ...network.endsWith("DGCNN") && dgcnn,
      ...network.startsWith("VN") && vectors,
    };
    return { label, kind, config: { ...base, ...effort, model, turning }, seeds };
  };
  return {
    histograms: entry("nearest by histograms", "architecture", "histograms", { seeds: { only: 0 } }),
    pointNet: entry("PointNet", "none", { network: "PointNet" }),
    pointNetTurned: entry("PointNet, turned in training", "data", { network: "PointNet" }, {
      turning: "SO(3)",
      seeds: controls,
    }),
    vnPointNet: entry("VN-PointNet", "architecture", { network: "VN-PointNet" }, { seeds: slow }),
    frozenPointNet: entry("CN(frozen)-PointNet", "fixed frame", frozen("PointNet")),
    linearPointNet: entry("CN(L)-PointNet", "learned frame", cn("PointNet", "linear")),
    learnedPointNet: entry("CN(NL)-PointNet", "learned frame", cn("PointNet", "nonlinear")),
    learnedPointNetTurned: entry(
      "CN(NL)-PointNet, turned in training",
      "learned frame",
      cn("PointNet", "nonlinear"),
      { turning: "SO(3)", seeds: slow },
    ),
    dgcnn: entry("DGCNN", "none", { network: "DGCNN" }, { seeds: slow }),
    vnDgcnn: entry("VN-DGCNN", "architecture", { network: "VN-DGCNN" }, { seeds: others }),
    frozenDgcnn: entry("CN(frozen)-DGCNN", "fixed frame", frozen("DGCNN"), { seeds: others }),
    linearDgcnn: entry("CN(L)-DGCNN", "learned frame", cn("DGCNN", "linear"), { seeds: others }),
    learnedDgcnn: entry("CN(NL)-DGCNN", "learned frame", cn("DGCNN", "nonlinear"), { seeds: slow }),
  };
}

/** Point clouds (Table 3; ModelNet10 instead of ModelNet40). */
export const CLOUDS = study(clouds, {
  smoke: cloudNetworks({
    dataSet: "modelnet10/points",
    points: 48,
    sizes: SMALL,
    epochs: 1,
    batchSize: 20,
    optimiser: "sgd",
    learningRate: 0.05,
    judged: "test",
  }, everywhere(1)),
  laptop: cloudNetworks(
    {
      dataSet: "modelnet10/points",
      points: 128,
      sizes: LEARNING,
      epochs: 20,
      batchSize: 32,
      optimiser: "sgd",
      learningRate: 0.1,
      judged: "test",
    },
    LAPTOP,
    {
      dgcnn: { epochs: 12, optimiser: "adam", learningRate: 5e-3 },
      vectors: { optimiser: "adam", learningRate: 1e-2 },
    },
  ),
  paper: cloudNetworks({
    dataSet: "modelnet10/points",
    points: 1024,
    sizes: FULL,
    epochs: 200,
    batchSize: 32,
    optimiser: "sgd",
    learningRate: 0.1,
    judged: "test",
  }, everywhere(5)),
});

type PartBase = Omit<PartConfig, "model" | "turning">;

function partNetworks(base: PartBase, { main, slow, controls }: Seeding) {
  const entry = (label: string, kind: Kind, model: CloudModel | "majority", seeds: Seeds = main) => ({
    label,
    kind,
    config: { ...base, model, turning: "z" as const },
    seeds,
  });
  return {
    majority: entry("largest part of the class", "architecture", "majority", { only: 0 }),
    plain: entry("PointNet", "none", { network: "PointNet" }, controls),
    vnPointNet: entry("VN-PointNet", "architecture", { network: "VN-PointNet" }, slow),
    frozen: entry("CN(frozen)-PointNet", "fixed frame", frozen("PointNet")),
    linear: entry("CN(L)-PointNet", "learned frame", cn("PointNet", "linear")),
    learned: entry("CN(NL)-PointNet", "learned frame", cn("PointNet", "nonlinear")),
    dgcnn: entry("DGCNN", "none", { network: "DGCNN" }, controls),
    vnDgcnn: entry("VN-DGCNN", "architecture", { network: "VN-DGCNN" }, slow),
    frozenDgcnn: entry("CN(frozen)-DGCNN", "fixed frame", frozen("DGCNN"), slow),
    learnedDgcnn: entry("CN(NL)-DGCNN", "learned frame", cn("DGCNN", "nonlinear"), slow),
  };
}

/** Parts of procedural shapes, a stand-in for ShapeNet-Part. */
export const PARTS = study(parts, {
  smoke: partNetworks(
    // Slow enough that executors' roundings turn no label.
    { dataSet: "part-shapes/four", points: 48, sizes: SMALL, epochs: 1, batchSize: 20, learningRate: 1e-3 },
    everywhere(1),
  ),
  laptop: partNetworks(
    {
      dataSet: "part-shapes/ten",
      points: 128,
      sizes: LEARNING,
      epochs: 6,
      batchSize: 20,
      learningRate: 0.01,
    },
    LAPTOP,
  ),
  paper: partNetworks(
    { dataSet: "part-shapes/ten", points: 512, sizes: FULL, epochs: 100, batchSize: 32, learningRate: 1e-3 },
    everywhere(5),
  ),
});
