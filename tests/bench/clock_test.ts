import assert from "node:assert/strict";
import { now, useClock } from "../../bench/_clock.ts";

Deno.test("now() of the processor's clock counts work, and not waiting", async () => {
  const during = async (work: () => unknown) => {
    const started = now();
    await work();
    return now() - started;
  };
  const wait = () => new Promise((resolve) => setTimeout(resolve, 300));
  const compute = () => {
    let sum = 0;
    for (let i = 0; i < 3e7; i++) sum += Math.sqrt(i);
    return sum;
  };
  assert.ok(await during(wait) >= 290);
  useClock("processor");
  try {
    assert.ok(await during(wait) < 150);
    assert.ok(await during(compute) > 1);
  } finally {
    useClock("wall");
  }
});
