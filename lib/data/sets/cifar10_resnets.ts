import { stream } from "../../random/mod.ts";
import { fromTorchLayout, type NamedTensor, type NamedTensors, readTorchWeights } from "../formats/mod.ts";
import type { DataSet } from "../types.ts";

const COMMIT = "d5489e8995e81e91ce6b1d69dcc98ad579b0b153";

/** Without the prefix of PyTorch's DataParallel, and in this library's layout. */
function parseWeights(bytes: Uint8Array): NamedTensors {
  return new Map(
    [...readTorchWeights(bytes)].map(([name, tensor]) => [
      name.replace(/^module\./, ""),
      fromTorchLayout(tensor),
    ]),
  );
}

/** Channels of the stand-in's three stages. */
const WIDTHS = [4, 8, 16];

/**
 * A residual network with one block of few channels per stage and random weights (He et al. 2015), which has
 * learned nothing: a stand-in for smoke tests.
 */
export function tinyResNet(name: string): NamedTensors {
  const tensors = new Map<string, NamedTensor>();
  const random = stream(0, "stand-in", "residual network", name);
  const constant = (key: string, length: number, value: number) =>
    tensors.set(key, { shape: [length], data: new Float32Array(length).fill(value) });
  const convolution = (key: string, norm: string, [inputs, outputs]: readonly [number, number]) => {
    const data = random.normal(new Float32Array(9 * inputs * outputs), { std: Math.sqrt(2 / (9 * inputs)) });
    tensors.set(`${key}.weight`, { shape: [3, 3, inputs, outputs], data });
    for (const [part, value] of [["weight", 1], ["bias", 0], ["running_mean", 0], ["running_var", 1]]) {
      constant(`${norm}.${part}`, outputs, value as number);
    }
  };
  convolution("conv1", "bn1", [3, WIDTHS[0]]);
  WIDTHS.forEach((width, k) => {
    const block = `layer${k + 1}.0`;
    convolution(`${block}.conv1`, `${block}.bn1`, [WIDTHS[Math.max(0, k - 1)], width]);
    convolution(`${block}.conv2`, `${block}.bn2`, [width, width]);
  });
  const features = WIDTHS[WIDTHS.length - 1];
  const data = random.normal(new Float32Array(10 * features), { std: 1 / Math.sqrt(features) });
  tensors.set("linear.weight", { shape: [features, 10], data });
  constant("linear.bias", 10, 0);
  return tensors;
}

/**
 * Residual networks that Y. Idelbayev trained on all of CIFAR-10 (He et al. 2015, with 20, 32 and 56 layers),
 * as {@link NamedTensors} in this library's layout: filters `[height, width, in, out]`. Test errors 8.27,
 * 7.37 and 6.61 % by the author's account.
 *
 * The stand-in is {@link tinyResNet}.
 */
export const CIFAR10_RESNETS: readonly DataSet<NamedTensors>[] = [
  [20, 1099231, "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8"] as const,
  [32, 1890043, "d509ac1820d7f25398913559d7e81a13229b1e7adc5648e3bfa5e22dc137f850"] as const,
  [56, 3471733, "4bfd97631478d6b638d2764fd2baff3edb1d7d82252d54439343b6596b9b5367"] as const,
].map(([layers, bytes, sha256]): DataSet<NamedTensors> => {
  // The files are named by the beginning of their digests.
  const path = `resnet${layers}-${sha256.slice(0, 8)}.th`;
  return {
    name: `cifar10-resnets/resnet${layers}`,
    title: `ResNet-${layers}, trained on CIFAR-10 (weights)`,
    licence: "BSD-2-Clause (c) 2018 Yerlan Idelbayev",
    module: import.meta.url,
    folder: "cifar10-resnets",
    files: [{
      path,
      bytes,
      sha256,
      url:
        `https://raw.githubusercontent.com/akamaster/pytorch_resnet_cifar10/${COMMIT}/pretrained_models/${path}`,
    }],
    parse: ([file]) => parseWeights(file),
    standIn: () => tinyResNet(String(layers)),
  };
});
