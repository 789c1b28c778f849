import assert from "node:assert/strict";
import { canonicalJson, checkJson, sha256 } from "../../../../lib/harness/paper/json.ts";

Deno.test("canonicalJson() is equal for equal values, whatever the order of keys", () => {
  assert.equal(canonicalJson({ b: [1, { d: 2, c: null }], a: "x" }), '{"a":"x","b":[1,{"c":null,"d":2}]}');
  assert.notEqual(canonicalJson([1, 2]), canonicalJson([2, 1]));
});

Deno.test("checkJson() names the place of what is not JSON", () => {
  const cases: [unknown, RegExp][] = [
    [{ a: [0, NaN] }, /^RangeError: .* result\.a\[1\] .* finite number: current value is NaN$/],
    [{ a: { b: -Infinity } }, /result\.a\.b .* -Infinity$/],
    [{ a: undefined }, /^TypeError: .* result\.a .* plain JSON: current value is undefined$/],
    [[new Float32Array(1)], /result\[0\] .* a Float32Array$/],
    [() => 1, /result .* function$/],
    [{ a: 1n }, /result\.a .* bigint$/],
    [[new Map()], /a Map$/],
    // deno-lint-ignore no-sparse-arrays
    [[1, , 2], /result\[1\] .* undefined$/],
  ];
  for (const [value, message] of cases) {
    assert.throws(
      () => checkJson(value, "result"),
      (error: Error) => message.test(String(error)),
      String(message),
    );
  }
  checkJson({ a: [1, "x", null, true, { b: [] }], [Symbol() as unknown as string]: 1 }, "result");
});

Deno.test("sha256() is the published digest of the empty text", async () => {
  assert.equal(await sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(await sha256(new TextEncoder().encode("abc")), await sha256("abc"));
});
