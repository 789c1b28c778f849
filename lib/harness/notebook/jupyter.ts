import { subprocess, writeAtomic } from "../run/mod.ts";
import { HarnessError } from "../paper/mod.ts";

/** What to do where Jupyter is missing. */
export const INSTALL_JUPYTER =
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

/** Programs that open notebooks, the preferred first. */
const FRONT_ENDS = ["jupyter-lab", "jupyter-notebook"];

/**
 * Starts JupyterLab, or the classic notebook where only that is installed, and waits until it ends.
 *
 * @param options.args Arguments for Jupyter.
 * @param options.kernels A folder for the kernelspec.
 * @param options.folder The folder that Jupyter shows.
 * @returns Jupyter's exit code.
 * @throws {HarnessError} If neither is on the PATH.
 */
export async function startJupyter(
  options: { readonly args: readonly string[]; readonly kernels: string; readonly folder: string },
): Promise<number> {
  const { args, kernels, folder } = options;
  await writeKernelspec(kernels);
  for (const program of FRONT_ENDS) {
    try {
      const child = subprocess(program, {
        args: [...args],
        cwd: folder,
        env: { JUPYTER_PATH: jupyterPath(kernels) },
      }).spawn();
      return (await child.status).code;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new HarnessError(
    `Cannot open notebooks as ${FRONT_ENDS.join(" or ")} must be on the PATH: ${INSTALL_JUPYTER}`,
  );
}
