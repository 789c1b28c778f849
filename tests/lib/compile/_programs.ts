/** Random programs over the registry, each made from a seed. */
import type { HostTensor } from "../../../lib/compile/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../lib/tensor/mod.ts";
import { type Kind, type Step, STEPS } from "./_program_steps.ts";

/** A step on earlier values (inputs first), with the name of its own random numbers. */
export interface Instruction {
  readonly step: number;
  readonly from: readonly number[];
  readonly draw: string;
}

/** A random program. All of its values that no instruction takes are outputs. */
export interface RandomProgram {
  readonly seed: number;
  readonly inputs: readonly HostTensor[];
  readonly instructions: readonly Instruction[];
}

const MAX_STEPS = 12;
const MAX_SIZE = 200;
/** Larger numbers would make the comparison one of rounding errors. */
const MAX_NUMBER = 100;
const MAX_SLOPE = 1000;

function run(
  program: RandomProgram,
  inputs: readonly Tensor[],
  instruction: Instruction,
  values: Tensor[],
): Tensor {
  const draws = stream(program.seed, instruction.draw);
  const { f } = STEPS[instruction.step];
  return f(instruction.from.map((place) => values[place] ?? inputs[place]), () => draws.nextUniform());
}

/** The program's outputs. */
export function outputsOf(program: RandomProgram, inputs: readonly Tensor[]): Tensor[] {
  const values = [...inputs];
  for (const instruction of program.instructions) values.push(run(program, inputs, instruction, values));
  const taken = new Set(program.instructions.flatMap(({ from }) => from));
  return values.filter((_, place) => place >= inputs.length && !taken.has(place));
}

/** The outputs, and the gradient of Σ wᵢ yᵢ over the float32 ones with respect to the float32 inputs. */
export function evaluate(
  program: RandomProgram,
  inputs: readonly Tensor[],
): { value: Tensor[]; grads: Tensor[] } {
  const floats = inputs.map((_, i) => i).filter((i) => inputs[i].dtype === "float32");
  const value = outputsOf(program, inputs);
  if (floats.length === 0 || !value.some(({ dtype }) => dtype === "float32")) return { value, grads: [] };
  const loss = (params: Tensor[]): Tensor => {
    const all = [...inputs];
    floats.forEach((place, i) => all[place] = params[i]);
    const sums = outputsOf(program, all).filter(({ dtype }) => dtype === "float32").map((y) =>
      tf.sum(tf.mul(y, tf.tensor(Array.from({ length: y.size }, (_, i) => Math.cos(i + 0.3)), y.shape)))
    );
    return tf.addN(sums);
  };
  return { value, grads: valueAndGrad(loss, floats.map((i) => inputs[i])).grads as Tensor[] };
}

const below = (random: Stream, count: number): number => random.nextInteger(count);

/** Inputs of shapes that broadcast to one: a third of the programs has scalars or a length of 0. */
function randomInputs(random: Stream): HostTensor[] {
  const rank = below(random, 5);
  const empty = below(random, 6) === 0;
  const shape = Array.from({ length: rank }, () => 1 + below(random, 3));
  if (empty && rank > 0) shape[below(random, rank)] = 0;
  return Array.from({ length: 1 + below(random, 3) }, (_, i): HostTensor => {
    const own = shape.slice(i === 0 ? 0 : below(random, rank + 1)).map((n) =>
      i > 0 && below(random, 4) === 0 ? 1 : n
    );
    const size = own.reduce((product, length) => product * length, 1);
    const whole = Int32Array.from({ length: size }, () => below(random, 33) - 16);
    const kind = i === 0 ? 0 : below(random, 6);
    if (kind === 4) return { dtype: "int32", shape: own, data: whole.map((x) => x >> 2) };
    if (kind === 5) return { dtype: "bool", shape: own, data: Uint8Array.from(whole, (x) => x & 1) };
    // Multiples of 1/8: sums, maxima, comparisons and so on are exact.
    return { dtype: "float32", shape: own, data: Float32Array.from(whole, (x) => x / 8) };
  });
}

interface Known {
  readonly tensor: Tensor;
  readonly exact: boolean;
}

function fits(kind: Kind, { tensor: { dtype }, exact }: Known): boolean {
  if (kind === "any") return true;
  if (kind === "exact") return dtype === "float32" && exact;
  if (kind === "number") return dtype !== "bool";
  return dtype === { float: "float32", int: "int32", bool: "bool" }[kind];
}

