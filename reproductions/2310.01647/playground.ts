/**
 * For readers: a canonicalizer in front of a published network, trained in some seconds, and a picture of
 * one's own.
 */
import { decode } from "fast-png";
import type { ExecutorName, HostTree } from "../../lib/compile/mod.ts";
import { exportOnnx } from "../../lib/compile/mod.ts";
import type { ImageSplit } from "../../lib/data/mod.ts";
import { type Figure, PALETTE, sliderFigure, tilePicture } from "../../lib/figures/mod.ts";
import {
  adapt,
  type AdaptedClassifier,
  type AdaptOptions,
  type Energy,
  type Images,
  turnTestImages,
  voteEnergy,
} from "../../lib/methods/equivariant_adaptation/mod.ts";
import type { Network } from "../../lib/nn/group/mod.ts";
import { type CifarResNet, cifarResNet, cifarResNetTrunk, constants, hostTensor } from "../../lib/nn/mod.ts";
import { type Tensor, tf } from "../../lib/tensor/mod.ts";
import { CLASS_NAMES } from "./artefacts/_pictures.ts";
import { FROZEN_STAGES, GROUP, type Late, late, loadResNet, startVotes } from "./experiments/_photos.ts";

const SIDE = 32, CHANNELS = 3;

/** A published ResNet as the bytes of an `.onnx` file, channels first, one image at a time. */
export async function resNetOnnx(
  load: Parameters<typeof loadResNet>[0],
  name: string,
): Promise<Uint8Array> {
  const network = await loadResNet(load, name) as HostTree<CifarResNet>;
  return exportOnnx(
    (x: Tensor) => cifarResNet(tf.transpose(x, [0, 2, 3, 1]), constants<CifarResNet>(network)),
    [hostTensor(new Float32Array(CHANNELS * SIDE * SIDE), [1, CHANNELS, SIDE, SIDE])],
  );
}

/**
 * Votes on poses by a trainable copy of a published ResNet's last stage, on its frozen first ones: what to
 * give `adapt` as `energy`.
 */
export async function resNetEnergy(
  load: Parameters<typeof loadResNet>[0],
  name: string,
): Promise<Energy<unknown, unknown>> {
  const network = await loadResNet(load, name);
  const judge: Network<Late, readonly []> = {
    name,
    init: (random) => ({ parameters: startVotes(network, random), buffers: [] }),
    apply(x, { parameters, buffers }) {
      const { stages } = network;
      const frozen = { ...network, stages: stages.slice(0, FROZEN_STAGES) } as HostTree<CifarResNet>;
      return { output: late(cifarResNetTrunk(x, constants<CifarResNet>(frozen)), parameters), buffers };
    },
  };
  return voteEnergy(judge, GROUP) as Energy<unknown, unknown>;
}

/** The first photographs of a training set, in [0, 1]. */
export function uprightPhotos({ train }: ImageSplit, count: number): Images {
  const kept = Math.min(count, train.count);
  const data = Float32Array.from(train.pixels.subarray(0, kept * SIDE * SIDE * CHANNELS), (v) => v / 255);
  return { data, count: kept, size: SIDE, channels: CHANNELS };
}

/** Adapts a model to quarter turns; see `adapt`. */
export function adaptToQuarterTurns(
  model: Uint8Array,
  options: Omit<AdaptOptions, "group"> & { readonly executor?: ExecutorName },
): Promise<AdaptedClassifier> {
  return adapt(model, { group: GROUP, ...options });
}

/**
 * A PNG file as an image of 32 × 32: its largest centred square, each pixel the mean of those that it covers.
 *
 * @throws {SyntaxError} If the file cannot be read.
 * @throws {RangeError} If a side is shorter than 32 pixels, or it has other than 8 bits and 3 or 4 channels.
 */
