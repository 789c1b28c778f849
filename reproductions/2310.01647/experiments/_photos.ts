import type { ExecutorName, HostTree } from "../../../lib/compile/mod.ts";
import type { ImageSplit, LabelledImages, NamedTensors } from "../../../lib/data/mod.ts";
import {
  activationsFromVotes,
  allPoses,
  turnTestImages,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { cyclic } from "../../../lib/nn/group/mod.ts";
import {
  type CifarResNet,
  cifarResNetStages,
  cifarResNetTrunk,
  constants,
  type Dense,
  dense,
  foldCifarResNet,
  globalAveragePool,
  initDense,
} from "../../../lib/nn/mod.ts";
import type { Stream } from "../../../lib/random/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import { areaOf, overPhotos, type Photos } from "./_batches.ts";

/** Quarter turns: images of 32 × 32 take them exactly. */
export const GROUP = cyclic(4);
export const POSES = 4;
export const CLASSES = 10;
/** Stages that stay as they were published; activations behind them are kept. */
export const FROZEN_STAGES = 2;

/** Loads what experiments on photographs read. */
export type LoadData = <T>(name: string) => Promise<{ readonly value: T }>;

/** Photographs of a split, from one row on. */
function photosOf(
  { pixels, labels, height, channels }: LabelledImages,
  { from = 0, count }: { readonly from?: number; readonly count: number },
): Photos {
  const area = height * height * channels;
  return {
    data: Float32Array.from(pixels.subarray(from * area, (from + count) * area), (value) => value / 255),
    count,
    size: height,
    channels,
    labels: labels.slice(from, from + count),
  };
}

/** Test photographs: the first `skip` of them settings were chosen on, they are left out. */
export async function loadPhotos(
  load: LoadData,
  { images, train, skip, test }: {
    readonly images: string;
    readonly train: number;
    readonly skip: number;
    readonly test: number;
  },
): Promise<{ readonly train: Photos; readonly test: Photos }> {
  const { value } = await load<ImageSplit>(images);
  return {
    train: photosOf(value.train, { count: train }),
    test: photosOf(value.test, { from: skip, count: test }),
  };
}

/** A published network. */
export async function loadResNet(load: LoadData, name: string): Promise<HostTree<CifarResNet>> {
  return foldCifarResNet((await load<NamedTensors>(name)).value);
}

/** Photographs turned as in the test under rotations. */
export const turned = (photos: Photos, degrees: number): Photos => ({
  ...photos,
  data: turnTestImages(photos, degrees),
});

/** Photographs mirrored from left to right. */
export function mirrored(photos: Photos): Photos {
  const { data, size, channels } = photos, out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const c = i % channels, x = Math.floor(i / channels) % size, row = Math.floor(i / (channels * size));
    out[(row * size + size - 1 - x) * channels + c] = data[i];
  }
  return { ...photos, data: out };
}

/** Most pixels that a photograph is moved by, and how strongly its colours are changed. */
const SHIFT = 4, GAIN = 0.25, BRIGHTNESS = 0.15, GREY_SHARE = 0.1;

/** A copy of each photograph, mirrored, moved (reflecting at the border) and coloured at random. */
export function varied(photos: Photos, random: Stream): Photos {
  const { data, count, size, channels } = photos, area = areaOf(photos);
  const out = new Float32Array(data.length);
  const within = (k: number) => k < 0 ? -k : k >= size ? 2 * size - 2 - k : k;
  for (let image = 0; image < count; image++) {
    const [flip, down, right, r, g, b, light, grey] = random.uniform(new Float64Array(8));
    const moves = [down, right].map((value) => Math.floor(value * (2 * SHIFT + 1)) - SHIFT);
    const gains = [r, g, b].map((value) => 1 + GAIN * (2 * value - 1));
    const shift = BRIGHTNESS * (2 * light - 1);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const column = flip < 0.5 ? size - 1 - x : x;
        const from = image * area + (within(y + moves[0]) * size + within(column + moves[1])) * channels;
        const mean = (data[from] + data[from + 1] + data[from + 2]) / 3;
        for (let c = 0; c < channels; c++) {
          const value = (grey < GREY_SHARE ? mean : data[from + c]) * gains[c] + shift;
          out[image * area + (y * size + x) * channels + c] = Math.min(1, Math.max(0, value));
        }
      }
    }
  }
  return { ...photos, data: out };
}

/** Activations behind the frozen stages, for all quarter turns of all photographs. */
export interface Features {
  /** `[count, 4, …shape]` */
  readonly data: Float32Array;
  /** Height, width and channels. */
  readonly shape: readonly number[];
}

/** Runs the frozen stages once. */
export async function featuresOf(
  photos: Photos,
  network: HostTree<CifarResNet>,
  executor: ExecutorName,
): Promise<Features> {
  const shape: number[] = [];
  const [data] = await overPhotos(
    (x) => {
      const h = cifarResNetTrunk(allPoses(x, GROUP), constants<CifarResNet>(network), {
        count: FROZEN_STAGES,
      });
      shape.splice(0, 3, ...h.shape.slice(1));
      return [h];
    },
    photos,
    { executor, slots: POSES },
  );
  return { data, shape };
}

/** Writes the features of some photographs, one pose of all after the other. */
export function copyFeatures(
  out: Float32Array,
  { data, shape }: Features,
  { rows, poses = [0, 1, 2, 3] }: { readonly rows: ArrayLike<number>; readonly poses?: readonly number[] },
): void {
  const width = shape.reduce((product, length) => product * length, 1);
  poses.forEach((pose, slot) =>
    Array.from(rows, (row, i) => {
      const at = (row * POSES + pose) * width;
      out.set(data.subarray(at, at + width), (slot * rows.length + i) * width);
    })
  );
}

/** A trainable copy of a network's last stages with a head of its own. */
export interface Late {
  readonly stages: CifarResNet["stages"];
  readonly head: Dense;
}

/** The last stages as published, and a head that votes on poses. */
export function startVotes({ stages }: HostTree<CifarResNet>, stream: Stream): HostTree<Late> {
  const late = stages.slice(FROZEN_STAGES) as HostTree<CifarResNet["stages"]>;
  const inputs = late.at(-1)!.at(-1)!.second.bias!.shape[0];
  return { stages: late, head: initDense(stream, { inputs, outputs: POSES }) };
}

/** The last stages and the head as published. */
export const startClasses = ({ stages, head }: HostTree<CifarResNet>): HostTree<Late> => ({
  stages: stages.slice(FROZEN_STAGES) as HostTree<CifarResNet["stages"]>,
  head,
});

/** What the last stages make of features `[rows, …]`. */
export const late = (h: Tensor, { stages, head }: Late): Tensor =>
  dense(globalAveragePool(cifarResNetStages(h, stages)), head);

/** Activations `[batch, 4]` of features of all poses, `[4 · batch, …]`. */
export const votesOf = (h: Tensor, parameters: Late): Tensor =>
  activationsFromVotes(late(h, parameters), GROUP);
