/**
 * NaN, infinities, zeros of both signs and indices out of range: all executors give the same, or all refuse.
 *
 * The sign of a zero is left out, as engines choose it freely (maximum(0, −0), relu(−0)).
 */
import assert from "node:assert/strict";
import { compile, type ExecutorName, type HostTensor } from "../../../lib/compile/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { runAlone, togetherOnC } from "./_batches.ts";
import { type Case, nameOf } from "./_case.ts";
import { andC } from "./_executors.ts";
import { bools, floats, ints } from "./_host.ts";
import { CASES } from "./_kernel_cases.ts";

const EXECUTORS = andC("eager", "native", "wasm");
const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 1.5, -2.5, 1e-40];
const LARGE = [3e9, -3e9];
/** Sums in which large numbers leave the rounding errors only, if they cancel. */
const SUMS = /Conv|AvgPool|ResizeBilinear|Einsum|Sum|Mean|MatMul|Bincount|ScatterNd|AddN/;

const program = (item: Case) => (...tensors: Tensor[]) => ({ y: [item.f(...tensors)].flat() });
const numbers = (found: readonly { readonly y: readonly HostTensor[] }[]): number[][] =>
  found.map(({ y }) => y.flatMap(({ data }) => [...data as Iterable<number>]));

/** What an executor makes of each of some lists of inputs. */
async function outputs(
  item: Case,
  rounds: readonly (readonly HostTensor[])[],
  executor: ExecutorName,
): Promise<number[][]> {
  const copies = rounds.map((inputs) => [...inputs]);
  return numbers(await runAlone({ program: program(item), rounds: copies }, { executor }));
}

function assertSame(found: number[], wanted: number[], what: string): void {
  assert.equal(found.length, wanted.length);
  wanted.forEach((value, i) => {
    const close = Math.abs(found[i] - value) <= 1e-5 * (1 + Math.abs(value));
    assert.ok(
      found[i] === value || Number.isNaN(found[i]) && Number.isNaN(value) || close,
      `${what}, element ${i}: ${found[i]}, not ${value}`,
    );
  });
}

/** The inputs of a case, in which some numbers are special. */
function special(item: Case, round: number): HostTensor[] {
  const random = stream(23, nameOf(item), String(round));
  const values = SUMS.test(nameOf(item)) ? SPECIAL : [...SPECIAL, ...LARGE];
  return item.inputs.map((input) => {
    if (input.dtype !== "float32") return input;
    const data = Float32Array.from(
      input.data,
      (value) => random.nextInteger(3) === 0 ? values[random.nextInteger(values.length)] : value,
    );
    return { ...input, data };
  });
}

const chosen = CASES.filter(({ inputs }) =>
  inputs.some(({ dtype, data }) => dtype === "float32" && data.length > 0)
);
const small = chosen.map((item) => ({
  program: program(item),
  rounds: [0, 1, 2].map((round) => special(item, round)),
}));
const onC = togetherOnC(small);
for (const [index, item] of chosen.entries()) {
  Deno.test(`kernel ${nameOf(item)} does the same with special values on all executors`, async () => {
    const { rounds } = small[index];
    const wanted = await outputs(item, rounds, "eager");
    for (const executor of andC("native", "wasm")) {
      const found = executor === "c" ? numbers(await onC(index)) : await outputs(item, rounds, executor);
      rounds.forEach((inputs, round) => {
        const shown = inputs.map(({ data }) => [...data].join(" ")).join("; ");
        assertSame(found[round], wanted[round], `${executor}, of ${shown}`);
      });
    }
  });
}

const image = (...numbers: number[]) => floats(numbers, [1, 2, 3, 1]);
/** Two channels; the second one's filter holds ∞ where the window's edge is. */
const filter = floats([1, 1, 1, 1, 1, Infinity], [1, 3, 1, 2]);
const conv = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 1, "same");
const resize = (x: tf.Tensor4D) => tf.image.resizeBilinear(x, [1, 4], false, true);
const maxPool = (x: tf.Tensor4D) => tf.maxPool(x, [2, 2], 1, "valid");
const maxPoolSlope = (x: tf.Tensor) => tf.grad((x) => tf.sum(maxPool(x as tf.Tensor4D)))(x);
const tilesSlope = (x: tf.Tensor) =>
  tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, [2, 3], [2, 3], "valid")))(x);

