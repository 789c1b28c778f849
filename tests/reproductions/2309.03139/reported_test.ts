import assert from "node:assert/strict";
import { QUOTED_NBODY } from "../../../reproductions/2309.03139/reported.ts";

Deno.test("every quoted value says where it is from, and none is from memory", () => {
  assert.deepEqual(QUOTED_NBODY.map(({ test }) => test), [0.0043, 0.0047, 0.0035]);
  for (const { model, provenance } of QUOTED_NBODY) {
    assert.ok(provenance.length > 10, model);
    assert.doesNotMatch(provenance, /recall|memory/i);
  }
});
