/**
 * NaN, infinities, zeros of both signs and indices out of range: all executors give the same, or all refuse.
 *
 * The sign of a zero is left out, as engines choose it freely (maximum(0, −0), relu(−0)). Some kernels stay
 * as the engines have them where numbers are not finite: convolutions, pooling and bilinear resizing (0 · ∞
 * in the padding and between pixels, MaxPool's NaN), the order of NaN in TopK and in a search, pow(1, NaN)
 * and pow(−1, ±∞), which are NaN in JavaScript and 1 in C, and one sum whose order decides what is left of
 * ±3·10⁹.
 */
import assert from "node:assert/strict";
import { compile, type ExecutorName, type HostTensor } from "../../../lib/compile/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { type Case, nameOf } from "./_case.ts";
import { bools, floats, ints } from "./_host.ts";
import { CASES } from "./_kernel_cases.ts";

const EXECUTORS: readonly ExecutorName[] = ["eager", "native", "wasm"];
const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1.5, -2.5, 3e9, -3e9, 1e-40];
const LEFT_OUT =
  /^((Fused)?(Conv|DepthwiseConv)|MaxPool|AvgPool|Dilation|TopK|ResizeBilinear|SearchSorted|Einsum \(ijk,k->j\))/;

async function outputs(item: Case, inputs: readonly HostTensor[], executor: ExecutorName): Promise<number[]> {
  const run = (...tensors: Tensor[]) => ({ y: [item.f(...tensors)].flat() });
  const program = await compile(run, [...inputs], { executor });
  try {
    return (await program.run(...inputs)).y.flatMap(({ data }) => [...data as Iterable<number>]);
  } finally {
    await program.dispose();
  }
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
  return item.inputs.map((input) => {
    if (input.dtype !== "float32") return input;
    const data = Float32Array.from(
      input.data,
      (value) => random.nextInteger(3) === 0 ? SPECIAL[random.nextInteger(SPECIAL.length)] : value,
    );
    return { ...input, data };
  });
}

const chosen = CASES.filter((item) =>
  !LEFT_OUT.test(nameOf(item)) &&
  item.inputs.some(({ dtype, data }) => dtype === "float32" && data.length > 0)
);
for (const item of chosen) {
  Deno.test(`kernel ${nameOf(item)} does the same with special values on all executors`, async () => {
    for (let round = 0; round < 3; round++) {
      const inputs = special(item, round);
      const wanted = await outputs(item, inputs, "eager");
      for (const executor of ["native", "wasm"] as const) {
        const shown = inputs.map(({ data }) => [...data].join(" ")).join("; ");
        assertSame(await outputs(item, inputs, executor), wanted, `${executor}, of ${shown}`);
      }
    }
  });
}

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
  ["oneHot", (i) => tf.oneHot(i, 3), [ints([-1, 5, 1])], [0, 0, 0, 0, 0, 0, 0, 1, 0]],
  ["unsortedSegmentSum", (x, i) => tf.unsortedSegmentSum(x, i, 2), [floats([1, 2, 3]), ints([-1, 5, 1])], [
    0,
    3,
  ]],
];
for (const [name, f, inputs, wanted] of VALUES) {
  Deno.test(`${name} of special values is right on all executors`, async () => {
    for (const executor of EXECUTORS) {
      assertSame(await outputs({ kernel: name, f, inputs }, inputs, executor), [...wanted], executor);
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
    const wanted = await outputs(item, inputs, "eager");
    for (const executor of EXECUTORS) {
      assertSame(await outputs(item, inputs, executor), wanted, executor);
      for (const index of wrong) {
        const changed = [ints([index, ...[...indices.data].slice(1)], indices.shape), ...rest];
        await assert.rejects(outputs(item, changed, executor), `${executor}, ${index}`);
        // Indices that the program knows are refused when it is compiled.
        const known = {
          ...item,
          f: (...tensors: Tensor[]) =>
            f(tf.tensor(changed[0].data.slice(), [...indices.shape], "int32"), ...tensors),
        };
        if (rest.length > 0) {
          await assert.rejects(outputs(known, rest, executor), `${executor}, known, ${index}`);
        }
      }
    }
  });
}