const VALUES: readonly (readonly [string, Case["f"], readonly HostTensor[], readonly number[]])[] = [
  ["step", (x) => tf.step(x), [floats([NaN, 0, -0, 3, -Infinity])], [NaN, 0, 0, 1, 0]],
  ["step with a slope", (x) => tf.step(x, -1), [floats([NaN, 0, 3, -Infinity])], [NaN, -1, 1, -1]],
  ["sign", tf.sign, [floats([NaN, 0, 3, -Infinity])], [NaN, 0, 1, -1]],
  ["relu", tf.relu, [floats([NaN, Infinity, -Infinity])], [NaN, Infinity, 0]],
  ["greater", (x) => tf.cast(tf.greater(x, 0), "int32"), [floats([NaN, -0, Infinity])], [0, 0, 1]],
  ["notEqual", (x) => tf.cast(tf.notEqual(x, x), "int32"), [floats([NaN, -0, Infinity])], [1, 0, 0]],
  ["maximum", tf.maximum, [floats([NaN, 1, -Infinity]), floats([1, NaN, 2])], [NaN, NaN, 2]],
  ["max", (x) => tf.max(x, 1), [floats([1, NaN, 2, 1, Infinity, 2], [2, 3])], [NaN, Infinity]],
  ["min", (x) => tf.min(x, 0), [floats([1, NaN, 2, 1], [2, 2])], [1, NaN]],
  ["any", tf.any, [bools([0, 1])], [1]],
  ["argMax", (x) => tf.argMax(x, 1), [floats([1, NaN, 2, NaN, 3, Infinity], [2, 3])], [1, 0]],
  ["argMin", (x) => tf.argMin(x, 1), [floats([1, NaN, 2, 5, -Infinity, NaN], [2, 3])], [1, 1]],
  ["cast", (x) => tf.cast(x, "int32"), [floats([NaN, Infinity, 3e9, -3e9, 1.9, -1.9])], [0, 0, 0, 0, 1, -1]],
  ["floorDiv", tf.floorDiv, [ints([1, 0, -1, 7]), ints([0, 0, 0, 2])], [0, 0, 0, 3]],
  [
    "atan2",
    tf.atan2,
    [floats([1, -1, 0, 0]), floats([-0, -0, -0, -1])],
    [1, -1, 0, 2].map((x) => x * Math.PI / 2),
  ],
  ["pow", tf.pow, [floats([1, 1, -1, -1, NaN, 2]), floats([NaN, Infinity, -Infinity, NaN, 0, -Infinity])], [
    1,
    1,
    1,
    NaN,
    1,
    0,
  ]],
  // Padding times ∞ is NaN, and all of the channel with it; without padding ∞ is what it is.
  ["conv2d", conv, [image(1, 2, 3, 4, 5, 6), filter], [3, NaN, 6, NaN, 5, NaN, 9, NaN, 15, NaN, 11, NaN]],
  ["conv2d without padding", (x, filter) => tf.conv2d(x, filter, 1, "valid"), [
    image(1, 2, 3, 4, 5, 6),
    filter,
  ], [6, Infinity, 15, Infinity]],
  ["maxPool", maxPool, [image(1, NaN, 2, 3, 4, 5)], [NaN, NaN]],
  ["maxPool of least numbers", maxPool, [image(-Infinity, -Infinity, 2, -Infinity, -Infinity, NaN)], [
    -Infinity,
    NaN,
  ]],
  ["the gradient of maxPool", maxPoolSlope, [image(Infinity, NaN, 2, 3, 4, Infinity)], [0, 2, 0, 0, 0, 0]],
  ["the gradient of maxPool of −∞", maxPoolSlope, [image(...Array(6).fill(-Infinity))], [1, 1, 0, 0, 0, 0]],
  ["the gradient of maxPool in tiles", tilesSlope, [image(Infinity, 1, NaN, 2, NaN, 4)], [0, 0, 0, 0, 0, 1]],
  ["resizeBilinear", resize, [floats([1, Infinity], [1, 1, 2, 1])], [NaN, Infinity, Infinity, Infinity]],
  ["topk", (x) => tf.topk(x, 3).values, [floats([1, NaN, 3, NaN, Infinity])], [NaN, NaN, Infinity]],
  ["topk's places", (x) => tf.topk(x, 4).indices, [floats([1, NaN, -Infinity, NaN, Infinity])], [1, 3, 4, 0]],
  ["searchSorted", (x, values) => tf.searchSorted(x, values), [
    floats([-Infinity, 0, 0, Infinity, NaN]),
    floats([NaN, -Infinity, 0, Infinity, 1]),
  ], [0, 0, 1, 3, 3]],
  ["searchSorted of what is not sorted", (x, values) => tf.searchSorted(x, values, "right"), [
    floats([3, NaN, 1, 2]),
    floats([2, 5]),
  ], [2, 3]],
  ["einsum", (x, y) => tf.einsum("ij,j->j", x, y), [floats([1, 1, -2, 2], [2, 2]), floats([Infinity, 0])], [
    -Infinity,
    0,
  ]],
  ["oneHot", (i) => tf.oneHot(i, 3), [ints([-1, 5, 1])], [0, 0, 0, 0, 0, 0, 0, 1, 0]],
  ["unsortedSegmentSum", (x, i) => tf.unsortedSegmentSum(x, i, 2), [floats([1, 2, 3]), ints([-1, 5, 1])], [
    0,
    3,
  ]],
];
const valuesOnC = togetherOnC(
  VALUES.map(([kernel, f, inputs]) => ({ program: program({ kernel, f, inputs }), rounds: [[...inputs]] })),
);
for (const [index, [name, f, inputs, wanted]] of VALUES.entries()) {
  Deno.test(`${name} of special values is right on all executors`, async () => {
    for (const executor of EXECUTORS) {
      const [found] = executor === "c"
        ? numbers(await valuesOnC(index))
        : await outputs({ kernel: name, f, inputs }, [inputs], executor);
      assertSame(found, [...wanted], executor);
    }
  });
}

