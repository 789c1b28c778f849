import assert from "node:assert/strict";
import { dataPage, TABLE } from "./_data_table.ts";

Deno.test("docs/data.md is what the catalogue and the papers say (else: deno task datasets)", async () => {
  assert.equal(await Deno.readTextFile(TABLE), await dataPage());
});
