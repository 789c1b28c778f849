import assert from "node:assert/strict";
import { atGoal } from "../../bench/_roofline.ts";
import { HAS_COMPILER } from "./_compiler.ts";

const root = new URL("../../", import.meta.url);

Deno.test("bench --quick runs every case on every engine", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", "bench/main.ts", "--quick", "--json", file],
      cwd: root,
    }).output();
    const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.ok(success, errors);
    const { machine, cases } = JSON.parse(await Deno.readTextFile(file));
    // Work on typed arrays, such as simulations and the prox, has no engine to choose.
    assert.ok(cases.filter(({ wasm }: { wasm: number | null }) => wasm !== null).length > 15);
    assert.equal(machine.c !== null, HAS_COMPILER, out);
    assert.equal(machine.gflops, Math.max(machine.gflopsNative, machine.gflopsC ?? 0));
    const over = (a: number | null, b: number | null) => a === null || b === null ? null : a / b;
    for (const row of cases) {
      assert.ok(out.includes(row.name));
      assert.ok(row.native > 0, row.name);
      for (
        const column of ["c", "wasm", "tfjsCpu", "tfjsWasm", "torch", "sklearn", "numpy", "roofline", "share"]
      ) {
        assert.ok(row[column] === null || row[column] > 0, `${row.name}: ${column}`);
      }
      // Whatever runs a program runs it on c, too.
      assert.equal(row.c !== null, HAS_COMPILER && row.roofline !== null, row.name);
      assert.equal(row.ours, Math.min(row.native, row.c ?? Infinity), row.name);
      assert.equal(row.ratioC, over(row.native, row.c));
      for (const [time, suffix] of [[row.native, ""], [row.c, "C"], [row.ours, "Ours"]] as const) {
        assert.equal(row[`ratioTorch${suffix}`], over(row.torch, time), row.name);
        assert.equal(row[`share${suffix}`], over(row.roofline, time), row.name);
      }
      assert.equal(row.gflops.native > 0, true);
      assert.equal(row.gflops.c !== null, HAS_COMPILER);
      assert.equal(row.baseline !== null, row.name.includes("baseline"), row.name);
      assert.equal(row.ratioBaseline, row.baseline === null ? null : row.native / row.baseline);
      if (machine.torch === null) assert.equal(row.torch, null);
      // What runs a program has a roofline, be it without a product.
      if (row.wasm !== null) assert.ok(row.roofline > 0 && row.flop >= 0, row.name);
      if (/training step|Matrix product/.test(row.name)) assert.ok(row.flop > 0, row.name);
      assert.equal(row.atGoalNative, atGoal({ ratioTorch: row.ratioTorch, share: row.share }));
      assert.equal(row.atGoalC, atGoal({ ratioTorch: row.ratioTorchC, share: row.shareC }));
      assert.equal(row.atGoal, atGoal({ ratioTorch: row.ratioTorchOurs, share: row.shareOurs }));
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("bench names the cases when --only fits none", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "bench/main.ts", "--only", "no such case"],
    cwd: root,
  }).output();
  assert.equal(code, 2);
  assert.match(
    new TextDecoder().decode(stderr),
    /^Cannot run as --only must be part of one of: .*DTE-C training step/,
  );
});

Deno.test("bench that cannot write its file says so before it times anything", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "bench", "--json", "/elsewhere/bench.json"],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 2, errors);
  assert.match(errors, /^Cannot write \/elsewhere\/bench\.json as --json must be a file in .*\/out: /m);
  assert.equal(out, "");
});

Deno.test("bench --profile shows the time of a case by kind of node", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "bench", "--quick", "--profile", "Matrix product 16"],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, errors);
  // One product per unit, and nothing else.
  assert.match(out, /^node +calls +ms +share\n(Mat|Ge)[Mm]\w+ +1\.0 +\S+ +100\.0 %\nall +\S+ +100 %$/m);
});

Deno.test("bench --profile wants one case", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "bench", "--quick", "--profile", "MC-EGNN"],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assert.equal(code, 2);
  assert.match(
    new TextDecoder().decode(stderr),
    /^Cannot profile as its text must be part of one case's name: current cases/m,
  );
});

Deno.test("bench --threads times trainings on several threads, too, by the wall clock", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const bench = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", "bench/main.ts", ...args],
      cwd: root,
      env: { PATH: "" }, // no peers
    }).output();
  try {
    const quick = ["--quick", "--engines", "native", "--threads", "2", "--json", file];
    const { success, stderr: progress } = await bench(...quick, "--only", "MLP training");
    assert.ok(success, new TextDecoder().decode(progress));
    const { cases } = JSON.parse(await Deno.readTextFile(file));
    assert.ok(cases.length > 0);
    for (const { name, native, threaded, scaling } of cases) {
      assert.ok(threaded > 0, name);
      assert.equal(scaling, native / threaded);
    }
    const { code, stderr } = await bench("--threads", "2", "--clock", "processor");
    assert.equal(code, 2);
    assert.match(
      new TextDecoder().decode(stderr),
      /^Cannot time threads as --clock processor .*: use --clock wall/,
    );
  } finally {
    await Deno.remove(file);
  }
});
