import {
  compile,
  digestOf,
  disposable,
  type ExecutorName,
  type HostTensor,
  type HostTree,
  type NativeResource,
  openOnnx,
  type Portable,
  portableModel,
} from "../../compile/mod.ts";
import { groupOrder, type PlanarGroup } from "../../nn/group/mod.ts";
import { adam, constants, cosineDecay, hostTensor, train } from "../../nn/mod.ts";
import { type Stream, stream as streamOf } from "../../random/mod.ts";
import { type Tensor, tf } from "../../tensor/mod.ts";
import { type Energy, voteEnergy } from "./energies.ts";
import { convJudge } from "./judges.ts";
import { untransformImages } from "./poses.ts";
import { priorLoss } from "./prior.ts";

/** Images on the host. */
export interface Images {
  /** `[count, size, size, channels]`, in the numbers that the energy is to see, e.g. in [0, 1]. */
  readonly data: Float32Array;
  /** Number of images. */
  readonly count: number;
  /** Height and width, pixels. */
  readonly size: number;
  /** Numbers of a pixel. */
  readonly channels: number;
}

/** Options of {@link adapt}. */
export interface AdaptOptions {
  /** The transformations under which labels are to stay. */
  readonly group: PlanarGroup;
  /** Images in the poses that the model was trained on; no labels are needed. */
  readonly images: Images;
  /** P_D, how often these images are in each pose. @default all upright */
  readonly prior?: readonly number[];
  /** What finds poses. @default a small convolutional network that looks at every copy */
  readonly energy?: Energy<unknown, unknown>;
  /** Passes over the training rows. @default 5 */
  readonly epochs?: number;
  /** Rows of a training step. @default 32 */
  readonly batchSize?: number;
  /** η_0 of Adam; it falls to 0 along a cosine. @default 1e-3 */
  readonly learningRate?: number;
  /** Where random numbers come from. @default stream(0, "adapt") */
  readonly stream?: Stream;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** How the model wants its images. @default "NCHW" (as PyTorch exports them) */
  readonly layout?: "NCHW" | "NHWC";
  /** Makes the model's numbers from the images' (normalisation), in place, one image at a time. */
  readonly prepare?: (image: Float32Array) => void;
  /** Images per call of the model; exported models often have a fixed number. @default 1 */
  readonly modelBatch?: number;
}

/** What an adapted classifier says of images. */
export interface AdaptedPrediction {
  /** `[count, classes]` */
  readonly logits: Float32Array;
  /** Number of classes. */
  readonly classes: number;
  /** The most probable class of each image. */
  readonly labels: Int32Array;
  /** The pose that each image was found in, an element of the group. */
  readonly poses: Int32Array;
}

/**
 * A frozen model behind a trained canonicalizer. What leaves is the canonicalizer: its file takes `images`
 * `[count, size, size, channels]`, and gives them turned as `canonical`, ready for the model, and their
 * `pose`.
 */
export interface AdaptedClassifier extends NativeResource, Portable {
  /** The group that images are turned by. */
  readonly group: PlanarGroup;
  /** Share of the training images that are found upright, in percent. */
  readonly identityRate: number;
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Finds the images' poses, brings them to the canonical one, and asks the model. */
  predict(images: Images): Promise<AdaptedPrediction>;
  /** Asks the model as it is. */
  predictPlain(images: Images): Promise<AdaptedPrediction>;
}

/**
 * Makes any image classifier invariant under a group without touching it (Mondal et al. 2023, the zero-shot
 * regime): a small canonicalizer is trained on images like those that the model was trained on, to find them
 * upright, and stands in front of the model.
 *
 * In ten lines, with images of your own:
 *
 * ```ts ignore
 * import { adapt } from "@refigure/refigure/equivariant_adaptation";
 * import { cyclic } from "@refigure/refigure/group";
 *
 * const model = await Deno.readFile("classifier.onnx");
 * await using adapted = await adapt(model, {
 *   group: cyclic(4), // quarter turns
 *   images: { data, count: 2000, size: 32, channels: 3 }, // upright ones, [count, size, size, channels]
 *   prepare: (image) => image.forEach((v, i) => image[i] = (v - mean[i % 3]) / std[i % 3]),
 * });
 * const { labels, poses } = await adapted.predict(photographs);
 * ```
 *
 * @param model The bytes of an `.onnx` file with one input for images and logits as its first output.
 *   onnxruntime runs it, frozen.
 * @returns the adapted classifier; dispose of it.
 * @throws {TypeError} If the images do not fit the model.
 * @throws {RangeError} If a number of an image is not finite.
 */