export function pictureFromPng(png: Uint8Array): Images {
  let decoded: ReturnType<typeof decode>;
  try {
    decoded = decode(png);
  } catch (cause) {
    throw new SyntaxError("Cannot read the picture as it must be a PNG file", { cause });
  }
  const { width, height, channels, depth, data } = decoded, square = Math.min(width, height);
  if (square < SIDE || depth !== 8 || channels < CHANNELS) {
    throw new RangeError(
      `Cannot use the picture as it must have sides >= ${SIDE}, 8 bits and colours: ` +
        `current value is ${width} × ${height}, ${channels} channels of ${depth} bits`,
    );
  }
  const [left, top] = [Math.floor((width - square) / 2), Math.floor((height - square) / 2)];
  const edge = (k: number) => Math.floor(k * square / SIDE);
  const out = new Float32Array(SIDE * SIDE * CHANNELS);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      for (let c = 0; c < CHANNELS; c++) {
        let sum = 0, count = 0;
        for (let v = edge(y); v < edge(y + 1); v++) {
          for (let u = edge(x); u < edge(x + 1); u++, count++) {
            sum += Number(data[((top + v) * width + left + u) * channels + c]);
          }
        }
        out[(y * SIDE + x) * CHANNELS + c] = sum / count / 255;
      }
    }
  }
  return { data: out, count: 1, size: SIDE, channels: CHANNELS };
}

/** A picture in one pose, and the probabilities of its classes without and with adaptation. */
export interface TurnedPicture {
  readonly degrees: number;
  readonly picture: Float32Array;
  readonly plain: Float32Array;
  readonly adapted: Float32Array;
}

const softmax = (logits: Float32Array): Float32Array => {
  const top = Math.max(...logits), exps = logits.map((value) => Math.exp(value - top));
  const total = exps.reduce((sum, value) => sum + value, 0);
  return exps.map((value) => value / total);
};

/** Turns a picture by quarter turns, and asks the model with and without its canonicalizer. */
export async function lookAround(
  classifier: Pick<AdaptedClassifier, "predict" | "predictPlain">,
  picture: Images,
): Promise<TurnedPicture[]> {
  const all: TurnedPicture[] = [];
  for (const degrees of [0, 90, 180, 270]) {
    const turned = { ...picture, data: turnTestImages(picture, degrees) };
    all.push({
      degrees,
      picture: turned.data,
      plain: softmax((await classifier.predictPlain(turned)).logits),
      adapted: softmax((await classifier.predict(turned)).logits),
    });
  }
  return all;
}

/** The picture that a slider turns, and what is said of it without and with adaptation. */
export function turnedWithSlider(poses: readonly TurnedPicture[]): Figure {
  const grey = (data: Float32Array) =>
    Array.from({ length: SIDE * SIDE }, (_, i) => (data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3);
  const current = { filter: "datum.degrees == turn" };
  const bars = (title: string, pick: (pose: TurnedPicture) => Float32Array, colour: string) => ({
    title,
    width: 170,
    height: 200,
    data: {
      values: poses.flatMap((pose) =>
        Array.from(pick(pose), (share, k) => ({
          degrees: pose.degrees,
          name: CLASS_NAMES[k] ?? String(k),
          share: Number((100 * share).toFixed(2)),
        }))
      ),
    },
    transform: [current],
    mark: { type: "bar", color: colour },
    encoding: {
      y: { field: "name", type: "nominal", title: null, sort: null },
      x: { field: "share", type: "quantitative", title: "probability (%)", scale: { domain: [0, 100] } },
    },
  });
  return sliderFigure({
    hconcat: [
      {
        title: "the picture, in grey",
        width: 200,
        height: 200,
        data: {
          values: poses.map(({ degrees, picture }) => ({
            degrees,
            url: tilePicture(
              { rows: SIDE, columns: SIDE, values: grey(picture), domain: [0, 1] },
              { zoom: 3 },
            ),
          })),
        },
        transform: [current],
        mark: { type: "image", width: 200, height: 200, x: 100, y: 100 },
        encoding: { url: { field: "url" } },
      },
      bars("as published", ({ plain }) => plain, PALETTE[0]),
      bars("behind the canonicalizer", ({ adapted }) => adapted, PALETTE[1]),
    ],
  }, {
    sliders: [{ name: "turn", label: "turn (degrees)", min: 0, max: 270, step: 90, value: 90 }],
    alt: "A picture, and the probabilities of its classes without and with adaptation; a slider turns it.",
  });
}
