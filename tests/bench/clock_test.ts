import assert from "node:assert/strict";

/** Milliseconds of waiting 300 ms and of computing, by one of the clocks, in a process with nothing else. */
async function measure(clock: "wall" | "processor"): Promise<{ waiting: number; computing: number }> {
  const program = `
    import { now, useClock } from ${JSON.stringify(import.meta.resolve("../../bench/_clock.ts"))};
    useClock(${JSON.stringify(clock)});
    const during = async (work) => {
      const started = now();
      await work();
      return now() - started;
    };
    const waiting = await during(() => new Promise((resolve) => setTimeout(resolve, 300)));
    const computing = await during(() => {
      let sum = 0;
      for (let i = 0; i < 3e7; i++) sum += Math.sqrt(i);
      return sum;
    });
    console.log(JSON.stringify({ waiting, computing }));
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] })
    .output();
  const texts = new TextDecoder();
  assert.equal(code, 0, texts.decode(stderr));
  return JSON.parse(texts.decode(stdout));
}

Deno.test("now() of the processor's clock counts work, and not waiting", async () => {
  const [wall, processor] = [await measure("wall"), await measure("processor")];
  assert.ok(wall.waiting >= 290, `${wall.waiting} ms`);
  assert.ok(processor.waiting < 150, `${processor.waiting} ms`);
  assert.ok(processor.computing > 1, `${processor.computing} ms`);
});
