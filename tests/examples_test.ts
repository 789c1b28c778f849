import assert from "node:assert/strict";
import { examplesOf } from "./_examples.ts";

Deno.test("examplesOf() finds the blocks that Deno runs, and says on which line they begin", () => {
  const page = [
    "# Title",
    "```ts",
    "one();",
    "```",
    "```ts ignore",
    "never();",
    "```",
    "```sh",
    "```",
    "````js",
    "```ts",
    "nested();",
    "```",
    "````",
  ].join("\n");
  assert.deepEqual(examplesOf("docs/x.md", page), [
    { name: "docs/x.md:2", text: "one();\n" },
    { name: "docs/x.md:10", text: "```ts\nnested();\n```\n" },
  ]);
});

Deno.test("examplesOf() looks into the comments of a module, and nowhere else", () => {
  const module = [
    "const text = `",
    "```ts",
    "no();",
    "```",
    "`;",
    "/**",
    " * Adds.",
    " *",
    " * @example",
    " * ```ts",
    " * for (const x of [1]) {",
    " *   add(x);",
    " * }",
    " * ```",
    " */",
    "export const add = (x: number) => x;",
    "  /** Of a class: ```ts``` */",
    "/** Two lines, then code. */",
    "```ts",
    "```",
  ].join("\n");
  assert.deepEqual(examplesOf("lib/x.ts", module), [
    { name: "lib/x.ts:10", text: "for (const x of [1]) {\n  add(x);\n}\n" },
  ]);
});

Deno.test("examplesOf() says which block has no end", () => {
  assert.throws(() => examplesOf("docs/x.md", "a\n```ts\nb"), {
    name: "SyntaxError",
    message: "Cannot read docs/x.md as the block at line 2 must end",
  });
});
