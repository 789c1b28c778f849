import { subprocess, writeAtomic } from "../run/mod.ts";
import { HarnessError } from "../paper/mod.ts";

/** What to do where Jupyter is missing. */
export const INSTALL_JUPYTER: string =
  "install Jupyter (`pip install jupyterlab`; Debian: `apt-get install jupyter-notebook " +
  "jupyter-nbconvert`)";

/**
 * Writes a kernelspec for this checkout's Deno, under the name that the notebooks ask for, so that nothing
 * has to be registered for the whole account. Colours are off: they would stand in the outputs as control
 * characters.
 *
 * @param folder A folder for `JUPYTER_PATH`.
 */
export async function writeKernelspec(folder: string): Promise<void> {
  await writeAtomic(
    `${folder}/kernels/deno/kernel.json`,
    JSON.stringify({
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno",
      language: "typescript",
      env: { NO_COLOR: "1" },
    }),
  );
}

/** `JUPYTER_PATH` with a folder of ours before the user's own. */
export function jupyterPath(folder: string): string {
  return [folder, Deno.env.get("JUPYTER_PATH")].filter(Boolean).join(Deno.build.os === "windows" ? ";" : ":");
}

/** Programs that open notebooks, the preferred first, and what opens a file or folder in them. */
const FRONT_ENDS = [
  ["jupyter-lab", "--LabApp.default_url=/lab/tree/"],
  ["jupyter-notebook", "--NotebookApp.default_url=/tree/"],
] as const;

/**
 * Starts JupyterLab, or the classic notebook where only that is installed, and waits until it ends.
 *
 * @param options.args Arguments for Jupyter; they win over these.
 * @param options.kernels A folder for the kernelspec.
 * @param options.root The folder beyond which Jupyter shows nothing: the checkout, as notebooks link to it.
 * @param options.opened What it shows first: a path below the root.
 * @returns Jupyter's exit code.
 * @throws {HarnessError} If neither is on the PATH.
 */
export async function startJupyter(
  options: {
    readonly args: readonly string[];
    readonly kernels: string;
    readonly root: string;
    readonly opened: string;
  },
): Promise<number> {
  const { args, kernels, root, opened } = options;
  await writeKernelspec(kernels);
  for (const [program, open] of FRONT_ENDS) {
    try {
      const child = subprocess(program, {
        args: [`--notebook-dir=${root}`, `${open}${opened}`, ...args],
        cwd: root,
        env: { JUPYTER_PATH: jupyterPath(kernels) },
      }).spawn();
      return (await child.status).code;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new HarnessError(
    `Cannot open notebooks as ${
      FRONT_ENDS.map(([name]) => name).join(" or ")
    } must be on the PATH: ${INSTALL_JUPYTER}`,
  );
}
