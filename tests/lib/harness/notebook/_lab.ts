import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { withFolder } from "../_helpers.ts";

/** Whether a program that opens notebooks is on the PATH. */
export async function hasFrontEnd(): Promise<boolean> {
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
export function lab(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--config", `${PROJECT}deno.json`],
      ...["--allow-read", `--allow-write=${folder}`, "--allow-env", "--allow-sys"],
      "--allow-run=jupyter-lab,jupyter-notebook",
      ...[`${PROJECT}lib/harness/cli/main.ts`, "lab", ...args],
    ],
    env: { NO_COLOR: "1", REFIGURE_OUT: `${folder}/out`, ...env },
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** Runs a test while `lab` serves the notebooks. */
export function withLab(test: (address: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const port = freePort();
    const options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", `--port=${port}`, "--port-retries=0"];
    const child = lab(folder, options, { JUPYTER_TOKEN: TOKEN });
    const output = child.output();
    const address = `http://127.0.0.1:${port}`;
    try {
      await answer(`${address}/api/kernelspecs?token=${TOKEN}`);
      await test(address);
    } finally {
      const stopped = await fetch(`${address}/api/shutdown?token=${TOKEN}`, { method: "POST" }).catch(() =>
        null
      );
      await stopped?.body?.cancel();
      if (!stopped?.ok) child.kill();
      await output;
    }
  });
}

/** What lets requests in. */
export const TOKEN = "test";

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** JSON from the server, once it is up. */
// deno-lint-ignore no-explicit-any -- Jupyter's answers
export async function answer(address: string, init?: RequestInit): Promise<any> {
  for (let waited = 0;; waited += 100) {
    try {
      const response = await fetch(address, init);
      if (response.ok) return await response.json();
      await response.body?.cancel();
    } catch {
      // not up yet
    }
    if (waited > 30_000) throw new Error(`${address} did not answer in 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
