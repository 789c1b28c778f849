/** The engine of the executor `c`: what it builds, keeps and refuses. */
import assert from "node:assert/strict";
import { compile, loadRoutines } from "../../../lib/compile/mod.ts";
import { projectFolder } from "../../../lib/project/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { ALLOW_COMPILER, runScript } from "../../_child.ts";
import type { Made } from "./_c_child.ts";
import { WITHOUT_C } from "./_executors.ts";
import { floats, ints } from "./_host.ts";

const CACHE = "node_modules/.cache/refigure-c";
const RIGHT: Made = { values: [1, 5] };

/** A test of what only a compiler can do. */
function withCompiler(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: WITHOUT_C !== undefined, fn });
}

/** A test with a project of its own, in whose cache nothing is but what all programs share. */
function withCache(name: string, fn: (folder: string) => Promise<void>): void {
  withCompiler(name, async () => {
    // It takes seconds to build, and is there once a program was compiled.
    await (await compile((x: Tensor) => x, [floats([1])], { executor: "c" })).dispose();
    const folder = await Deno.makeTempDir();
    const ours = `${projectFolder()}${CACHE}`;
    try {
      await Deno.mkdir(`${folder}/${CACHE}`, { recursive: true });
      for await (const { name } of Deno.readDir(ours)) {
        if (name.endsWith(".o")) await Deno.copyFile(`${ours}/${name}`, `${folder}/${CACHE}/${name}`);
      }
      await fn(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Compiles the small program in a process of its own. */
function make(folder: string, env: Record<string, string> = {}): Promise<Made> {
  const allow = env.CC ? [...ALLOW_COMPILER, `--allow-run=${env.CC}`] : ALLOW_COMPILER;
  return runScript(new URL("./_c_child.ts", import.meta.url), {
    env: { REFIGURE_PROJECT: folder, ...env },
    allow: [...allow, `--allow-write=${folder}`, `--allow-ffi=${folder}`],
  }) as Promise<Made>;
}

/** What was built of programs. */
async function libraries(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(`${folder}/${CACHE}`), ({ name }) => name);
  return names.filter((name) => !name.endsWith(".o") && name !== "lock").sort();
}

withCompiler("c refuses an index out of range by name, and goes on", async () => {
  const x = floats([1, 2, 3]);
  await using program = await compile((i: Tensor, x: Tensor) => tf.gather(x, i), [ints([0, 0]), x], {
    executor: "c",
    name: "gather",
  });
  for (const wrong of [3, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    await assert.rejects(program.run(ints([0, wrong]), x), {
      name: "RangeError",
      message: 'Cannot run "gather" as an index is out of range',
    });
    assert.deepEqual(await program.run(ints([2, 0]), x), floats([3, 1]));
  }
});

withCompiler("c gives each of many runs at once its own result", async () => {
  const side = 64, one = (value: number) => floats(Array(side * side).fill(value), [side, side]);
  await using program = await compile(
    (x: Tensor, y: Tensor) => tf.tanh(tf.sum(tf.matMul(tf.add(x, 1), y), 1)),
    [one(0), one(0)],
    { executor: "c" },
  );
  await using other = await compile((x: Tensor) => tf.sum(tf.square(x)), [one(0)], { executor: "c" });
  const scale = 1e-5;
  const runs = Array.from({ length: 40 }, async (_, i) => {
    // Inputs that nobody holds but the run.
    const [mine, squares] = await Promise.all([program.run(one(i), one(scale)), other.run(one(i))]);
    const wanted = Math.tanh((i + 1) * scale * side * side);
    assert.ok(mine.data.every((value) => Math.abs(value - wanted) < 1e-6), `run ${i}: ${mine.data[0]}`);
    assert.equal(squares.data[0], side * side * i * i);
  });
  await Promise.all(runs);
});

withCompiler(
  "loadRoutines() builds C that rounds products and sums apart, or passes on what is wrong",
  async () => {
    const symbols = { residue: { parameters: ["f64", "f64", "f64"], result: "f64" } } as const;
    const source = "double residue(double a, double b, double c) { return a * b + c; }";
    const library = await loadRoutines(source, { symbols, name: "residue" });
    // (1 + ε)² = 1 + 2ε + ε², of which the product has no place for the last.
    const a = 1 + 2 ** -30;
    assert.equal(library.symbols.residue(a, a, -(a * a)), 0);
    library.close();
    await assert.rejects(
      loadRoutines("double residue(", { symbols, name: "residue" }),
      /^Error: Cannot compile "residue" on c: .*error: expected/s,
    );
  },
);

Deno.test("c says what to install where there is no compiler", async () => {
  const CC = "/nonexistent/cc";
  const { error } = await make("/nonexistent/project", { CC });
  assert.equal(
    error,
    "Cannot load the executor c as no C compiler was found: install gcc or clang (Debian: gcc and libc6-dev), " +
      `or unset CC: current value is ${CC}`,
  );
  const { error: unnamed } = await make("/nonexistent/project", { CC: "", PATH: "/nonexistent" });
  assert.match(unnamed!, /no C compiler was found: install gcc or clang .*, or name one with CC$/);
});

withCache("c builds equal programs once, and takes what another process has built", async (folder) => {
  assert.deepEqual(await make(folder), RIGHT);
  const [built, ...others] = await libraries(folder);
  assert.deepEqual(others, []);
  assert.match(built, /\.(so|dylib)$/);
  const { mtime } = await Deno.stat(`${folder}/${CACHE}/${built}`);
  assert.deepEqual(await make(folder), RIGHT);
  assert.deepEqual(await libraries(folder), [built]);
  assert.deepEqual((await Deno.stat(`${folder}/${CACHE}/${built}`)).mtime, mtime);
});

withCache("c works in processes that build the same at the same time", async (folder) => {
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => make(folder))), [RIGHT, RIGHT, RIGHT]);
  assert.equal((await libraries(folder)).length, 1);
});

withCache("c builds anew what is cut off or garbage", async (folder) => {
  assert.deepEqual(await make(folder), RIGHT);
  const [name] = await libraries(folder), path = `${folder}/${CACHE}/${name}`;
  const whole = await Deno.readFile(path);
  const middle = whole.slice();
  middle.fill(0xff, 64, middle.length - 64);
  for (
    const [what, bytes] of Object.entries({
      "nothing": new Uint8Array(),
      "the beginning": whole.subarray(0, 100),
      "half of it": whole.subarray(0, whole.length / 2),
      "all but its end": whole.subarray(0, whole.length - 1),
      "something else": new TextEncoder().encode("garbage\n".repeat(1000)),
      "a damaged middle": middle,
    })
  ) {
    await Deno.writeFile(path, bytes);
    assert.deepEqual(await make(folder), RIGHT, what);
    assert.equal((await Deno.readFile(path)).length, whole.length, what);
  }
});

withCache("c passes on what a compiler says, and keeps nothing of what failed", async (folder) => {
  const CC = `${folder}/cc`;
  const script =
    '#!/bin/sh\ncase "$*" in *--version*) echo cc 1.0;; *-dM*) ;; *) echo "no way" >&2; exit 1;; esac\n';
  await Deno.writeTextFile(CC, script, { mode: 0o700 });
  const { error } = await make(folder, { CC });
  assert.match(error!, /^Cannot compile "small" on c: no way/);
  assert.deepEqual(await libraries(folder), []);
});
