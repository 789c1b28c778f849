/** Charged particles. */
import { type Seeds, study } from "../../../lib/harness/mod.ts";
import { type ParticleConfig, type ParticleModel, particles } from "../experiments/particles.ts";
import { type Entry, everywhere, type Kind, LAPTOP, type Seeding } from "./_seeding.ts";

type ParticleBase = Omit<ParticleConfig, "model" | "learningRate">;

/** Learning rates: of all networks, or the better one of those that profit from a larger one. */
interface Rates {
  readonly usual: number;
  readonly learned: number;
}

function particleNetworks(
  base: ParticleBase,
  { seeds: { main, slow, controls, others }, rates }: { readonly seeds: Seeding; readonly rates: Rates },
) {
  const entry = (
    label: string,
    kind: Kind,
    model: ParticleModel,
    { seeds = main, learningRate = rates.usual }: {
      readonly seeds?: Seeds;
      readonly learningRate?: number;
    } = {},
  ): Entry<ParticleConfig> => ({ label, kind, config: { ...base, learningRate, model }, seeds });
  const once = { seeds: { only: 0 } };
  const learned = { learningRate: rates.learned };
  return {
    still: entry("no motion", "none", { kind: "still" }, once),
    straight: entry("x + v", "architecture", { kind: "straight" }, once),
    linear: entry("x + a v", "architecture", { kind: "linear" }, once),
    gnn: entry("GNN", "none", { kind: "gnn" }),
    augmented: entry("GNN, turned in training", "data", { kind: "gnn", augment: true }, { seeds: slow }),
    egnn: entry("EGNN", "architecture", { kind: "egnn" }),
    frozen: entry("CN(frozen)-GNN", "fixed frame", { kind: "frame", frozen: true }),
    pca: entry("CN(PCA)-GNN", "fixed frame", { kind: "pca" }),
    average: entry("FA-GNN, 8 frames", "fixed frame", { kind: "average" }, { seeds: others }),
    learned: entry("CN-GNN", "learned frame", { kind: "frame" }, learned),
    authors: entry(
      "CN-GNN, the authors' axis",
      "learned frame",
      { kind: "frame", authorsAxis: true },
      { ...learned, seeds: controls },
    ),
  };
}

/** Charged particles (Table 2). */
export const PARTICLES = study(particles, {
  smoke: particleNetworks({
    dataSet: "nbody/short",
    hidden: 8,
    layers: 2,
    epochs: 1,
    batchSize: 32,
    dropout: 0,
    judged: "test",
  }, { seeds: everywhere(1), rates: { usual: 2e-3, learned: 2e-3 } }),
  laptop: particleNetworks({
    dataSet: "nbody/small-1000",
    hidden: 32,
    layers: 4,
    epochs: 100,
    batchSize: 50,
    dropout: 0,
    judged: "test",
  }, { seeds: LAPTOP, rates: { usual: 5e-3, learned: 1e-2 } }),
  paper: particleNetworks({
    dataSet: "nbody/small",
    hidden: 32,
    layers: 4,
    epochs: 1000,
    batchSize: 100,
    dropout: 0.5,
    judged: "test",
  }, { seeds: everywhere(5), rates: { usual: 1e-3, learned: 1e-3 } }),
});
