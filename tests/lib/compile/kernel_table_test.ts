import assert from "node:assert/strict";
import { kernelTable, TABLE } from "./_kernel_table.ts";

Deno.test("lib/compile/KERNELS.md is what the registry and its cases say (else: deno task kernels)", async () => {
  assert.equal(await Deno.readTextFile(TABLE), kernelTable());
});
