import type { Command } from "commander";

interface Options {
  readonly title: string;
}

/** `new <id>`: the files. Their first results are made by the commands that follow it, see `../../start`. */
export function registerNew(program: Command): void {
  program.command("new")
    .description(
      "start a paper: its folder, notebook, tests and first results, to be replaced piece by piece",
    )
    .argument("<id>", "arXiv id, e.g. 2501.01234")
    .requiredOption("--title <title>", "the paper's title")
    .addHelpText(
      "after",
      `
What it makes passes \`deno task ok\` at once: one experiment in two variants, a figure, a table, a claim with its
ablation test, and comments that say what to replace.

Example:
  deno task new 2501.01234 --title "A Line Fits a Line"`,
    )
    .action((id: string, options: Options) => run(id, options));
}

async function run(id: string, { title }: Options): Promise<void> {
  const { places, PROJECT, UsageError } = await import("../../paper/mod.ts");
  const { writeAtomic } = await import("../../run/mod.ts");
  const { filled, PAPER } = await import("../../template/mod.ts");
  const { printOut } = await import("../print.ts");
  if (!/^\d{4}\.\d{4,5}$/.test(id)) {
    throw new UsageError(`Cannot start a paper as its id must be like 2501.01234: current value is ${id}`);
  }
  if (title.trim() === "" || /["\\\n]/.test(title)) {
    throw new UsageError(
      `Cannot start a paper as its title must be one line without " and \\: current value is ${title}`,
    );
  }
  if (await Deno.lstat(`${places().papers}/${id}`).then(() => true, () => false)) {
    throw new UsageError(`Cannot start the paper ${id} as reproductions/${id} is there already`);
  }
  for (const [path, text] of Object.entries(filled(PAPER, { id, title: title.trim() }))) {
    await writeAtomic(`${PROJECT}${path}`, text);
    printOut(`${path}\n`);
  }
  printOut(
    `\nA paper that runs; its first results follow. Replace it piece by piece, as the comments say, then:\n` +
      `  deno task reproduce ${id} --profile smoke    look at every figure in out/smoke/${id}/index.md\n` +
      `  deno task bless ${id} --profile smoke        accept the results; the same with laptop\n` +
      `  deno task notebooks ${id} && deno task readme\n` +
      `  deno task ok\n\n`,
  );
}
