/**
 * Random programs agree between TensorFlow.js cpu, `native`, `wasm` and `c`, in value and gradient, and in
 * value also where numbers are not finite.
 */
import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../lib/compile/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { andC } from "./_executors.ts";
import { assertTensor } from "./_host.ts";
import { STEPS } from "./_program_steps.ts";
import {
  evaluate,
  outputsOf,
  pruned,
  type RandomProgram,
  randomProgram,
  show,
  truncated,
} from "./_programs.ts";

const PROGRAMS = 500;
/** Programs in one graph: opening a session costs more than a program. */
const BATCH = 20;
/** Of these, the first run on `c`, too: a C compiler takes some seconds for each batch. */
const PROGRAMS_ON_C = 60;
const EXECUTORS = andC("native", "wasm");
type Results = { value: HostTensor[]; grads: HostTensor[] }[];
/** What is put in place of some numbers: with larger ones the comparison would be one of rounding errors. */
const SPECIAL = [NaN, Infinity, -Infinity, 0, 1, -1];

/** Runs programs, each on inputs of its own, as one. */
async function results(
  programs: readonly RandomProgram[],
  executor: "eager" | typeof EXECUTORS[number],
): Promise<Results> {
  const inputs = programs.map((program) => [...program.inputs]);
  const all = (tensors: Tensor[][]) => programs.map((program, i) => evaluate(program, tensors[i]));
  const compiled = await compile(all, [inputs], { executor, name: `${programs[0].seed}…` });
  try {
    return await compiled.run(inputs) as Results;
  } finally {
    await compiled.dispose();
  }
}

/** A program on inputs in which some numbers are special. */
function special(program: RandomProgram): RandomProgram {
  const random = stream(program.seed, "special");
  const inputs = program.inputs.map((input) => {
    if (input.dtype !== "float32") return input;
    const draw = (value: number) =>
      random.nextInteger(4) === 0 ? SPECIAL[random.nextInteger(SPECIAL.length)] : value;
    return { ...input, data: Float32Array.from(input.data, draw) };
  });
  return { ...program, inputs };
}

/** The outputs of programs, without gradients, run as one. */
async function values(
  programs: readonly RandomProgram[],
  executor: "eager" | typeof EXECUTORS[number],
): Promise<HostTensor[][]> {
  const inputs = programs.map((program) => [...program.inputs]);
  const all = (tensors: Tensor[][]) => programs.map((program, i) => outputsOf(program, tensors[i]));
  await using compiled = await compile(all, [inputs], { executor, name: `${programs[0].seed}…` });
  return await compiled.run(inputs) as HostTensor[][];
}

/** Whether results agree: NaN with NaN, ∞ with ∞, others within float32's rounding. */
function agree(actual: HostTensor, expected: HostTensor): boolean {
  const finite = Array.from(expected.data, (x) => Number.isFinite(x) ? Math.abs(x) : 0);
  const tolerance = 2e-5 * Math.max(1, ...finite);
  return actual.data.length === expected.data.length &&
    Array.from(expected.data).every((x, i) =>
      Object.is(actual.data[i], x) || Math.abs(actual.data[i] - x) <= tolerance || actual.data[i] === x
    );
}

/** @throws {Error} If results differ by more than float32's rounding, amplified by slopes up to 1000. */
function compare(actual: Results[number], expected: Results[number]): void {
  for (const what of ["value", "grads"] as const) {
    assert.equal(actual[what].length, expected[what].length);
    expected[what].forEach((tensor, i) => {
      const scale = Math.max(1, ...Array.from(tensor.data, Math.abs));
      assertTensor(actual[what][i], tensor, 2e-5 * scale);
    });
  }
}

/** What is wrong with a program on an executor, if anything. */
async function fault(
  program: RandomProgram,
  executor: typeof EXECUTORS[number],
): Promise<string | undefined> {
  try {
    const [expected] = await results([program], "eager");
    compare((await results([program], executor))[0], expected);
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Describes the shortest beginning of a program that fails, without what does not matter if that fails as
 * well.
 */
async function shortest(
  program: RandomProgram,
  executor: typeof EXECUTORS[number],
): Promise<string | undefined> {
  for (let count = 1; count <= program.instructions.length; count++) {
    const start = truncated(program, count);
    const message = await fault(start, executor);
    if (message === undefined) continue;
    const core = pruned(start);
    const coreMessage = await fault(core, executor);
    return coreMessage === undefined
      ? `on ${executor}: ${message}\n${show(start)}`
      : `on ${executor}: ${coreMessage}\n${show(core)}`;
  }
}

const tried = new Set<string>();
let notFinite = 0;

for (let first = 0; first < PROGRAMS; first += BATCH) {
  Deno.test(`random programs ${first} to ${first + BATCH - 1} agree on all executors`, async () => {
    const before = tf.memory().numTensors;
    const programs = Array.from({ length: BATCH }, (_, i) => randomProgram(first + i));
    for (const { instructions } of programs) {
      for (const { step } of instructions) tried.add(STEPS[step].kernel);
    }
    const expected = await results(programs, "eager");
    const executors = EXECUTORS.filter((executor) => executor !== "c" || first < PROGRAMS_ON_C);
    for (const executor of executors) {
      try {
        (await results(programs, executor)).forEach((actual, i) => compare(actual, expected[i]));
      } catch (error) {
        const faults: string[] = [];
        for (const program of programs) {
          const text = await shortest(program, executor);
          if (text !== undefined) faults.push(text);
        }
        assert.fail(faults.length > 0 ? faults.join("\n\n") : `only together, on ${executor}: ${error}`);
      }
    }
    const wild = programs.map(special);
    const wanted = await values(wild, "eager");
    for (const tensor of wanted.flat()) {
      if (tensor.dtype === "float32" && !tensor.data.every(Number.isFinite)) notFinite++;
    }
    for (const executor of executors) {
      (await values(wild, executor)).forEach((actual, i) => {
        const same = actual.every((tensor, k) => agree(tensor, wanted[i][k]));
        assert.ok(same, `with special values, on ${executor}: ${show(wild[i])}`);
      });
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("random programs meet numbers that are not finite", () => {
  assert.ok(notFinite > PROGRAMS / 2, `${notFinite} results`);
});

Deno.test("random programs use every step there is", () => {
  assert.deepEqual(STEPS.map(({ kernel }) => kernel).filter((kernel) => !tried.has(kernel)), []);
});

Deno.test("randomProgram() makes the same program of the same seed, with empty, scalar and mixed inputs", () => {
  const programs = Array.from({ length: 60 }, (_, seed) => randomProgram(seed));
  assert.equal(show(programs[7]), show(randomProgram(7)));
  const inputs = programs.flatMap(({ inputs }) => inputs);
  assert.ok(inputs.some(({ shape }) => shape.includes(0)));
  assert.ok(inputs.some(({ shape }) => shape.length === 0));
  assert.deepEqual(new Set(inputs.map(({ dtype }) => dtype)), new Set(["float32", "int32", "bool"]));
  assert.ok(programs.some(({ instructions }) => instructions.length === 12));
});
