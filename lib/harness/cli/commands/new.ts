import type { Command } from "commander";
import type { CommandContext } from "./_types.ts";

interface Options {
  readonly title: string;
}

/** `new <id>`. */
export function registerNew(program: Command, context: CommandContext): void {
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
    .action((id: string, options: Options) => run(id, options, context));
}

/** Files of the template and where they go, both below the checkout. */
const FOLDERS = (id: string) =>
  [
    ["reproduction", `reproductions/${id}`],
    ["tests", `tests/reproductions/${id}`],
  ] as const;

async function run(id: string, { title }: Options, context: CommandContext): Promise<void> {
  const { listPapers, places, ROOT, UsageError } = await import("../../paper/mod.ts");
  const { writeAtomic } = await import("../../run/mod.ts");
  const { printOut } = await import("../print.ts");
  if (!/^\d{4}\.\d{4,5}$/.test(id)) {
    throw new UsageError(`Cannot start a paper as its id must be like 2501.01234: current value is ${id}`);
  }
  if (title.trim() === "" || /["\\\n]/.test(title)) {
    throw new UsageError(
      `Cannot start a paper as its title must be one line without " and \\: current value is ${title}`,
    );
  }
  if ((await listPapers(places())).includes(id)) {
    throw new UsageError(`Cannot start the paper ${id} as reproductions/${id} is there already`);
  }
  const template = new URL("../template/", import.meta.url);
  const fill = async (from: string, to: string) => {
    const text = await Deno.readTextFile(new URL(`${from}.txt`, template));
    await writeAtomic(`${ROOT}${to}`, text.replaceAll("{{id}}", id).replaceAll("{{title}}", title.trim()));
    printOut(`${to}\n`);
  };
  for (const [from, to] of FOLDERS(id)) {
    for (const name of await filesBelow(new URL(`${from}/`, template))) {
      await fill(`${from}/${name}`, `${to}/${name}`);
    }
  }
  await fill("notebook.ipynb", `notebooks/${id}.ipynb`);
  await firstResults(id, context);
  printOut(
    `\nA paper that runs. Replace it piece by piece, as the comments say, then:\n` +
      `  deno task reproduce ${id} --profile smoke    look at every figure in out/smoke/${id}/index.md\n` +
      `  deno task bless ${id} --profile smoke        accept the results; the same with laptop\n` +
      `  deno task notebooks ${id} && deno task readme\n` +
      `  deno task ok\n`,
  );
}

/** Names of the template's files below a folder, without their last ending. */
async function filesBelow(folder: URL): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      const below = await filesBelow(new URL(`${name}/`, folder));
      found.push(...below.map((file) => `${name}/${file}`));
    } else found.push(name.replace(/\.txt$/, ""));
  }
  return found.sort();
}

/** Goldens of both profiles, the notebook's outputs, README's table: what the tests ask of every paper. */
async function firstResults(id: string, context: CommandContext): Promise<void> {
  const { DEFAULT_TOLERANCE, makeGolden, reproduce, writeGolden } = await import("../../results/mod.ts");
  const { executeNotebook, hasJupyter, INSTALL_JUPYTER, writeNotebook } = await import(
    "../../notebook/mod.ts"
  );
  const { places, ROOT } = await import("../../paper/mod.ts");
  const { printOut } = await import("../print.ts");
  const { writeReadme } = await import("./readme.ts");
  for (const [profile, executor] of [["smoke", "wasm"], ["laptop", "native"]] as const) {
    const { evaluation } = await reproduce(id, { profile, executor, write: false, arguments: context.args });
    await writeGolden(places(), await makeGolden(evaluation, DEFAULT_TOLERANCE));
    printOut(`fixtures/${id}/${profile}.json\n`);
  }
  const path = `${ROOT}notebooks/${id}.ipynb`;
  if (await hasJupyter()) await writeNotebook(path, await executeNotebook(path));
  else printOut(`The notebook has no outputs yet: ${INSTALL_JUPYTER}, then run deno task notebooks ${id}\n`);
  await writeReadme();
}
