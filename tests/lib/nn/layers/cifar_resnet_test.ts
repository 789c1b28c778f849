/** Residual networks for small images, and the published weights. */
import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../../lib/compile/mod.ts";
import {
  fromTorchLayout,
  type ImageSplit,
  loadDataSet,
  type NamedTensors,
} from "../../../../lib/data/mod.ts";
import {
  batchNorm,
  type CifarResNet,
  cifarResNet,
  cifarResNetStages,
  cifarResNetTrunk,
  constants,
  conv2d,
  foldCifarResNet,
  globalAveragePool,
  hostTensor,
} from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../../lib/tensor/mod.ts";
import { developmentFile } from "../../../_development_data.ts";
import { andC } from "../../compile/_executors.ts";

const GOLDEN = developmentFile("cifar10-resnets/golden.json");
const IMAGES = developmentFile("cifar10-subset-png/cifar10_labels.json");

interface Golden {
  readonly logits_first_4_test: readonly (readonly number[])[];
  readonly "logits_constant_0.5": readonly number[];
}

for (const layers of [20, 32, 56]) {
  Deno.test({
    name: `resnet${layers} gives PyTorch's logits within 1e-4 (needs REFIGURE_DATA)`,
    ignore: GOLDEN === undefined || IMAGES === undefined,
    async fn() {
      const golden = JSON.parse(await Deno.readTextFile(GOLDEN!))[`resnet${layers}`] as Golden;
      const { value } = await loadDataSet<NamedTensors>(`cifar10-resnets/resnet${layers}`, "real");
      const { value: { test } } = await loadDataSet<ImageSplit>("cifar10/subset", "real");
      const x = new Float32Array(5 * 3072).fill(0.5);
      for (let i = 0; i < 4 * 3072; i++) x[i] = test.pixels[i] / 255;
      const input = hostTensor(x, [5, 32, 32, 3]), network = foldCifarResNet(value);
      const wanted = [...golden.logits_first_4_test, golden["logits_constant_0.5"]].flat();
      for (const executor of andC("native", "wasm")) {
        const program = await compile(
          (x: Tensor) => cifarResNet(x, constants<CifarResNet>(network)),
          [input],
          { executor },
        );
        const { data } = await program.run(input) as HostTensor;
        await program.dispose();
        wanted.forEach((logit, i) =>
          assert.ok(Math.abs(logit - data[i]) < 1e-4, `${executor}, ${i}: ${data[i]}, not ${logit}`)
        );
      }
    },
  });
}

const standIn = async () => (await loadDataSet<NamedTensors>("cifar10-resnets/resnet20", "stand-in")).value;

Deno.test("foldCifarResNet() folds normalisations: the network is that of separate layers", async () => {
  const weights = new Map(await standIn());
  // Statistics and scales that do something.
  const random = stream(3, "statistics");
  for (const [name, { shape }] of weights) {
    if (!/bn\d\./.test(name)) continue;
    const data = random.uniform(new Float32Array(shape[0]), { low: 0.5, high: 1.5 });
    weights.set(name, { shape, data });
  }
  const drawn = stream(5, "pixels").uniform(new Float32Array(2 * 8 * 8 * 3));
  const x = tf.tensor4d(drawn, [2, 8, 8, 3]);
  const tensor = (name: string) => tf.tensor(weights.get(name)!.data, [...weights.get(name)!.shape]);
  const normed = (x: Tensor, [conv, norm]: readonly [string, string], stride: number) => {
    const h = conv2d(x, { weight: tensor(`${conv}.weight`) }, { padding: 1, stride });
    const affine = { scale: tensor(`${norm}.weight`), offset: tensor(`${norm}.bias`) };
    const running = { mean: tensor(`${norm}.running_mean`), variance: tensor(`${norm}.running_var`) };
    return batchNorm(h, { affine, running, training: false }).output;
  };
  const pixels = tf.div(tf.sub(x, [0.485, 0.456, 0.406]), [0.229, 0.224, 0.225]);
  let h: Tensor = tf.relu(normed(pixels, ["conv1", "bn1"], 1));
  [4, 8, 16].forEach((width, k) => {
    const name = `layer${k + 1}.0`, stride = k === 0 ? 1 : 2;
    const inner = tf.relu(normed(h, [`${name}.conv1`, `${name}.bn1`], stride));
    const added = normed(inner, [`${name}.conv2`, `${name}.bn2`], 1);
    const every = stride === 1 ? h : tf.stridedSlice(h, [0, 0, 0, 0], h.shape, [1, 2, 2, 1]);
    const channels = (width - every.shape[3]!) / 2;
    h = tf.relu(tf.add(tf.pad(every, [[0, 0], [0, 0], [0, 0], [channels, channels]]), added));
  });
  const wanted = tf.add(
    tf.matMul(globalAveragePool(h) as tf.Tensor2D, tensor("linear.weight") as tf.Tensor2D),
    [
      ...weights.get("linear.bias")!.data,
    ],
  ).dataSync();
  const network = constants<CifarResNet>(foldCifarResNet(weights));
  const found = cifarResNet(x, network).dataSync();
  found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-4));
  // Cut behind any stage, it is the same network.
  const whole = cifarResNetTrunk(x, network).dataSync();
  for (const count of [0, 1, 2, 3]) {
    const trunk = cifarResNetTrunk(x, network, { count });
    assert.deepEqual(cifarResNetStages(trunk, network.stages.slice(count)).dataSync(), whole);
  }
});

Deno.test("foldCifarResNet() names a weight that is missing or too short", async () => {
  const weights = new Map(await standIn());
  weights.delete("layer2.0.bn1.bias");
  assert.throws(() => foldCifarResNet(weights), /layer2\.0\.bn1\.bias must be a tensor of 8 numbers/);
});

Deno.test("without the files a user reads address, digest, command, and what goes without them", async () => {
  const missing = loadDataSet("cifar10-resnets/resnet56", "real", { roots: ["/nowhere"] });
  await assert.rejects(missing, ({ message }: Error) => {
    assert.match(
      message,
      /from https:\/\/raw\.githubusercontent\.com\/akamaster\/\S+\/resnet56-4bfd9763\.th, /,
    );
    assert.match(message, /SHA-256 4bfd97631478d6b638d2764fd2baff3edb1d7d82252d54439343b6596b9b5367: /);
    assert.match(
      message,
      /the smoke profile does without; run `deno task data fetch cifar10-resnets\/resnet56`$/,
    );
    return true;
  });
});

Deno.test("a convolution in this layout is the hand-computed one", () => {
  // PyTorch's [out 1, in 1, 2, 2] = [[1, 2], [3, 4]] on [[1, 0], [0, 1]]: 1·1 + 4·1.
  const { shape, data } = fromTorchLayout({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
  const y = conv2d(tf.tensor4d([1, 0, 0, 1], [1, 2, 2, 1]), { weight: tf.tensor(data, [...shape]) });
  assert.deepEqual([...y.dataSync()], [5]);
});
