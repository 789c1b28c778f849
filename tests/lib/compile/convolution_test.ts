/** Convolution against its definition, summed by hand. */
import assert from "node:assert/strict";
import { compile, type HostTensor } from "../../../lib/compile/mod.ts";
import { conv2d, type Convolution, DILATED, filterOf, imageOf, WINDOWS } from "./_convolution_cases.ts";
import { andC } from "./_executors.ts";
import { assertTensor, floats } from "./_host.ts";

const pairOf = (pair: number | readonly number[] = 1) => typeof pair === "number" ? [pair, pair] : pair;

/** Zeros above and to the left. */
function before(window: Convolution, lengths: readonly number[], places: readonly number[]): number[] {
  const { padding = "valid", strides, dilations } = window;
  if (padding === "valid") return [0, 0];
  if (typeof padding === "number") return [padding, padding];
  if (padding !== "same") return [padding[1][0], padding[2][0]];
  const { filter = [3, 3] } = window;
  return lengths.map((length, i) => {
    const reach = (filter[i] - 1) * pairOf(dilations)[i] + 1;
    return Math.floor(Math.max(0, (places[i] - 1) * pairOf(strides)[i] + reach - length) / 2);
  });
}

/** y[b, i, j, o] = Σ x[b, i·stride + k·dilation − before, …, c] w[k, l, c, o]. */
function convolved(
  x: HostTensor,
  w: HostTensor,
  { window, shape }: { window: Convolution; shape: number[] },
) {
  const [batch, rows, columns, outputs] = shape;
  const [, height, width, channels] = x.shape;
  const [top, left] = before(window, [height, width], [rows, columns]);
  const [strides, dilations] = [pairOf(window.strides), pairOf(window.dilations)];
  const sum = (b: number, i: number, j: number, o: number): number => {
    let total = 0;
    for (let k = 0; k < w.shape[0]; k++) {
      for (let l = 0; l < w.shape[1]; l++) {
        const v = i * strides[0] + k * dilations[0] - top;
        const u = j * strides[1] + l * dilations[1] - left;
        if (v < 0 || v >= height || u < 0 || u >= width) continue;
        for (let c = 0; c < channels; c++) {
          total += x.data[((b * height + v) * width + u) * channels + c] *
            w.data[((k * w.shape[1] + l) * channels + c) * outputs + o];
        }
      }
    }
    return total;
  };
  const values: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        for (let o = 0; o < outputs; o++) values.push(sum(b, i, j, o));
      }
    }
  }
  return floats(values, shape);
}

for (const window of [...WINDOWS, ...DILATED]) {
  Deno.test(`convolution equals its definition: ${window.note}`, async () => {
    const [x, filter] = [imageOf(window), filterOf(window)];
    for (const executor of andC("native", "wasm")) {
      const program = await compile(conv2d(window), [x, filter], { executor });
      const y = await program.run(x, filter) as HostTensor;
      await program.dispose();
      assert.ok(y.data.length > 0);
      assertTensor(y, convolved(x, filter, { window, shape: [...y.shape] }), 5e-6);
    }
  });
}