const isTame = (tensors: readonly Tensor[], limit: number): boolean =>
  tensors.every((tensor) =>
    tensor.size <= MAX_SIZE && tensor.rank <= 5 &&
    (tensor.dataSync() as Float32Array).every((x) => Math.abs(x) <= limit)
  );

const toTensor = ({ data, shape, dtype }: HostTensor): Tensor => tf.tensor(data.slice(), [...shape], dtype);

/** Adds instructions that TensorFlow.js accepts and whose results stay small. */
function grow(seed: number, attempt: number): RandomProgram {
  const random = stream(seed, "program", `${attempt}`);
  const inputs = randomInputs(random);
  const instructions: Instruction[] = [];
  const program = { seed, inputs, instructions };
  const known: Known[] = inputs.map((input) => ({ tensor: toTensor(input), exact: true }));
  const wanted = 1 + below(random, MAX_STEPS);
  for (let tries = 0; tries < 30 * wanted && instructions.length < wanted; tries++) {
    const step = below(random, STEPS.length);
    const { takes, keeps }: Step = STEPS[step];
    const from = takes.map((kind) => {
      const places = known.map((_, i) => i).filter((i) => fits(kind, known[i]));
      // Rather what came last: programs get deep.
      return places[Math.max(below(random, places.length + 1), below(random, places.length + 1)) - 1] ??
        places.at(-1);
    });
    if (!from.every((place) => place !== undefined)) continue;
    const instruction = { step, from, draw: `${attempt}/${tries}` };
    const all = known.map(({ tensor }) => tensor);
    let tensor: Tensor;
    try {
      tensor = run(program, [], instruction, all);
    } catch {
      continue;
    }
    if (!isTame([tensor], MAX_NUMBER)) continue;
    const exact = tensor.dtype !== "float32" ||
      (keeps === true && instruction.from.every((place) => known[place].exact));
    known.push({ tensor, exact });
    instructions.push(instruction);
  }
  return program;
}

/**
 * The program of a seed: the first that has a step, and slopes that are not steep.
 *
 * Gradients of TensorFlow.js fail on some empty tensors (a length of 1 broadcast to 0, parts of nothing):
 * such a program is passed over. Without an empty tensor nothing may fail.
 */
export function randomProgram(seed: number): RandomProgram {
  for (let attempt = 0;; attempt++) {
    let program: RandomProgram | undefined;
    tf.tidy(() => {
      const grown = grow(seed, attempt);
      if (grown.instructions.length === 0) return;
      const tensors = grown.inputs.map(toTensor);
      try {
        if (isTame(evaluate(grown, tensors).grads, MAX_SLOPE)) program = grown;
      } catch (cause) {
        const values = [...tensors];
        for (const instruction of grown.instructions) values.push(run(grown, [], instruction, values));
        if (values.every(({ size }) => size > 0)) throw new Error(show(grown), { cause });
      }
    });
    if (program !== undefined) return program;
  }
}

/** A program's first instructions. */
export const truncated = (program: RandomProgram, count: number): RandomProgram => ({
  ...program,
  instructions: program.instructions.slice(0, count),
});

/** What a program's last value needs, and nothing else. */
export function pruned(program: RandomProgram): RandomProgram {
  const { inputs, instructions } = program;
  const needed = new Set([inputs.length + instructions.length - 1]);
  for (let i = instructions.length - 1; i >= 0; i--) {
    if (needed.has(inputs.length + i)) instructions[i].from.forEach((place) => needed.add(place));
  }
  const kept = [...needed].sort((a, b) => a - b);
  return {
    ...program,
    inputs: inputs.filter((_, place) => needed.has(place)),
    instructions: instructions.filter((_, i) => needed.has(inputs.length + i))
      .map((instruction) => ({ ...instruction, from: instruction.from.map((place) => kept.indexOf(place)) })),
  };
}

/** Text of a program, for a failure. */
export function show({ seed, inputs, instructions }: RandomProgram): string {
  const lines = inputs.map(({ dtype, shape, data }, i) => `v${i} = input ${dtype} [${shape}] {${data}}`);
  instructions.forEach(({ step, from, draw }, i) => {
    const { kernel, takes } = STEPS[step];
    const args = from.map((place) => `v${place}`).join(", ");
    lines.push(`v${inputs.length + i} = ${kernel}(${args})   # step ${step}, takes ${takes}, draw "${draw}"`);
  });
  return `seed ${seed}:\n${lines.join("\n")}`;
}