const x = floats([1, 2, 3, 4, 5, 6], [2, 3]);
const INDEXED: readonly (readonly [string, Case["f"], readonly HostTensor[], readonly number[]])[] = [
  ["gather", (i) => tf.gather(tf.tensor1d([1, 2, 3]), i), [ints([0, 1])], [3, -1, 2 ** 31 - 1, -(2 ** 31)]],
  ["gather along an axis", (i, x) => tf.gather(x, i, 1), [ints([0, 1]), x], [3, -1]],
  ["gather with batch axes", (i, x) => tf.gather(x, i, 1, 1), [ints([0, 1], [2, 1]), x], [3, -1]],
  ["gatherND", (i, x) => tf.gatherND(x, i), [ints([0, 0, 1, 2], [2, 2]), x], [3, -1]],
  ["scatterND", (i, x) => tf.scatterND(i, x, [2, 3]), [ints([0, 1], [2, 1]), x], [2, -1]],
  ["tensorScatterUpdate", (i, x) => tf.tensorScatterUpdate(x, i, x), [ints([1, 0], [2, 1]), x], [2, -1]],
];
for (const [name, f, inputs, wrong] of INDEXED) {
  Deno.test(`${name} refuses indices out of range on all executors`, async () => {
    const [indices, ...rest] = inputs, item = { kernel: name, f, inputs };
    const [wanted] = await outputs(item, [inputs], "eager");
    for (const executor of EXECUTORS) {
      assertSame((await outputs(item, [inputs], executor))[0], wanted, executor);
      for (const index of wrong) {
        const changed = [ints([index, ...[...indices.data].slice(1)], indices.shape), ...rest];
        await assert.rejects(outputs(item, [changed], executor), `${executor}, ${index}`);
        // Indices that the program knows are refused when it is compiled.
        const known = {
          ...item,
          f: (...tensors: Tensor[]) =>
            f(tf.tensor(changed[0].data.slice(), [...indices.shape], "int32"), ...tensors),
        };
        if (rest.length > 0) {
          await assert.rejects(outputs(known, [rest], executor), `${executor}, known, ${index}`);
        }
      }
    }
  });
}

Deno.test("a filter that is not finite makes NaN of its channel where engines lay out channels in blocks", async () => {
  const random = stream(24, "blocks"), channels = 32;
  const of = (shape: number[]) =>
    floats([...random.normal(new Float32Array(shape.reduce((a, b) => a * b)))], shape);
  const filter = of([3, 3, channels, channels]);
  (filter.data as Float32Array)[5] = Infinity;
  const item: Case = { kernel: "Conv2D", f: (x, filter) => tf.conv2d(x, filter, 1, "same"), inputs: [] };
  for (const executor of EXECUTORS) {
    const [y] = await outputs(item, [[of([1, 6, 6, channels]), filter]], executor);
    y.forEach((value, i) => assert.equal(Number.isNaN(value), i % channels === 5, `${executor}, ${i}`));
  }
});

Deno.test("the step of ReLU: of small numbers, of zeros, of what is not finite", async () => {
  const special = [0, -0, -1e-45, 3e-39, 1e-38, 0.3, 1, 7, 3e38, Infinity, -1, -Infinity, NaN];
  const many = Array.from({ length: 10_000 }, (_, i) => special[i % special.length]);
  const slope = (x: Tensor) => tf.grad((x: Tensor) => tf.sum(tf.relu(x)))(x);
  for (const executor of EXECUTORS) {
    const steps = await Promise.all([special, many].map(async (numbers) => {
      await using program = await compile(slope, [floats(numbers)], { executor });
      return [...(await program.run(floats(numbers))).data].map((x) => x === 0 ? 0 : x); // of either sign
    }));
    assert.deepEqual(steps[0], special.map((x) => Number.isNaN(x) ? NaN : x > 0 ? 1 : 0), executor);
    assert.deepEqual(steps[1], many.map((_, i) => steps[0][i % special.length]), executor);

    // Of the very least it is a part of 1, not more.
    await using program = await compile(slope, [floats([1e-45, 1e-39])], { executor });
    const [least, small] = (await program.run(floats([1e-45, 1e-39]))).data;
    assert.ok(least > 0 && least <= small && small <= 1, `${executor}: ${least}, ${small}`);
  }
});
