import assert from "node:assert/strict";
import { refigure, withFolder } from "../_helpers.ts";

const PAPER = "0000.00000";

Deno.test("bless writes a golden, verify compares with it", () =>
  withFolder(async (folder) => {
    const run = (...args: string[]) => refigure({ args, folder });
    const none = await run("verify", PAPER);
    assert.equal(none.code, 1);
    assert.match(
      none.stderr,
      /no golden for smoke: make it with `deno task bless 0000\.00000 --profile smoke`/,
    );
    assert.match((await run("verify")).stdout, /No paper has a golden for smoke/);

    const first = await run("bless", PAPER);
    assert.equal(first.code, 0, first.stderr);
    const path = `${folder}/fixtures/${PAPER}/smoke.json`;
    assert.match(first.stdout, /smoke\.json: new, 14 jobs\n$/);
    const golden = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual([golden.executor, golden.tolerance, golden.jobs.length], ["wasm", 0.01, 14]);
    assert.equal(golden.provenance.versions["onnxruntime-web"] !== undefined, true);

    const equal = await run("verify", PAPER);
    assert.equal(equal.code, 0, equal.stdout);
    assert.match(equal.stdout, /^0000\.00000 smoke on wasm: equal to the golden exactly \(14 jobs\)\n$/);
    assert.match(
      (await run("verify", "--executor", "eager")).stdout,
      /on eager: equal to the golden within 0\.01/,
    );
    assert.match((await run("bless", PAPER)).stdout, /smoke\.json: unchanged\n$/);

    // A golden that says otherwise.
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace(/("x":3\},"seed":1\},"result":)10/, "$110.5"));
    const differs = await run("verify", PAPER);
    assert.equal(differs.code, 1);
    assert.match(differs.stdout, /1 job|differences from the golden/);
    assert.match(differs.stdout, /square: x = 3, seed 1: result: 10\.5 → 10 \(relative 4\.8e-2\)/);
    assert.match(differs.stdout, /figure-1: digest of what is made from the golden's results/);
    const loose = await run("verify", PAPER, "--tolerance", "0.1", "--cached", "--json");
    assert.deepEqual(JSON.parse(loose.stdout).differences.map(({ path }: { path: string }) => path), [
      "figure-1: digest of what is made from the golden's results",
    ]);

    const blessed = await run("bless", PAPER, "--tolerance", "0.02");
    assert.match(blessed.stdout, /square: x = 3, seed 1: result: 10\.5 → 10 /);
    assert.equal(JSON.parse(await Deno.readTextFile(path)).tolerance, 0.02);
    assert.equal((await run("verify", PAPER)).code, 0);
  }));

Deno.test("bless refuses results of which a part failed", () =>
  withFolder(async (folder) => {
    const { code, stderr } = await refigure({ args: ["bless", "0000.00001"], folder });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: Cannot bless 0000\.00001 as all its jobs, figures, tables and claims must succeed/,
    );
    // That it can be written was found out before; nothing was.
    assert.deepEqual([...Deno.readDirSync(`${folder}/fixtures/0000.00001`)], []);
  }));
