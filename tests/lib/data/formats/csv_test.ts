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
  assert.throws(() => readCsv("1,2\n3,\n", { missing: [] }), /line 2, column 2 is ""/);
  assert.throws(() => readCsv("1,2\n3,Infinity\n"), /finite/);
});

Deno.test("readCsv() refuses ragged and empty tables", () => {
  assert.throws(() => readCsv("1,2\n3\n"), SyntaxError);
  assert.throws(() => readCsv(""), /row of numbers/);
  assert.throws(() => readCsv("x,y\n"), /row of numbers/);
});

Deno.test("readCsv() reads empty cells, and what else is said to stand for a missing value, as NaN", () => {
  assert.deepEqual([...readCsv("x,y\n1,\n,4\n").rows.data], [1, NaN, NaN, 4]);
  assert.deepEqual([...readCsv("x,y\n1,NA\n?,4\n", { missing: ["NA", "?"] }).rows.data], [1, NaN, NaN, 4]);
  assert.throws(() => readCsv("x,y\n1,NA\n"), /"NA".*\{ missing \}/);
});

Deno.test("readCsv() keeps columns of text by name, wherever they stand", () => {
  const { names, rows, texts } = readCsv("a,label,b\n1,normal,2\n3,,4\n", { texts: ["label"] });
  assert.deepEqual(names, ["a", "b"]);
  assert.deepEqual([...rows.data], [1, 2, 3, 4]);
  assert.deepEqual(texts, { label: ["normal", ""] });
  assert.throws(() => readCsv("a,b\n1,2\n", { texts: ["c"] }), /columns of text c: it has a, b/);
  assert.throws(() => readCsv("a,b\n1,two\n"), /give \{ texts: \["b"\] \}/);
});
