import assert from "node:assert/strict";
import { oneLine, visible } from "../../../../lib/harness/paper/one_line.ts";

/** What others may write, and what is shown. */
const CASES: readonly (readonly [string, string])[] = [
  ["plain", "plain"],
  ["one\n  two\r\n\nthree", "one two three"],
  ["\x1b[31mred\x1b[0m and \x1b[2Jcleared", "red and cleared"],
  ["\x1b]0;a title\x07text \x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "text link"],
  ["bell \x07, back \b, NUL \0, C1 \x9b31m", "bell \\x07, back \\x08, NUL \\x00, C1 \\x9b31m"],
  ["left \u202e to right", "left \\u202e to right"],
  ["line\u2028separator\tand tab", "line separator and tab"],
  ["λ, 漢字, é and 🙂 stay", "λ, 漢字, é and 🙂 stay"],
  ["  ends  ", "ends"],
];

Deno.test("oneLine() leaves nothing that moves a terminal's cursor", () => {
  for (const [text, shown] of CASES) assert.equal(oneLine(text), shown);
  // deno-lint-ignore no-control-regex -- these are what must be gone
  const control = /[\x00-\x1f\x7f-\x9f]/;
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
  assert.doesNotMatch(oneLine(all), control);
  assert.doesNotMatch(oneLine(`\x1b${all}\x1b[`), control);
});

Deno.test("oneLine() shortens", () => {
  assert.equal(oneLine("x".repeat(5000)), `${"x".repeat(999)}…`);
});

Deno.test("visible() keeps lines and JSON, and writes out what a terminal would obey", () => {
  assert.equal(visible("a\tλ\n\x1b[2J\x9b\u202e\r"), "a\tλ\n\\u001b[2J\\u009b\\u202e\\u000d");
  const value = { text: "C1 \x9b and \u202e" };
  assert.deepEqual(JSON.parse(visible(JSON.stringify(value))), value);
});