export async function adapt(model: Uint8Array, options: AdaptOptions): Promise<AdaptedClassifier> {
  const { group, images, prior, epochs = 5, learningRate = 1e-3, executor = "native" } = options;
  const { stream = streamOf(0, "adapt") } = options;
  const batchSize = Math.min(options.batchSize ?? 32, images.count);
  checkImages(images);
  const energy = options.energy ??
    voteEnergy(convJudge({ inputs: images.channels, votes: groupOrder(group) }), group) as Energy;
  const opened = await openOnnx(model, { executor, name: "the model" });
  try {
    const { size, channels } = images;
    const length = size * size * channels;
    const example = hostTensor(new Float32Array(batchSize * length), [batchSize, size, size, channels]);
    const start = energy.init(stream.split("energy"));
    const steps = epochs * Math.floor(images.count / batchSize);
    const { parameters, buffers, epochLosses } = await train<unknown, { readonly x: Tensor }, unknown>(
      ({ parameters, batch: { x }, buffers }) => {
        const pass = { parameters, buffers, training: true };
        const { activations, buffers: next } = energy.activations(x, pass);
        return { loss: priorLoss(activations, { prior }), buffers: next };
      },
      {
        parameters: start.parameters,
        buffers: start.buffers,
        optimiser: adam({ weightDecay: 0.01, decay: "decoupled" }),
        learningRate: cosineDecay(learningRate, { steps }),
        rows: images.count,
        batchSize,
        epochs,
        dropLast: true,
        stream: stream.split("order"),
        executor,
        batches: {
          example: { x: example },
          fill: ({ x }, rows) => copyImages(x, { images, rows }),
          streams: [],
        },
      },
    );
    // The canonical image and the pose, both for the model.
    const order = groupOrder(group);
    const canonicalise = (x: Tensor) => {
      const state = constants<{ parameters: unknown; buffers: unknown }>(
        { parameters, buffers } as HostTree<{ parameters: unknown; buffers: unknown }>,
      );
      const { activations } = energy.activations(x, { ...state, training: false });
      const pose = tf.argMax(activations, 1);
      const selected = tf.oneHot(pose as tf.Tensor1D, order, 1, 0, "float32");
      const shares = tf.split(selected, order, 1);
      const canonical = tf.addN(
        shares.map((share, element) =>
          tf.mul(untransformImages(x, { group, element }), tf.reshape(share, [-1, 1, 1, 1]))
        ),
      );
      return { canonical, pose };
    };
    const turn = await compile(canonicalise, [example], { executor, name: "canonicalizer" });
    const digest = digestOf(images.data);
    const posed = async (all: Images) => {
      checkLike(all, images);
      const canonical = new Float32Array(all.data.length), poses = new Int32Array(all.count);
      await inBatches(all.count, batchSize, async (rows, from) => {
        copyImages(example, { images: all, rows });
        const found = await turn.run(example);
        const kept = Math.min(batchSize, all.count - from);
        canonical.set((found.canonical.data as Float32Array).subarray(0, kept * length), from * length);
        poses.set((found.pose.data as Int32Array).subarray(0, kept), from);
      });
      return { canonical: { ...all, data: canonical }, poses };
    };
    const ask = async (all: Images): Promise<Omit<AdaptedPrediction, "poses">> => {
      checkLike(all, images);
      const { modelBatch = 1, layout = "NCHW", prepare } = options;
      const shape = layout === "NHWC"
        ? [modelBatch, size, size, channels]
        : [modelBatch, channels, size, size];
      const input = hostTensor(new Float32Array(modelBatch * length), shape);
      const one = new Float32Array(length);
      let logits = new Float32Array(), classes = 0;
      await inBatches(all.count, modelBatch, async (rows, from) => {
        rows.forEach((row, i) => {
          one.set(all.data.subarray(row * length, (row + 1) * length));
          prepare?.(one);
          const to = (input.data as Float32Array).subarray(i * length, (i + 1) * length);
          if (layout === "NHWC") to.set(one);
          else one.forEach((value, k) => to[k % channels * size * size + Math.floor(k / channels)] = value);
        });
        const output = (await opened.run({ [opened.inputs[0]]: input }))[opened.outputs[0]];
        classes = output.data.length / modelBatch;
        if (from === 0) logits = new Float32Array(all.count * classes);
        const kept = Math.min(modelBatch, all.count - from);
        logits.set((output.data as Float32Array).subarray(0, kept * classes), from * classes);
      });
      return { logits, classes, labels: largest(logits, classes) };
    };
    const { poses } = await posed(images);
    return {
      group,
      portable: () =>
        portableModel(
          ({ images }: { readonly images: Tensor }) => canonicalise(images),
          { images: example },
          {
            method: "canonicalizer",
            seed: stream.seed,
            data: digest,
            settings: { ...options, epochs, learningRate, batchSize },
          },
        ),
      identityRate: 100 * poses.filter((pose) => pose === 0).length / images.count,
      losses: epochLosses,
      async predict(all) {
        const { canonical, poses } = await posed(all);
        return { ...await ask(canonical), poses };
      },
      predictPlain: async (all) => ({ ...await ask(all), poses: new Int32Array(all.count) }),
      ...disposable(async () => {
        await turn.dispose();
        await opened.dispose();
      }),
    };
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}

function checkImages({ data, count, size, channels }: Images): void {
  const length = count * size * size * channels;
  if (count >= 1 && data.length === length) {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong < 0) return;
    throw new RangeError(
      `Cannot take the images as their numbers must be finite: current value of image ` +
        `${Math.floor(wrong / (length / count))} is ${data[wrong]}`,
    );
  }
  throw new TypeError(
    `Cannot adapt the model as ${count} images of ${size} × ${size} × ${channels} must have ${length} numbers: ` +
      `current value is ${data.length}`,
  );
}

function checkLike(all: Images, { size, channels }: Images): void {
  checkImages(all);
  if (all.size === size && all.channels === channels) return;
  throw new TypeError(
    `Cannot predict as images must be of ${size} × ${size} × ${channels}: ` +
      `current value is ${all.size} × ${all.size} × ${all.channels}`,
  );
}

/** Writes chosen images into a batch. */
function copyImages(
  x: HostTensor,
  { images: { data }, rows }: { readonly images: Images; readonly rows: Int32Array },
): void {
  const length = x.data.length / rows.length;
  rows.forEach((row, i) =>
    (x.data as Float32Array).set(data.subarray(row * length, (row + 1) * length), i * length)
  );
}

/** Calls for so many rows at a time; the last batch repeats its first row. */
async function inBatches(
  count: number,
  batch: number,
  call: (rows: Int32Array, from: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < count; from += batch) {
    await call(Int32Array.from({ length: batch }, (_, i) => from + i < count ? from + i : from), from);
  }
}

/** The largest of each row. */
function largest(values: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: values.length / classes }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (values[row * classes + k] > values[row * classes + best]) best = k;
    return best;
  });
}
