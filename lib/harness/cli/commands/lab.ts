import type { Command } from "commander";
import type { CommandContext } from "./_types.ts";

/** `lab [paper] [-- …]`. */
export function registerLab(program: Command, context: CommandContext): void {
  program.command("lab")
    .description(
      "open the notebooks in JupyterLab (or the classic notebook), with the kernel of this checkout",
    )
    .argument("[paper]", "arXiv id: open its notebook (default: the folder of all)")
    .argument("[arguments...]", "arguments for Jupyter, e.g. --no-browser --port=8899")
    .allowUnknownOption()
    .addHelpText(
      "after",
      `
Nothing is registered outside this folder: the kernel is found through JUPYTER_PATH, for this run only. Ctrl-C ends it.

Examples:
  deno task lab
  deno task lab 2305.18593
  deno task lab 2305.18593 --no-browser --port=8899`,
    )
    .action((paper: string | undefined, args: string[]) => run(paper, args, context));
}

async function run(
  paper: string | undefined,
  args: readonly string[],
  context: CommandContext,
): Promise<void> {
  const { startJupyter } = await import("../../notebook/mod.ts");
  const { PROJECT, places, requirePaper } = await import("../../paper/mod.ts");
  const where = places();
  // `lab --no-browser`: no paper, only arguments for Jupyter.
  const named = paper?.startsWith("-") ? undefined : paper;
  const rest = named === undefined && paper !== undefined ? [paper, ...args] : args;
  // Its code is not run: this process may start Jupyter, so anything.
  if (named !== undefined) await requirePaper(named, where);
  // Ctrl-C goes to Jupyter as well, which asks for confirmation: it decides.
  Deno.addSignalListener("SIGINT", () => {});
  context.setExitCode(
    await startJupyter({
      args: rest,
      kernels: `${where.out}/jupyter`,
      root: PROJECT,
      opened: named === undefined ? "notebooks" : `notebooks/${named}.ipynb`,
    }),
  );
}
