import type { Command } from "commander";
import { profileOption } from "./_options.ts";
import type { ProfileName } from "../../paper/mod.ts";

/** `notebooks`. */
export function registerNotebooks(program: Command): void {
  program.command("notebooks")
    .argument("[paper...]", "arXiv ids (default: all notebooks)")
    .description("execute notebooks in the Deno kernel and keep their outputs")
    .addOption(profileOption())
    .addHelpText(
      "after",
      "\nWithout --profile the notebooks show the committed results; with it they compute them anew.",
    )
    .option("--check", "execute only; leave the files as they are")
    .action(run);
}

interface Options {
  readonly profile?: ProfileName;
  readonly check?: boolean;
}

async function run(papers: readonly string[], { profile, check = false }: Options): Promise<void> {
  const { executeNotebook, writeNotebook } = await import("../../notebook/mod.ts");
  const { PROJECT, listPapers, places, requirePaper } = await import("../../paper/mod.ts");
  const { printOut } = await import("../print.ts");
  // A wrong id is told before any notebook runs. No paper's code runs here: this process may start Jupyter.
  for (const id of papers) await requirePaper(id, places());
  for (const id of papers.length > 0 ? papers : await listPapers(places())) {
    const path = `${PROJECT}notebooks/${id}.ipynb`;
    const notebook = await executeNotebook(path, {
      environment: profile ? { REFIGURE_PROFILE: profile } : {},
    });
    if (!check) await writeNotebook(path, notebook);
    printOut(`${path}: ${check ? "runs" : "executed"}\n`);
  }
}
