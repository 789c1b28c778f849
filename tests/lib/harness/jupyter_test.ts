import assert from "node:assert/strict";
import { ROOT } from "../../../lib/harness/places.ts";
import { withFolder } from "./_helpers.ts";

/** Whether a program that opens notebooks is on the PATH. */
async function hasFrontEnd(): Promise<boolean> {
  for (const program of ["jupyter-lab", "jupyter-notebook"]) {
    try {
      await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return false;
}

/** Starts `deno task lab` with the task's permissions. */
function lab(folder: string, args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--config", `${ROOT}deno.json`],
      ...["--allow-read", `--allow-write=${folder}`, "--allow-env", "--allow-sys"],
      "--allow-run=jupyter-lab,jupyter-notebook",
      ...[`${ROOT}lib/harness/main.ts`, "lab", ...args],
    ],
    env: { NO_COLOR: "1", REFIGURE_OUT: `${folder}/out`, ...env },
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

Deno.test("lab says what to install where there is no Jupyter", () =>
  withFolder(async (folder) => {
    const { code, stderr } = await lab(folder, [], { PATH: folder }).output();
    assert.equal(code, 1);
    assert.match(
      new TextDecoder().decode(stderr),
      /^error: Cannot open notebooks as jupyter-lab or jupyter-notebook must be on the PATH: install Jupyter \(`pip/,
    );
  }));

Deno.test("lab suggests the nearest paper", () =>
  withFolder(async (folder) => {
    const { code, stderr } = await lab(folder, ["2305.18595"]).output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), /Did you mean .*2305.18593/);
  }));

const found = await hasFrontEnd();

Deno.test({
  name: `lab serves the notebooks with this checkout's kernel${
    found ? "" : " (skipped: no Jupyter on the PATH)"
  }`,
  ignore: !found,
  fn: () =>
    withFolder(async (folder) => {
      const port = freePort();
      const options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        `--port=${port}`,
        "--port-retries=0",
      ];
      const child = lab(folder, ["--", ...options], { JUPYTER_TOKEN: "test" });
      const output = child.output();
      try {
        const address = `http://127.0.0.1:${port}/api`;
        const { kernelspecs } = await answer(`${address}/kernelspecs?token=test`);
        const { argv, env } = kernelspecs.deno.spec;
        assert.equal(argv[0], Deno.execPath());
        assert.equal(env.NO_COLOR, "1");
        const { content } = await answer(`${address}/contents?token=test`);
        assert.ok(content.some(({ name }: { name: string }) => name === "2305.18593.ipynb"));
        await (await fetch(`${address}/shutdown?token=test`, { method: "POST" })).body?.cancel();
      } finally {
        await output;
      }
    }),
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** JSON from the server, once it is up. */
// deno-lint-ignore no-explicit-any -- Jupyter's answers
async function answer(address: string): Promise<any> {
  for (let waited = 0;; waited += 100) {
    try {
      const response = await fetch(address);
      if (response.ok) return await response.json();
      await response.body?.cancel();
    } catch {
      // not up yet
    }
    if (waited > 30_000) throw new Error(`${address} did not answer in 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
