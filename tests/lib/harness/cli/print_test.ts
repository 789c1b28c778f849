import assert from "node:assert/strict";
import { shortened } from "../../../../lib/harness/cli/_bars.ts";
import { wrap } from "../../../../lib/harness/cli/_wrap.ts";
import { columns } from "../../../../lib/harness/cli/print.ts";

Deno.test("wrap() breaks at spaces, keeps the indentation and long words", () => {
  assert.equal(wrap("one two three", undefined), "one two three");
  assert.equal(wrap("one two three", 7), "one two\nthree");
  assert.equal(wrap("  one two three four", 10), "  one two\n  three\n  four");
  assert.equal(wrap("see /a/very/long/path/to/a/file now", 10), "see\n/a/very/long/path/to/a/file\nnow");
  assert.equal(wrap("short\nlines\n", 5), "short\nlines\n");
  assert.equal(wrap("a b c d e f", 4, 2), "a b\n  c\n  d\n  e\n  f");
});

const ROWS = [
  ["dte-c-beats-ddpm", "Table 1", "supported", "DTE-C is higher than DDPM on 26 of 31 data sets."],
  ["parity", "Appendix", "inconclusive", "31 of 31 values agree."],
];

Deno.test("columns() wraps its last column, and stacks where that has no room", () => {
  const wide = columns(ROWS, undefined);
  assert.ok(
    wide.startsWith("dte-c-beats-ddpm  Table 1   supported     DTE-C is higher than DDPM on 26"),
    wide,
  );
  assert.deepEqual(columns(ROWS, 76).split("\n"), [
    "dte-c-beats-ddpm  Table 1   supported     DTE-C is higher than DDPM on 26 of",
    "                                          31 data sets.",
    "parity            Appendix  inconclusive  31 of 31 values agree.",
    "",
  ]);
  assert.deepEqual(columns(ROWS, 40).split("\n"), [
    "dte-c-beats-ddpm  Table 1  supported",
    "    DTE-C is higher than DDPM on 26 of",
    "    31 data sets.",
    "parity  Appendix  inconclusive",
    "    31 of 31 values agree.",
    "",
  ]);
  for (const width of [40, 60, 80]) {
    for (const line of columns(ROWS, width).split("\n")) assert.ok(line.length <= width, line);
  }
});

Deno.test("a shortened label keeps what differs: its experiment and its last settings", () => {
  const label = "merlin: NP data.task=PointRooms data.behaviour=expert, seed 1";
  assert.equal(shortened(label, 100), label);
  assert.equal(shortened(label, 36).length, 36);
  assert.match(shortened(label, 36), /^merlin: ….*expert, seed 1$/);
  assert.match(shortened(label, 10), /^….*seed 1$/);
});
