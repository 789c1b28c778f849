import type { Command } from "commander";
import type { DataSet, Resolved } from "../../../data/mod.ts";
import type { CommandContext } from "./_types.ts";

/** `data list|fetch|where`. */
export function registerData(program: Command, context: CommandContext): void {
  const data = program.command("data")
    .description("find and download data sets")
    .addHelpText(
      "after",
      `
Data is looked for in the folders of REFIGURE_DATA, then in the folder data of this project, where downloads go.
A name is that of a data set (adbench/6_cardio) or of a collection (adbench).

Examples:
  deno task data list
  deno task data fetch adbench/6_cardio
  deno task data where adbench`,
    );
  const names = ["[name...]", "data sets or collections (default: all)"] as const;
  data.command("list", { isDefault: true })
    .description("list data sets with licence and what is here of them")
    .argument(...names).option("--json", "print JSON").action(list);
  data.command("fetch")
    .description("download what is missing, and verify it")
    .argument("<name...>", "data sets or collections")
    .action((wanted: string[]) => fetchAll(wanted, context));
  data.command("where")
    .description("print where data is looked for, and what is missing")
    .argument(...names).action(where);
}

/** The data sets that names mean; all if there is none. */
async function choose(names: readonly string[]): Promise<readonly DataSet[]> {
  const { dataSets, findDataSet } = await import("../../../data/mod.ts");
  const { UsageError } = await import("../../paper/mod.ts");
  if (names.length === 0) return dataSets;
  return names.flatMap((name) => {
    const collection = dataSets.filter((dataSet) => dataSet.name.startsWith(`${name}/`));
    if (collection.length > 0) return collection;
    try {
      return [findDataSet(name)];
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(error.message);
      throw error;
    }
  });
}

async function resolveAll(names: readonly string[]): Promise<readonly (readonly [DataSet, Resolved])[]> {
  const { resolveDataSet } = await import("../../../data/mod.ts");
  return await Promise.all(
    (await choose(names)).map(async (dataSet) =>
      [dataSet, await resolveDataSet(dataSet.name, "real")] as const
    ),
  );
}

function state({ source, downloadable }: Resolved): string {
  return source === "missing" && downloadable ? "missing, can be downloaded" : source;
}

async function list(names: string[], options: { readonly json?: boolean }): Promise<void> {
  const { columns, printOut } = await import("../print.ts");
  const found = await resolveAll(names);
  const bytes = ({ files }: DataSet) => files.reduce((sum, file) => sum + file.bytes, 0);
  if (options.json) {
    const rows = found.map(([{ name, title, licence, files }, { source, downloadable }]) => {
      return { name, title, licence, source, downloadable, files };
    });
    printOut(`${JSON.stringify(rows)}\n`);
    return;
  }
  printOut(columns(found.map(([dataSet, resolved]) => [
    dataSet.name,
    size(bytes(dataSet)),
    state(resolved),
    dataSet.licence,
  ])));
}

async function where(names: string[]): Promise<void> {
  const { dataRoots } = await import("../../../data/mod.ts");
  const { columns, printOut } = await import("../print.ts");
  const found = await resolveAll(names);
  const there = await Promise.all(
    dataRoots().map(async (root) => {
      // Why it cannot be read, `deno task doctor` says.
      const found = await Deno.stat(root).catch(() => null);
      return found?.isDirectory ? root : `${root} (not there)`;
    }),
  );
  printOut(`Looked for in: ${there.join(", ")}\n`);
  printOut(columns(found.map(([{ name }, resolved]) => [name, state(resolved)])));
}

async function fetchAll(names: readonly string[], context: CommandContext): Promise<void> {
  const { downloadDataSet } = await import("../../../data/mod.ts");
  const { chooseProgress } = await import("../choose_progress.ts");
  const { Interrupted } = await import("../../paper/mod.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { printError, printOut } = await import("../print.ts");
  const found = await resolveAll(names);
  await interruptible(async (signal) => {
    for (const [{ name }, { source }] of found) {
      if (source !== "missing") {
        printOut(`${name}: here (${source})\n`);
        continue;
      }
      const progress = chooseProgress();
      try {
        const paths = await downloadDataSet(name, {
          signal,
          onProgress: ({ receivedBytes, totalBytes }) => progress.download(name, receivedBytes, totalBytes),
        });
        progress.stop();
        printOut(`${name}: ${paths.join(", ")}\n`);
      } catch (error) {
        progress.stop();
        if (signal.aborted) throw new Interrupted("Interrupted; what was received is kept");
        printError(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        context.setExitCode(1);
      }
    }
  });
}

/** `2.9 MB`, `14 kB`. */
function size(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
