import type { Command } from "commander";
import type { CommandContext } from "./_types.ts";

/** `list [paper…]`. */
export function registerList(program: Command, context: CommandContext): void {
  program.command("list")
    .description("list the papers, or what can be made of one")
    .argument("[paper...]", "arXiv ids: list their figures, tables and claims")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  deno task list\n  deno task list 2305.18593")
    .action((papers: string[], options: { readonly json?: boolean }) =>
      run(papers, options.json ?? false, context)
    );
}

async function run(named: readonly string[], json: boolean, context: CommandContext): Promise<void> {
  const { readGolden } = await import("../../results/mod.ts");
  const { HarnessError, PROFILES, listPapers, loadPaper, oneLine, places } = await import(
    "../../paper/mod.ts"
  );
  const { columns, printError, printOut } = await import("../print.ts");

  const where = places();
  const ids = named.length > 0 ? named : await listPapers(where);
  const papers = await Promise.all(ids.map((id) => loadPaper(id, where)));
  const listed = await Promise.all(papers.map(async ({ id, title, venue, profiles, artefacts, claims }) => {
    const goldens = [];
    for (const profile of PROFILES) {
      try {
        if (await readGolden(where, id, profile)) goldens.push(profile);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        goldens.push(`${profile} (damaged)`);
        printError(`error: ${oneLine(error.message)}\n`);
        context.setExitCode(1);
      }
    }
    return {
      id,
      title,
      venue,
      goldens,
      profiles,
      artefacts: artefacts.map(({ id, kind, location, title }) => ({ id, kind, location, title })),
      claims: claims.map(({ id, location, statement }) => ({ id, location, statement })),
    };
  }));
  if (json) printOut(`${JSON.stringify(listed)}\n`);
  else if (named.length === 0) {
    printOut(columns([
      ["paper", "figures, tables", "claims", "goldens", "title"],
      ...listed.map(({ id, title, artefacts, claims, goldens }) => [
        id,
        String(artefacts.length),
        String(claims.length),
        goldens.join(", ") || "–",
        title,
      ]),
    ]));
  } else {
    for (const { id, title, venue, profiles, artefacts, claims } of listed) {
      printOut(`${id}  ${title} (${venue})\n\n`);
      printOut(`${columns(PROFILES.map((name) => [name, profiles[name].summary]))}\n`);
      printOut(`${columns(artefacts.map(({ id, location, title }) => [id, location, title]))}\n`);
      printOut(`${columns(claims.map(({ id, location, statement }) => [id, location, statement]))}\n`);
    }
  }
}
