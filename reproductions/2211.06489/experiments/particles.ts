import type { HostTree } from "../../../lib/compile/mod.ts";
import type { NBodyData, NBodySamples } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  averageFrames,
  canonicalize,
  type Canonicalizer,
  frozen,
  movingFrameCanonicalizer,
  pcaFrameCanonicalizer,
} from "../../../lib/methods/canonicalization/mod.ts";
import { multichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";
import {
  chargedParticles,
  type DynamicsData,
  type DynamicsInputs,
  type DynamicsModel,
  gnn,
} from "../../../lib/nn/graphs/mod.ts";
import type { Network } from "../../../lib/nn/group/mod.ts";
import { adam, cosineDecay, hostTensor } from "../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { tf } from "../../../lib/tensor/mod.ts";
import { countParameters, type Examples, fit, outputsOfEach } from "./_fit.ts";
import { randomRotation, turnRows } from "./_rotations.ts";

/** Who predicts where particles go. */
export type ParticleModel =
  | { readonly kind: "still" | "straight" | "linear" }
  | { readonly kind: "gnn"; readonly augment?: boolean }
  | { readonly kind: "egnn" }
  | { readonly kind: "frame"; readonly frozen?: boolean; readonly authorsAxis?: boolean }
  | { readonly kind: "pca" }
  | { readonly kind: "average" };

/** One training on charged particles. */
export type ParticleConfig = {
  readonly dataSet: string;
  readonly model: ParticleModel;
  readonly hidden: number;
  readonly layers: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Probability that the canonicalizer leaves out a vector in training. */
  readonly dropout: number;
  readonly judged: "valid" | "test";
};

/** How predictions do. */
export type ParticleResult = {
  readonly parameters: number;
  /** Mean squared error of coordinates. */
  readonly error: number;
  /** The same on simulations that are turned and moved: equal for equivariant networks. */
  readonly movedError: number;
  /** Largest |φ(g x) − g φ(x)| of a coordinate over the judged simulations, under that motion. */
  readonly gap: number;
  readonly trainLoss: readonly number[];
};

type Net = Network<unknown, unknown, DynamicsInputs>;

/** A model of dynamics as a network. */
function asNetwork<P>(model: DynamicsModel<P>): Net {
  const network: Network<P, readonly [], DynamicsInputs> = {
    name: model.name,
    init: (random) => ({ parameters: model.init(random), buffers: [] }),
    apply: (x, { parameters, buffers }) => ({ output: model.predict(x, parameters), buffers }),
  };
  return network as Net;
}

/** The network of a model; undefined where nothing is trained by descent. */
export function particleNetwork({ model, hidden, layers, dropout }: ParticleConfig): Net | undefined {
  const base = asNetwork(gnn({ hidden, layers, edgeAttributes: 2 }));
  const behind = (canonicalizer: unknown) =>
    canonicalize(base, canonicalizer as Canonicalizer<unknown, unknown, DynamicsInputs>, {
      output: "equivariant",
    }) as Net;
  switch (model.kind) {
    case "gnn":
      return base;
    case "egnn":
      return asNetwork(multichannelEgnn({ hidden, layers, channels: 1 }));
    case "frame": {
      const learned = movingFrameCanonicalizer<DynamicsInputs>({ dropout, authorsAxis: model.authorsAxis });
      return behind(model.frozen ? frozen(learned) : learned);
    }
    case "pca":
      return behind(pcaFrameCanonicalizer<DynamicsInputs>({ proper: false }));
    case "average":
      return averageFrames(base, { proper: false }) as Net;
  }
}

/** Simulations as examples; with `augment` each is turned at random at each visit. */
export function particleExamples(
  data: DynamicsData,
  { augment = false }: { readonly augment?: boolean } = {},
): Examples<DynamicsInputs> {
  const { nodes } = data, edges = nodes * (nodes - 1), vectors = 3 * nodes;
  const part = (of: Float32Array, row: number, size: number) => of.subarray(row * size, (row + 1) * size);
  const turns = new Map<number, readonly number[]>();
  return {
    rows: data.samples,
    shape: [nodes, 3],
    example: (batch) => ({
      positions: hostTensor(new Float32Array(batch * vectors), [batch, nodes, 3]),
      velocities: hostTensor(new Float32Array(batch * vectors), [batch, nodes, 3]),
      nodeFeatures: hostTensor(new Float32Array(batch * nodes), [batch, nodes, 1]),
      edgeAttributes: hostTensor(new Float32Array(batch * edges * 2), [batch, edges, 2]),
    } as HostTree<DynamicsInputs>),
    fill(x, rows, random) {
      turns.clear();
      rows.forEach((row, i) => {
        const rotation = augment && random !== undefined ? randomRotation(random) : undefined;
        if (rotation !== undefined) turns.set(row, rotation);
        for (const name of ["positions", "velocities"] as const) {
          const to = (x[name].data as Float32Array).subarray(i * vectors, (i + 1) * vectors);
          to.set(part(data[name], row, vectors));
          if (rotation !== undefined) turnRows(to, rotation);
        }
        x.nodeFeatures.data.set(part(data.nodeFeatures, row, nodes), i * nodes);
        x.edgeAttributes!.data.set(part(data.edgeAttributes, row, 2 * edges), i * 2 * edges);
      });
    },
    targetSize: vectors,
    target(out, row) {
      out.set(part(data.targets, row, vectors));
      const rotation = turns.get(row);
      if (rotation !== undefined) turnRows(out, rotation);
    },
  };
}

/** Simulations turned by one random rotation and moved by one vector. */
function moved(
  data: DynamicsData,
  random: Stream,
): { data: DynamicsData; move(x: Float32Array): Float32Array } {
  const rotation = randomRotation(random), shift = random.normal(new Float64Array(3));
  const turn = (x: Float32Array) => {
    const out = x.slice();
    turnRows(out, rotation);
    return out;
  };
  const move = (x: Float32Array) => turn(x).map((value, i) => value + shift[i % 3]);
  return {
    data: {
      ...data,
      positions: move(data.positions),
      velocities: turn(data.velocities),
      targets: move(data.targets),
    },
    move,
  };
}

const squaredError = (found: Float32Array, wanted: Float32Array) =>
  found.reduce((sum, value, i) => sum + (value - wanted[i]) ** 2, 0) / found.length;

/** The factor a of x + a v that fits the training simulations best, Σ v·(y − x)/Σ v·v. */
function bestFactor({ positions, velocities, targets }: DynamicsData): number {
  let [above, below] = [0, 0];
  velocities.forEach((v, i) => {
    above += v * (targets[i] - positions[i]);
    below += v * v;
  });
  return above / below;
}

/** Charged particles: networks with and without symmetry, and the plain one behind frames. */
export const particles: Experiment<ParticleConfig, ParticleResult> = {
  id: "particles",
  title: "N-body networks",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ epochs, hidden, layers, model }) =>
    epochs * hidden * hidden * layers / 40000 * (model.kind === "average" ? 8 : 1),
  async run(config, context) {
    const { seed, executor } = context;
    const { value } = await context.loadData<NBodyData>(config.dataSet);
    const read = (samples: NBodySamples) => {
      const { position: positions, velocity: velocities, target: targets, charges } = samples;
      return chargedParticles({ nodes: value.particles, positions, velocities, targets }, charges);
    };
    const train = read(value.train), judged = read(value[config.judged]);
    const turned = moved(judged, stream(2211, "motion"));
    const score = (
      predict: (data: DynamicsData) => Float32Array,
      parameters: number,
      trainLoss: number[],
    ) => {
      const [still, gone] = [predict(judged), predict(turned.data)];
      const wanted = turned.move(still);
      return {
        parameters,
        error: squaredError(still, judged.targets),
        movedError: squaredError(gone, turned.data.targets),
        gap: gone.reduce((most, y, i) => Math.max(most, Math.abs(y - wanted[i])), 0),
        trainLoss,
      };
    };
    const network = particleNetwork(config);
    if (network === undefined) {
      const { kind } = config.model;
      const factor = kind === "still" ? 0 : kind === "straight" ? 1 : bestFactor(train);
      const predict = ({ positions, velocities }: DynamicsData) =>
        positions.map((x, i) => x + factor * velocities[i]);
      return score(predict, kind === "linear" ? 1 : 0, []);
    }
    const augment = config.model.kind === "gnn" && config.model.augment === true;
    const steps = config.epochs * Math.floor(train.samples / config.batchSize);
    const trained = await fit(network, particleExamples(train, { augment }), {
      epochs: config.epochs,
      batchSize: config.batchSize,
      optimiser: adam({ weightDecay: 1e-12 }),
      learningRate: cosineDecay(config.learningRate, { steps }),
      loss: (output, target) => tf.mean(tf.square(tf.sub(tf.reshape(output, target.shape), target))),
      stream: stream(seed, "particles", config.model.kind),
      executor,
      onProgress: context.progress,
    });
    const sets = [judged, turned.data];
    const outputs = await outputsOfEach(network, sets.map((data) => particleExamples(data)), {
      state: trained,
      executor,
      batchSize: 100,
    });
    const predicted = new Map(sets.map((data, i) => [data, outputs[i]]));
    const losses = trained.losses.map((loss) => Number(loss.toPrecision(6)));
    return score((data) => predicted.get(data)!, countParameters(trained.parameters), losses);
  },
};
