import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { HAS_COMPILER } from "./_compiler.ts";

const root = new URL("../../", import.meta.url);
const texts = new TextDecoder();

/** Which cases run programs on an executor, and which of them run some on onnxruntime. */
async function casesOn(executor: "native" | "c"): Promise<{ ran: string[]; onnxruntime: string[] }> {
  const folder = await Deno.makeTempDir();
  try {
    const script = fileURLToPath(new URL("_cases_on.ts", import.meta.url));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", script, executor, folder],
      cwd: root,
    }).output();
    assert.ok(success, texts.decode(stderr));
    return JSON.parse(texts.decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the bench prints of tiny products of matrices. */
async function bench(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--quick", "--only", "Matrix product"],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  assert.ok(success, texts.decode(stderr));
  return texts.decode(stdout);
}
const FREE = ["run", "--quiet", "--allow-all", "bench/main.ts"];

Deno.test("the cases' timings on c run no program on onnxruntime, and leave none out", async () => {
  const native = await casesOn("native");
  // Else what follows would show nothing.
  assert.deepEqual(native.onnxruntime, native.ran);
  assert.ok(native.ran.length > 30, native.ran.join("; "));
  if (!HAS_COMPILER) return;
  assert.deepEqual(await casesOn("c"), { ran: native.ran, onnxruntime: [] });
});

Deno.test("the task bench may build what c runs", async () => {
  const out = await bench(["task", "--quiet", "bench", "--engines", "native", "c"]);
  if (!HAS_COMPILER) assert.match(out, /^c is skipped \(/m);
  else {
    assert.match(out, /^c is built by \S/m);
    assert.match(out, /multiplies matrices at \S+ GFLOP\/s on native and \S+ GFLOP\/s on c \(/);
    assert.match(out, /^Matrix product 16 +ms +[\d.]+ +[\d.]+ /m);
    assert.match(
      out,
      /^At goal \(.*\): native in \d of 1 cases, c in \d of 1 cases, ours in \d of 1 cases$/m,
    );
  }
});

Deno.test("bench leaves c out where there is no compiler, and says why once", async () => {
  const missing = { PATH: "", CC: "no-such-compiler" };
  const out = await bench([...FREE, "--engines", "native", "c"], missing);
  assert.deepEqual(out.match(/^c is .*$/gm)?.map((line) => line.slice(0, 40)), [
    "c is skipped (Cannot load the executor c",
  ]);
  assert.match(out, /multiplies matrices at \S+ GFLOP\/s on native \(/);
  assert.match(out, /^case +unit +native +native's roofline +ours at goal$/m);
  assert.match(out, /^At goal \(.*\): native in \d of 1 cases$/m);
  await bench([...FREE, "--engines", "c"], missing); // nothing is left to time, and nothing fails
});
