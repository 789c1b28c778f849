import type { Command } from "commander";
import type { Trace } from "../../results/mod.ts";

/** `trace FILE`. */
export function registerTrace(program: Command): void {
  program.command("trace")
    .description("follow a figure back to its jobs, data and code")
    .argument("<file>", "a figure that this project made: .svg, .png or .vl.json")
    .option("--all", "list every job, not only the first")
    .option("--json", "print JSON, and nothing else, on standard output")
    .addHelpText("after", "\nExample:\n  deno task trace out/laptop/2305.18593/figure-1.svg")
    .action(run);
}

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
}

async function run(file: string, { all = false, json = false }: Options): Promise<void> {
  const { traceFigure } = await import("../../results/mod.ts");
  const { places } = await import("../../paper/mod.ts");
  const { printOut } = await import("../print.ts");
  const trace = await traceFigure(file, places());
  if (!json) return printOut(await text(trace, all));
  const { provenance, artefact, source, searched, command } = trace;
  const results = source &&
    { ...source.golden.provenance, path: source.path, jobs: source.records, data: source.data };
  printOut(`${JSON.stringify({ ...provenance, location: artefact.location, results, searched, command })}\n`);
}

/** Jobs shown, unless all are asked for. */
const SHOWN = 10;

async function text(
  { provenance, paper, artefact, source, searched, command }: Trace,
  all: boolean,
): Promise<string> {
  const { columns } = await import("../print.ts");
  const { experimentOf, labeller } = await import("../../paper/mod.ts");
  const { coresText } = await import("../../run/mod.ts");
  const { shortName: short } = await import("../../../project/mod.ts");
  const { commit, profile, seeds, standIns, digests } = provenance;
  const figure = columns([
    ["figure", `${artefact.location}: ${artefact.title}`],
    ["paper", `${paper.id}: ${paper.title}`],
    ["made by", `reproductions/${paper.id}, profile ${profile}, seeds ${seeds.join(", ")}`],
    ["code", commit === null ? "unknown" : commit.endsWith("+") ? `${commit} (with changes)` : commit],
    ...(standIns.length > 0 ? [["stand-ins", standIns.join(", ")]] : []),
    ...Object.entries(digests).map(([experiment, digest]) => ["results", `${experiment} ${digest}`]),
  ]);
  if (source === null) {
    return `${figure}\nNo results with these digests are here (looked in ${
      searched.map(short).join(" and ")
    }).\n` +
      `To make it again: ${command}\n`;
  }
  const { path, golden: { executor, provenance: run }, records, data } = source;
  const label = labeller(paper, source.golden.plan);
  const shown = all ? records : records.slice(0, SHOWN);
  const modules = [...new Set(records.map(({ job }) => short(experimentOf(paper, job).module)))];
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return `${figure}
${
    columns([
      ["results in", short(path)],
      [
        "run",
        `${run.finished.slice(0, 16)}, executor ${executor}, ${run.machine.cpu} (${coresText(run.machine)})`,
      ],
      ["versions", versions],
      ["experiments", modules.join(", ")],
    ])
  }
${records.length} jobs:
${shown.map(({ job, seconds }) => `  ${label(job)} (${seconds.toFixed(1)} s)\n`).join("")}${
    shown.length < records.length ? `  and ${records.length - shown.length} more (--all)\n` : ""
  }
${data.length === 0 ? "No data sets are read.\n" : "Data (source, SHA-256):\n"}${
    columns(data.map(({ name, source, digest }) => [`  ${name}`, source, digest]))
  }
To make it again: ${command}
`;
}
