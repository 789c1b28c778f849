import assert from "node:assert/strict";
import {
  loadDataSet,
  type NBodyData,
  type Qm7Data,
  sha256,
  type SolarData,
} from "../../../../lib/data/mod.ts";

const digest = (values: Float32Array | Float64Array) =>
  sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));

// If one of these changes on purpose, raise GENERATOR_VERSION in lib/data/load.ts, which is part of cache
// keys, and put the new digest here (accepted from a run of this file).
const DIGESTS:
  readonly (readonly [name: string, content: (value: unknown) => Float32Array | Float64Array, string])[] = [
    [
      "nbody/short",
      (value) => (value as NBodyData).test.target,
      "056da9133657ae259a81a825dd7e66e8344344ae589881a867461954c9277ea9",
    ],
    [
      "nbody/small-1000",
      (value) => (value as NBodyData).test.target,
      "cf2233d5a4c21dcdfc99f68ad94b2b14e2c835e0703de28a20bdd90ab7efbcbc",
    ],
    [
      "solar/short",
      (value) => (value as SolarData).test.target,
      "b58b039a42e1b344456f884cc9a9dfbc21da907452b9eb917f3b46a6e06c97db",
    ],
    [
      "qm7/molecules",
      (value) => (value as Qm7Data).molecules[99].positions,
      "dc21e1409dcccbbcec890aaa4fd1ae0cd740021798729ff8a406fd4755f43d74",
    ],
  ];

for (const [name, content, expected] of DIGESTS) {
  Deno.test(`the generator of ${name} gives the bytes it always gave`, async () => {
    const { value } = await loadDataSet(name, "stand-in");
    assert.equal(digest(content(value)), expected);
  });
}
