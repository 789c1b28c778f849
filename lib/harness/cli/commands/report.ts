import { type Command, InvalidArgumentError } from "commander";
import { profileOption } from "./_options.ts";
import type { ProfileName } from "../../paper/mod.ts";

interface Options {
  readonly profile?: ProfileName;
  readonly own: boolean;
  readonly open?: boolean;
  readonly port: number;
}

/** `report`. */
export function registerReport(program: Command): void {
  program.command("report")
    .description("build the report: one static site with every figure, table, claim and run record")
    .addOption(profileOption())
    .option("--no-own", "leave out results of your own runs (out/<profile>/<paper>)")
    .option("--open", "serve it to this machine's browsers until Ctrl-C")
    .option("--port <number>", "port for --open (default: any that is free)", port, 0)
    .addHelpText(
      "after",
      `
The site lies in out/report; open out/report/index.html, or copy the folder to any web server. Without --profile it shows
the laptop results of a paper or, where there are none, those of smoke; results of your own runs have pages of their own.`,
    )
    .action(run);
}

function port(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new InvalidArgumentError("It must be an integer from 0 to 65535.");
}

async function run({ profile, own, open = false, port }: Options): Promise<void> {
  const { buildReport, serveFolder } = await import("../../report/mod.ts");
  const { places } = await import("../../paper/mod.ts");
  const { printError, printOut } = await import("../print.ts");
  const report = await buildReport(places(), { profile, own });
  const { folder, papers, files } = report;
  for (const problem of report.problems) printError(`Left out: ${problem}\n`);
  const made = papers.filter(({ results }) => results !== null).length;
  const yours = report.own.length > 0 ? `, ${report.own.length} with your own results` : "";
  printOut(`${made} of ${papers.length} papers${yours}, ${files.length} files: ${folder}/index.html\n`);
  if (!open) return;
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  const server = serveFolder(folder, { port, signal: stop.signal });
  printOut(`http://127.0.0.1:${server.addr.port}/ (Ctrl-C ends it)\n`);
  await server.finished;
}
