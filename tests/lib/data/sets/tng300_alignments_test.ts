import assert from "node:assert/strict";
import { type AlignmentSample, findDataSet } from "../../../../lib/data/mod.ts";
import { developmentFile } from "../../../_development_data.ts";

const dataSet = findDataSet("tng300/alignments");

Deno.test({
  name: "tng300/alignments: the published values",
  ignore: developmentFile(`${dataSet.folder}/${dataSet.files[0].path}`) === undefined,
  async fn() {
    const files = dataSet.files.map(({ path }) =>
      Deno.readFileSync(developmentFile(`${dataSet.folder}/${path}`)!)
    );
    const samples = await dataSet.parse!(files) as AlignmentSample[];
    assert.deepEqual(samples.map(({ logStellarMass }) => logStellarMass), [10.5, 10, 9.5]);
    const row = ({ omega }: AlignmentSample, b: number) =>
      [omega.separation[b].toPrecision(3), omega.value[b].toFixed(4), omega.error[b].toFixed(4)].join(" ");
    assert.deepEqual(samples.map((sample) => row(sample, 0)), [
      "0.125 0.0793 0.0075",
      "0.125 0.0234 0.0028",
      "0.125 0.0121 0.0015",
    ]);
    assert.equal(row(samples[0], 13), "26.3 0.0040 0.0008");
    for (const { omega, eta, xi, omegaModel } of samples) {
      for (const { value, error } of [omega, eta, xi]) {
        assert.equal(value.length, 14);
        assert.ok(error.every((x) => x > 0));
      }
      assert.equal(omegaModel.separation.length, 14);
    }
  },
});

Deno.test("tng300/alignments: an unreadable file is an error", () => {
  const bad = dataSet.files.map(() => new TextEncoder().encode("r ed err\n1 2\n"));
  assert.throws(() => dataSet.parse!(bad), { name: "SyntaxError" });
});
