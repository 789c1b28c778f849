import assert from "node:assert/strict";
import type { HostTensor, HostTree } from "../../../../lib/compile/mod.ts";
import type { MultichannelEgnn } from "../../../../lib/methods/multichannel_egnn/mod.ts";
import { type HostInputs, positionsOf, randomInputs, randomParameters } from "./_helpers.ts";

const f = Math.fround;
type Row = readonly number[];

/** x W with products summed in float64 and rounded once, as TensorFlow.js `cpu` does for up to 48 inputs. */
const product = (x: Row, { data, shape: [inputs, outputs] }: HostTensor): number[] =>
  Array.from({ length: outputs }, (_, o) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += x[i] * data[i * outputs + o];
    return f(sum);
  });
const plus = (a: Row, b: ArrayLike<number>) => a.map((x, k) => f(x + b[k]));
const swish = (a: Row) => a.map((x) => f(x * f(1 / (1 + Math.exp(-x)))));
const linear = (x: Row, { weight, bias }: { weight: HostTensor; bias: HostTensor }) =>
  plus(product(x, weight), bias.data);

/**
 * EGNN with velocities (Satorras et al. 2021, Eq. 3–7) for one vector per node: plain loops over nodes and neighbours, rounded
 * to float32 after each operation. It knows nothing of channels.
 */
function plainEgnn(inputs: HostInputs, parameters: HostTree<MultichannelEgnn>): number[] {
  const [batch, nodes] = inputs.positions.shape, pairs = nodes * (nodes - 1);
  const rowOf = ({ data, shape }: HostTensor, row: number): number[] => {
    const width = shape.at(-1)!;
    return [...data.subarray(row * width, (row + 1) * width)];
  };
  const out: number[] = [];
  for (let b = 0; b < batch; b++) {
    const at = Array.from({ length: nodes }, (_, i) => b * nodes + i);
    let x = at.map((row) => rowOf(inputs.positions, row));
    const v = at.map((row) => rowOf(inputs.velocities, row));
    let h = at.map((row) => linear(rowOf(inputs.nodeFeatures, row), parameters.embedding));
    for (const { edge, node, coordinates, velocity } of parameters.layers) {
      const nextX: number[][] = [], nextH: number[][] = [];
      for (let i = 0; i < nodes; i++) {
        const moves = [0, 0, 0], sums = h[i].map(() => 0);
        let place = 0;
        for (let j = 0; j < nodes; j++) {
          if (j === i) continue;
          const a = rowOf(inputs.edgeAttributes!, b * pairs + i * (nodes - 1) + place++);
          const d = x[i].map((value, axis) => f(value - x[j][axis]));
          const distanceSquared = f(d.reduce((sum, value) => sum + f(value * value), 0));
          const ends = plus(plus(product(h[i], edge.receiver), edge.bias.data), product(h[j], edge.sender));
          const first = plus(ends, product([distanceSquared, ...a], edge.pair));
          const m = swish(linear(swish(first), edge.output));
          const [weight] = product(swish(linear(m, coordinates!.hidden)), coordinates!.mixing);
          d.forEach((value, axis) => moves[axis] += Math.min(100, Math.max(-100, f(weight * value))));
          m.forEach((value, k) => sums[k] += value);
        }
        const [drift] = linear(swish(linear(h[i], velocity!.hidden)), velocity!.mixing);
        nextX.push(
          x[i].map((value, axis) => f(f(value + f(f(moves[axis]) / (nodes - 1))) + f(drift * v[i][axis]))),
        );
        const inner = plus(
          plus(product(h[i], node.own), node.bias.data),
          product(sums.map(f), node.messages),
        );
        nextH.push(plus(h[i], linear(swish(inner), node.output)));
      }
      [x, h] = [nextX, nextH];
    }
    out.push(...x.flat());
  }
  return out;
}

Deno.test("MC-EGNN with K = 1 is EGNN, bit for bit", async () => {
  const config = { channels: 1, layers: 3, hidden: 16 };
  const parameters = randomParameters(config), inputs = randomInputs({ batch: 3, nodes: 5 });
  const actual = await positionsOf(inputs, { parameters, config, executor: "eager" });
  assert.deepEqual([...actual], plainEgnn(inputs, parameters));
});
