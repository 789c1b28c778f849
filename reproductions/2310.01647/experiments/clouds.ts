import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import type { PointClouds, PointSplit } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { type Both, canonicalize, type Canonicalizer } from "../../../lib/methods/canonicalization/mod.ts";
import {
  adaptationLoss,
  cloudFrameCanonicalizer,
  directionPriorLoss,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { dgcnn, type Network, type Pass, pointNet } from "../../../lib/nn/group/mod.ts";
import { adam, constants, cosineDecay, crossEntropy, hostTensor, train } from "../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { countNumbers, largest } from "./_batches.ts";

/** One training on upright clouds of points. */
export type CloudConfig = {
  readonly dataSet: string;
  readonly network: "PointNet" | "DGCNN";
  /** Clouds as they are, turned in space, or behind a frame with λ times the prior (LC: 0). */
  readonly regime: "vanilla" | "augmented" | { readonly prior: number };
  /** Points that the networks see, and that the principal axes are of. */
  readonly points: number;
  readonly framePoints: number;
  /** k of DGCNN. */
  readonly neighbours: number;
  /** Layers of the frame's network, on points and behind the pooling. */
  readonly frame: { readonly widths: readonly number[]; readonly head: readonly number[] };
  readonly widths: readonly number[];
  readonly head: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Settings are chosen on the last quarter of the training clouds. */
  readonly judged: "valid" | "test";
};

/** Accuracies in percent. */
export type CloudResult = {
  readonly classes: readonly string[];
  readonly upright: number;
  /** On clouds turned in space at random. */
  readonly turned: number;
  /** Clouds whose label differs between the two, in percent. */
  readonly changes: number;
  /** Mean of (R − I)² on upright clouds; null without a frame. */
  readonly prior: number | null;
  /** The same for each class. */
  readonly priors: readonly number[] | null;
  readonly parameters: number;
  readonly losses: readonly number[];
};

/** Rows of a rotation uniform in SO(3): Gram–Schmidt of two normal vectors, and their product. */
export function rotationOf(random: Stream): number[] {
  const [a, b] = [random.normal(new Float64Array(3)), random.normal(new Float64Array(3))];
  const unit = (v: ArrayLike<number>) => {
    const norm = Math.hypot(...Array.from(v));
    return Array.from(v, (value) => value / norm);
  };
  const u = unit(a), along = u.reduce((sum, value, i) => sum + value * b[i], 0);
  const v = unit(u.map((value, i) => b[i] - along * value));
  return [...u, ...v, u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
}

/** Factors by which training clouds are stretched along each axis (the authors': 2/3 to 3/2). */
const STRETCH = { low: 0.85, high: 1.18 } as const;

/** Draws points of training clouds, and stretches the cloud. */
function drawCloud(
  out: Float32Array,
  { data, shape, random }: { readonly data: PointClouds; readonly shape: number; readonly random: Stream },
): void {
  const from = shape * data.points * 3, count = out.length / 3;
  const stretch = random.uniform(new Float64Array(3), STRETCH);
  const order = Int32Array.from({ length: data.points }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + random.nextInteger(data.points - i);
    [order[i], order[j]] = [order[j], order[i]];
    for (let k = 0; k < 3; k++) out[3 * i + k] = stretch[k] * data.coordinates[from + 3 * order[i] + k];
  }
}

/** Multiplies points by a matrix. */
function turnCloud(out: Float32Array, matrix: readonly number[]): void {
  for (let i = 0; i < out.length; i += 3) {
    const point = [out[i], out[i + 1], out[i + 2]];
    for (let row = 0; row < 3; row++) {
      out[i + row] = point.reduce((sum, value, k) => sum + matrix[3 * row + k] * value, 0);
    }
  }
}

/** The first points of a cloud, multiplied by a matrix. */
function copyCloud(
  out: Float32Array,
  { data, shape, matrix }: {
    readonly data: PointClouds;
    readonly shape: number;
    readonly matrix?: readonly number[];
  },
): void {
  const from = shape * data.points * 3;
  out.set(data.coordinates.subarray(from, from + out.length));
  if (matrix !== undefined) turnCloud(out, matrix);
}

type Net = Network<unknown, unknown>;
interface State {
  readonly parameters: unknown;
  readonly buffers: unknown;
}

type Frames = Canonicalizer<unknown, unknown>;

/** The classifier, and the frame before it if there is one. */
function networkOf(
  config: CloudConfig,
  classes: number,
): { readonly network: Net; readonly frames?: Frames } {
  const { widths, head, neighbours, regime, points, frame } = config;
  const base =
    (config.network === "PointNet"
      ? pointNet({ classes, widths, head })
      : dgcnn({ classes, widths, head, neighbours, embedding: 2 * widths.at(-1)! })) as Net;
  if (typeof regime === "string") return { network: base };
  return { network: base, frames: cloudFrameCanonicalizer({ points, ...frame }) as Frames };
}

/** Logits from the first points and, behind a frame of all of them, what was chosen. */
function answer(
  x: Tensor,
  { network, frames, points }: ReturnType<typeof networkOf> & { readonly points: number },
  pass: Pass<unknown, unknown>,
): {
  readonly logits: Tensor;
  readonly choice?: Readonly<Record<string, Tensor>>;
  readonly buffers: unknown;
} {
  if (frames === undefined) {
    const { output, buffers } = network.apply(x, pass);
    return { logits: output, buffers };
  }
  const [parameters, buffers] = [pass.parameters, pass.buffers] as [
    Both<unknown, unknown>,
    Both<unknown, unknown>,
  ];
  const first = frames.apply(x, {
    ...pass,
    parameters: parameters.canonicalizer,
    buffers: buffers.canonicalizer,
  });
  const second = network.apply(tf.slice(first.canonical.input, [0, 0, 0], [-1, points, -1]), {
    ...pass,
    parameters: parameters.network,
    buffers: buffers.network,
  });
  return {
    logits: second.output,
    choice: first.canonical.choice,
    buffers: { canonicalizer: first.buffers, network: second.buffers },
  };
}

/** Upright clouds: a plain network, one trained in all poses, one behind a frame with or without prior. */
export const clouds: Experiment<CloudConfig, CloudResult> = {
  id: "clouds",
  title: "Point clouds under rotations",
  module: import.meta.url,
  usesExecutor: true,
  data: ({ dataSet }) => [dataSet],
  cost: ({ epochs, points, regime, network }) =>
    epochs * points / 128 * (typeof regime === "string" ? 1 : 2) * (network === "DGCNN" ? 5 : 1),
  async run(config, context) {
    const { seed, executor } = context, { points, epochs, regime } = config;
    const { value } = await context.loadData<PointSplit>(config.dataSet);
    const order = stream(2310, "clouds", "held out").permutation(value.train.shapes);
    const held = config.judged === "valid" ? Math.floor(value.train.shapes / 4) : 0;
    const rows = order.subarray(held), judgedRows = order.subarray(0, held);
    const batchSize = Math.min(config.batchSize, rows.length);
    const classes = value.train.classes.length;
    const seen = typeof regime === "string" ? points : config.framePoints;
    const nets = { ...networkOf(config, classes), points };
    const whole = nets.frames === undefined ? nets.network : canonicalize(nets.network, nets.frames) as Net;
    const random = stream(seed, "clouds");
    const start = whole.init(random.split("weights"));
    const sites = whole.dropouts?.([batchSize, seen, 3]) ?? [];
    const [masks, poses, drawn] = ["dropout", "poses", "points"].map((name) => random.split(name));
    const prior = typeof regime === "string" ? 0 : regime.prior;
    interface Batch {
      readonly x: Tensor;
      readonly target: Tensor;
      readonly keep: readonly Tensor[];
    }
    const { parameters, buffers, epochLosses } = await train<unknown, Batch, unknown>(
      ({ parameters, batch: { x, target, keep }, buffers }) => {
        const pass = { parameters, buffers, training: true, keep };
        const { logits, choice, buffers: next } = answer(x, nets, pass);
        const task = crossEntropy(logits, { target });
        if (choice === undefined) return { loss: task, buffers: next };
        const loss = adaptationLoss({ task, prior: directionPriorLoss(choice.vectors) }, { prior });
        return { loss, buffers: next };
      },
      {
        ...start,
        optimiser: adam(),
        learningRate: cosineDecay(config.learningRate, {
          steps: epochs * Math.floor(rows.length / batchSize),
        }),
        rows: rows.length,
        batchSize,
        epochs,
        dropLast: true,
        stream: random.split("order"),
        executor,
        batches: {
          example: {
            x: hostTensor(new Float32Array(batchSize * seen * 3), [batchSize, seen, 3]),
            target: hostTensor(new Float32Array(batchSize * classes), [batchSize, classes]),
            keep: sites.map(({ shape }) =>
              hostTensor(new Uint8Array(shape.reduce((product, length) => product * length, 1)), shape)
            ),
          } as HostTree<Batch>,
          fill({ x, target, keep }, chosen) {
            const wanted = target.data as Float32Array;
            wanted.fill(0);
            chosen.forEach((at, i) => {
              const out = (x.data as Float32Array).subarray(i * seen * 3, (i + 1) * seen * 3);
              drawCloud(out, { data: value.train, shape: rows[at], random: drawn });
              if (regime === "augmented") turnCloud(out, rotationOf(poses));
              wanted[i * classes + value.train.labels[rows[at]]] = 1;
            });
            (keep as readonly HostTensor[]).forEach(({ data }, i) =>
              masks.bernoulli(data as Uint8Array, { probability: 1 - sites[i].rate })
            );
          },
        },
        onProgress: ({ fraction }) => context.progress(0.9 * fraction),
      },
    );
    const data = config.judged === "test" ? value.test : value.train;
    const shapes = config.judged === "test" ? Int32Array.from(data.labels.keys()) : judgedRows;
    const labels = Array.from(shapes, (shape) => data.labels[shape]);
    const state = { parameters, buffers } as HostTree<State>;
    const look = (turned: boolean) => outputs(nets, { data, shapes, points: seen, state, executor, turned });
    const [upright, turned] = [await look(false), await look(true)];
    const [one, other] = [upright, turned].map(({ logits }) => largest(logits, classes));
    const share = (fits: (i: number) => boolean) =>
      100 * labels.filter((_, i) => fits(i)).length / labels.length;
    const { frames } = upright;
    const misses = frames && labels.map((_, i) =>
      frames.subarray(9 * i, 9 * i + 9).reduce(
        (sum, entry, k) => sum + (entry - (k % 4 === 0 ? 1 : 0)) ** 2 / 9,
        0,
      )
    );
    return {
      classes: value.train.classes,
      upright: share((i) => one[i] === labels[i]),
      turned: share((i) => other[i] === labels[i]),
      changes: share((i) => one[i] !== other[i]),
      prior: misses === undefined ? null : mean(misses),
      priors: misses === undefined
        ? null
        : value.train.classes.map((_, k) => mean(misses.filter((_, i) => labels[i] === k))),
      parameters: countNumbers(parameters),
      losses: epochLosses.map((loss) => Number(loss.toPrecision(6))),
    };
  },
};

/** Logits and frames for clouds, upright or each turned by a rotation of its own. */
async function outputs(
  nets: ReturnType<typeof networkOf> & { readonly points: number },
  { data, shapes, points, state, executor, turned }: {
    readonly data: PointClouds;
    readonly shapes: Int32Array;
    readonly points: number;
    readonly state: HostTree<State>;
    readonly executor: ExecutorName;
    readonly turned: boolean;
  },
): Promise<{ readonly logits: Float32Array; readonly frames?: Float32Array }> {
  const batch = Math.min(50, shapes.length), size = points * 3;
  const x = hostTensor(new Float32Array(batch * size), [batch, points, 3]);
  await using program = await compile(
    (x: Tensor) => {
      const { parameters, buffers } = constants<State>(state);
      const { logits, choice } = answer(x, nets, { parameters, buffers, training: false });
      return choice === undefined ? [logits] : [logits, choice.frame];
    },
    [x],
    { executor, name: nets.network.name },
  );
  const out: Float32Array[] = [];
  for (let from = 0; from < shapes.length; from += batch) {
    for (let i = 0; i < batch; i++) {
      const shape = shapes[from + i < shapes.length ? from + i : from];
      const matrix = turned ? rotationOf(stream(2310, "clouds", "test poses", String(shape))) : undefined;
      copyCloud((x.data as Float32Array).subarray(i * size, (i + 1) * size), { data, shape, matrix });
    }
    (await program.run(x) as readonly HostTensor[]).forEach(({ data: values }, k) => {
      const width = values.length / batch;
      out[k] ??= new Float32Array(shapes.length * width);
      out[k].set(
        (values as Float32Array).subarray(0, Math.min(batch, shapes.length - from) * width),
        from * width,
      );
    });
  }
  const [logits, frames] = out;
  return { logits, frames };
}
