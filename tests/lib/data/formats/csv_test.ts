import assert from "node:assert/strict";
import { readCsv } from "../../../../lib/data/mod.ts";

Deno.test("readCsv() reads numbers with and without a header", () => {
  const named = readCsv("a, b\r\n1,2.5\r\n\r\n-3e2,4\r\n");
  assert.deepEqual(named.names, ["a", "b"]);
  assert.deepEqual([...named.rows.data], [1, 2.5, -300, 4]);
  const bare = readCsv("\uFEFF1,2\n3,4");
  assert.deepEqual(bare.names, ["column 1", "column 2"]);
  assert.equal(bare.rows.rows, 2);
});

Deno.test("readCsv() says where a value is not a number", () => {
  assert.throws(() => readCsv("x,y\n1,2\n3,north\n"), /line 3, column 2 is "north"/);
  assert.throws(() => readCsv("1,2\n3,\n"), /line 2, column 2 is ""/);
  assert.throws(() => readCsv("1,2\n3,Infinity\n"), /finite/);
});

Deno.test("readCsv() refuses ragged and empty tables", () => {
  assert.throws(() => readCsv("1,2\n3\n"), SyntaxError);
  assert.throws(() => readCsv(""), /row of numbers/);
  assert.throws(() => readCsv("x,y\n"), /row of numbers/);
});
