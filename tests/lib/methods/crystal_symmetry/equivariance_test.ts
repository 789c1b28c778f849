import assert from "node:assert/strict";
import type { HostTensor } from "../../../../lib/compile/mod.ts";
import {
  CELL_GROUP_NAMES,
  cellColouring,
  cellGroup,
  CELLS,
  equivariantDense,
  pairOrbits,
  regularGroup,
} from "../../../../lib/methods/crystal_symmetry/mod.ts";
import { hostTensor } from "../../../../lib/nn/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import type { Tensor } from "../../../../lib/tensor/mod.ts";
import { distance, evaluate } from "./_helpers.ts";

/** A permutation of places [rows, places, channels]. */
function permuted(x: Float32Array, g: ArrayLike<number>, channels: number): Float32Array {
  const out = new Float32Array(x.length), places = g.length;
  for (let at = 0; at < x.length; at++) {
    const channel = at % channels, place = Math.floor(at / channels) % places;
    const row = Math.floor(at / (channels * places));
    out[(row * places + g[place]) * channels + channel] = x[at];
  }
  return out;
}

Deno.test("every colour-shared matrix commutes with every generator, exactly", () => {
  for (const name of CELL_GROUP_NAMES) {
    const { matrix } = cellColouring(name);
    for (const g of cellGroup(name)) {
      for (let i = 0; i < CELLS; i++) {
        for (let j = 0; j < CELLS; j++) assert.equal(matrix[CELLS * g[i] + g[j]], matrix[CELLS * i + j]);
      }
    }
  }
  // …and no finer pattern than these orbits does: a map that tells two pairs of an orbit apart is not
  // equivariant.
  const { matrix } = cellColouring("pcubic");
  const split = matrix.slice();
  split[1] = 99;
  const g = cellGroup("pcubic").find((g) => split[CELLS * g[0] + g[1]] !== split[1]);
  assert.ok(g !== undefined);
});

for (
  const { title, left, right } of [
    { title: "cells → cells", left: cellGroup("pcubic"), right: cellGroup("pcubic") },
    { title: "cells → regular", left: regularGroup("prhombohedral"), right: cellGroup("prhombohedral") },
    { title: "regular → regular", left: regularGroup("ptriclinic"), right: regularGroup("ptriclinic") },
    { title: "regular → cells", left: cellGroup("prhombohedral"), right: regularGroup("prhombohedral") },
  ]
) {
  Deno.test(`equivariantDense() commutes with the group, ${title}`, async () => {
    const { colours, count } = pairOrbits(left, right);
    const outputs = left[0].length, inputs = right[0].length, [F, S, rows] = [3, 2, 2];
    const random = stream(1, "equivariance", title);
    const draw = (...shape: number[]) =>
      hostTensor(random.normal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
    const weight = draw(count, F, S), bias = draw(S), x = draw(rows, inputs, F);
    const apply = async (x: HostTensor) => {
      const output = await evaluate(
        "wasm",
        (x: Tensor, weight: Tensor, bias: Tensor) =>
          equivariantDense(x, { weight, bias, colours, inputs, outputs }),
        x,
        weight,
        bias,
      );
      return (output as unknown as HostTensor).data as Float32Array;
    };
    const y = await apply(x);
    for (let k = 0; k < left.length; k++) {
      const moved = await apply(hostTensor(permuted(x.data as Float32Array, right[k], F), x.shape));
      assert.ok(distance(moved, permuted(y, left[k], S)) < 2e-5);
    }
    const swap = Int32Array.from({ length: inputs }, (_, i) => i < 2 ? 1 - i : i);
    const swapped = await apply(hostTensor(permuted(x.data as Float32Array, swap, F), x.shape));
    if (title === "cells → cells") {
      // Swapping two cells is no symmetry of the lattice.
      assert.ok(distance(swapped, permuted(y, swap, S)) > 0.1);
    }
  });
}
