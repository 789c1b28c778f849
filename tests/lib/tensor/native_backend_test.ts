import assert from "node:assert/strict";
import { ALLOW_LIBRARIES } from "../../_child.ts";
import { filesBelow } from "../harness/_helpers.ts";

const ROOT = new URL("../../../", import.meta.url);

/** TensorFlow.js's cpu kernels under the add-on's name, activated on loading as the add-on does. */
const ADD_ON = `
  import { tf } from "${new URL("lib/tensor/mod.ts", ROOT).href}";
  tf.copyRegisteredKernels("cpu", "tensorflow");
  tf.registerBackend("tensorflow", () => new (tf.backend().constructor)());
  await tf.setBackend("tensorflow");
  export const version = { "tfjs-node": "4.22.0" };`;

const SCRIPT = `
  import { compile, engineVersions } from "${new URL("lib/compile/mod.ts", ROOT).href}";
  import { tf } from "${new URL("lib/tensor/mod.ts", ROOT).href}";
  const backends = [];
  const square = (x) => (backends.push(tf.getBackend()), x.square());
  const x = { dtype: "float32", shape: [2], data: Float32Array.of(2, 3) };
  const program = await compile(square, [x], { executor: "tensorflow" });
  const { data } = await program.run(x);
  console.log(JSON.stringify({
    values: [...data],
    backends: [...new Set(backends)],
    after: tf.getBackend(),
    versions: await engineVersions("tensorflow"),
  }));`;

const dataUrl = (code: string) => `data:application/javascript,${encodeURIComponent(code)}`;

/** Runs the script where, of the add-on, the packages of `installed` and no others can be imported. */
async function run(installed: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) delete imports[name];
  const map = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const addOns = Object.fromEntries(installed.map((name) => [name, dataUrl(ADD_ON)]));
    await Deno.writeTextFile(map, JSON.stringify({ imports: { ...imports, ...addOns } }));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--config", "deno.json", "--import-map", map, "--no-prompt", "--quiet", "--no-check"],
        ...["--allow-read", "--allow-env", "--allow-sys", ALLOW_LIBRARIES, dataUrl(SCRIPT)],
      ],
      cwd: ROOT,
    }).output();
    const text = new TextDecoder();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  } finally {
    await Deno.remove(map);
  }
}

for (
  const [installed, found] of [
    [["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"], "@tensorflow/tfjs-node-gpu"],
    [["@tensorflow/tfjs-node"], "@tensorflow/tfjs-node"],
  ] as const
) {
  Deno.test(`programs run on ${found} where ${installed.length} of its packages can be imported`, async () => {
    const { code, stdout, stderr } = await run(installed);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      values: [4, 9],
      backends: ["tensorflow"],
      after: "cpu",
      versions: { "@tensorflow/tfjs": "4.22.0", [found]: "4.22.0" },
    });
  });
}

Deno.test("without the add-on, the error has the commands that install it", async () => {
  const { code, stderr } = await run([]);
  assert.notEqual(code, 0);
  for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) {
    assert.ok(stderr.includes(`${name}: not installed`), stderr);
    assert.ok(stderr.includes(`--allow-scripts=npm:${name} npm:${name}@4.22.0`), stderr);
  }
});

Deno.test("the add-on is named in one file of the library, and README has the command that installs it", async () => {
  const naming: string[] = [];
  for (const folder of ["lib", "reproductions"]) {
    for (const path of await filesBelow(new URL(folder, ROOT).pathname)) {
      if (/\.tsx?$/.test(path) && (await Deno.readTextFile(path)).includes("tfjs-node")) naming.push(path);
    }
  }
  assert.deepEqual(naming, [new URL("lib/tensor/native_backend.ts", ROOT).pathname]);
  const { stderr } = await run([]);
  const [, command] = /To install it: `([^`]+)`/.exec(stderr)!;
  assert.ok((await Deno.readTextFile(new URL("README.md", ROOT))).includes(`\n${command}\n`), command);
});
