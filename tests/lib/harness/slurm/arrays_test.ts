import assert from "node:assert/strict";
import { describeArray, planArrays, type Request } from "../../../../lib/harness/slurm/arrays.ts";
import { memoryFor, minutesFor, spread } from "../../../../lib/harness/slurm/batches.ts";

/** Jobs of these costs. */
const jobsOf = (costs: readonly number[], { alone = false, memory = 1024 } = {}) =>
  costs.map((cost, id) => ({ id: alone ? -id : id, cost, memory, alone }));

const loads = (batches: readonly (readonly { readonly cost: number }[])[]) =>
  batches.map((batch) => batch.reduce((sum, { cost }) => sum + cost, 0));

Deno.test("spread() puts each job into one element, and evenly", () => {
  const cases = [
    [1],
    Array(3704).fill(4.5),
    [100, 1, 1, 1],
    Array.from({ length: 97 }, (_, i) => 1 + i % 13),
  ];
  for (const costs of cases) {
    for (const atOnce of [undefined, 1, 2, 7, 5000]) {
      const jobs = jobsOf(costs);
      const { batches } = spread(jobs, atOnce);
      assert.deepEqual(batches.flat().map(({ id }) => id).sort((a, b) => a - b), jobs.map(({ id }) => id));
      assert.ok(
        batches.length <= Math.min(atOnce ?? 1000, 1000) && batches.every(({ length }) => length > 0),
      );
      // The bound of placing the longest first into the emptiest.
      const [most, mean] = [
        Math.max(...loads(batches)),
        loads(batches).reduce((a, b) => a + b) / batches.length,
      ];
      assert.ok(most <= mean + Math.max(...costs), `${most} ${mean}`);
    }
  }
});

Deno.test("spread() makes elements by the work: none for a minute, no more than a hundred at once", () => {
  const elements = (costs: readonly number[]) => {
    const { batches, atOnce } = spread(jobsOf(costs));
    return [batches.length, atOnce];
  };
  assert.deepEqual(elements(Array(200).fill(0.1)), [1, 1]);
  assert.deepEqual(elements(Array(200).fill(3)), [10, 10]);
  assert.deepEqual(elements(Array(2000).fill(60)), [100, 100]);
  // 1000 hours: 250 elements of four hours.
  assert.deepEqual(elements(Array(1000).fill(3600)), [250, 100]);
  assert.deepEqual(elements(Array(2000).fill(86_400)), [1000, 100]);
});

Deno.test("planArrays() asks for the memory of the largest job with a margin, unless the user does", () => {
  const jobs = [...jobsOf([600, 60]), ...jobsOf([60], { memory: 6000 })];
  const asked = (sbatch: readonly string[] = [], request: Request = {}) => {
    const [{ args }] = planArrays(jobs, { executor: "native", options: { sbatch }, request });
    return args.filter((arg) => arg.startsWith("--mem"));
  };
  // 1.5 × 6000 + 256, in steps of 256
  assert.deepEqual(asked(), ["--mem-per-cpu=9472"]);
  assert.deepEqual(asked([], { attempt: 2, memory: 18_944 }), ["--mem=18944"]);
  assert.deepEqual(asked(["--mem=3G"]), ["--mem=3G"]);
  assert.deepEqual(asked(["--mem-per-gpu=3G"]), ["--mem-per-gpu=3G"]);
  assert.equal(memoryFor([jobsOf([1], { memory: 1024 })]), 1792);
});

Deno.test("planArrays() asks for time, GPUs and machines of their own; the user's options win", () => {
  const jobs = [...jobsOf([600, 60]), ...jobsOf([5], { alone: true })];
  const [together, alone] = planArrays(jobs, { executor: "cuda", options: { atOnce: 2 } });
  assert.deepEqual(together.batches.map((batch) => batch.map(({ cost }) => cost)), [[600], [60]]);
  assert.equal(minutesFor(together.batches), 40);
  assert.ok(together.args.includes("--time=40") && together.args.includes("--gres=gpu:1"));
  assert.ok(together.args.includes("--array=0-1") && !together.args.includes("--exclusive"));
  assert.ok(alone.args.includes("--array=0-0") && alone.args.includes("--exclusive"));
  assert.equal(describeArray(together), "2 jobs in 2 elements, at most 40 min each");

  const many = planArrays(jobsOf(Array(1000).fill(3600)), { executor: "native", options: {} })[0];
  assert.ok(many.args.includes("--array=0-249%100") && !many.args.some((arg) => arg.startsWith("--gres")));
  assert.match(describeArray(many), /^1000 jobs in 250 elements, 100 at once, at most 730 min each$/);

  const options = { sbatch: ["-t", "5", "--gpus=2"] };
  const [own] = planArrays(jobsOf([600]), { executor: "cuda", options, request: { memory: 512 } });
  assert.equal(own.minutes, null);
  assert.ok(!own.args.some((arg) => /^--(time|gres)/.test(arg)) && own.args.includes("--mem=512"));
  assert.deepEqual(own.args.slice(-3), options.sbatch);
  const grown = planArrays(jobsOf([6]), { executor: "native", options: {}, request: { minutes: 99 } })[0];
  assert.equal(grown.minutes, 99);
});
