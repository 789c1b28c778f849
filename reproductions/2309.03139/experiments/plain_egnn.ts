import type { HostTensor, HostTree } from "../../../lib/compile/mod.ts";
import type { DynamicsInputs } from "../../../lib/nn/graphs/mod.ts";
import type { MultichannelEgnn } from "../../../lib/methods/multichannel_egnn/mod.ts";

const f = Math.fround;
type Row = readonly number[];

/** x W, products summed in float64 and rounded once, as the eager executor does for up to 48 inputs. */
function product(x: Row, { data, shape: [inputs, outputs] }: HostTensor): number[] {
  return Array.from({ length: outputs }, (_, o) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += x[i] * data[i * outputs + o];
    return f(sum);
  });
}

const plus = (a: Row, b: ArrayLike<number>) => a.map((x, k) => f(x + b[k]));
const silu = (a: Row) => a.map((x) => f(x * f(1 / (1 + Math.exp(-x)))));
const linear = (x: Row, { weight, bias }: { weight: HostTensor; bias: HostTensor }) =>
  plus(product(x, weight), bias.data);

function row({ data, shape }: HostTensor, index: number): number[] {
  const width = shape[shape.length - 1];
  return Array.from(data.subarray(index * width, (index + 1) * width));
}

/**
 * EGNN with velocities (Satorras et al. 2021, Eq. 3–7) on one graph, in plain loops over nodes and neighbours
 * that know nothing of channels: what MC-EGNN with one channel has to equal. Rounded to float32 after each
 * operation.
 */
export function plainEgnn(
  inputs: HostTree<DynamicsInputs>,
  parameters: HostTree<MultichannelEgnn>,
): number[] {
  const nodes = inputs.positions.shape[1];
  const all = Array.from({ length: nodes }, (_, i) => i);
  const v = all.map((i) => row(inputs.velocities, i));
  let x = all.map((i) => row(inputs.positions, i));
  let h = all.map((i) => linear(row(inputs.nodeFeatures, i), parameters.embedding));
  for (const { edge, node, coordinates, velocity } of parameters.layers) {
    const next = all.map((i) => {
      const moves = [0, 0, 0], messages = h[i].map(() => 0);
      all.filter((j) => j !== i).forEach((j, place) => {
        const attributes = row(inputs.edgeAttributes!, i * (nodes - 1) + place);
        const d = x[i].map((value, axis) => f(value - x[j][axis]));
        const distanceSquared = f(d.reduce((sum, value) => sum + f(value * value), 0));
        const ends = plus(plus(product(h[i], edge.receiver), edge.bias.data), product(h[j], edge.sender));
        const first = plus(ends, product([distanceSquared, ...attributes], edge.pair));
        const message = silu(linear(silu(first), edge.output));
        const [weight] = product(silu(linear(message, coordinates!.hidden)), coordinates!.mixing);
        d.forEach((value, axis) => moves[axis] += f(weight * value));
        message.forEach((value, k) => messages[k] += value);
      });
      const [drift] = linear(silu(linear(h[i], velocity!.hidden)), velocity!.mixing);
      const inner = plus(
        plus(product(h[i], node.own), node.bias.data),
        product(messages.map(f), node.messages),
      );
      return {
        x: x[i].map((value, axis) => f(f(value + f(f(moves[axis]) / (nodes - 1))) + f(drift * v[i][axis]))),
        h: plus(h[i], linear(silu(inner), node.output)),
      };
    });
    x = next.map((state) => state.x);
    h = next.map((state) => state.h);
  }
  return x.flat();
}
