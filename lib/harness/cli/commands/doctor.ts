import type { Command } from "commander";

/** One finding. */
interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** `doctor`. */
export function registerDoctor(program: Command): void {
  program.command("doctor")
    .description("say what this machine has: executors, data, Jupyter, Slurm")
    .option("--json", "print JSON")
    .action((options: { readonly json?: boolean }) => run(options.json ?? false));
}

async function run(json: boolean): Promise<void> {
  const { columns, printOut } = await import("../print.ts");
  const findings = [
    ...await system(),
    ...await executors(),
    ...await data(),
    ...await programs(),
    await cluster(),
  ];
  printOut(
    json
      ? `${JSON.stringify(findings)}\n`
      : columns(findings.map(({ what, ok, detail }) => [ok ? "yes" : "no", what, detail])),
  );
}

async function system(): Promise<Finding[]> {
  const { inspectCheckout } = await import("../../results/mod.ts");
  const { places } = await import("../../paper/mod.ts");
  const { machine, mayWrite } = await import("../../run/mod.ts");
  const { cpu, cores, memoryGiB, os, arch } = machine();
  const { commit, dirty, problem: unread } = await inspectCheckout();
  const { out } = places();
  const problem = await mayWrite(out);
  return [
    { what: "machine", ok: true, detail: `${os} ${arch}, ${cpu}, ${cores} cores, ${memoryGiB} GiB` },
    {
      what: "deno",
      ok: Deno.version.deno.startsWith("2.9."),
      detail: `${Deno.version.deno} (2.9.x is wanted)`,
    },
    {
      what: "git checkout",
      ok: unread === undefined,
      detail: unread ?? `${commit!.slice(0, 10)}${dirty ? ", changed" : ""}`,
    },
    { what: "output folder", ok: problem === null, detail: problem ?? out },
  ];
}

async function executors(): Promise<Finding[]> {
  const { probeExecutors } = await import("../../../compile/mod.ts");
  return (await probeExecutors()).map(({ executor, title, works, versions, reason }) => {
    const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
    return {
      what: `executor ${executor}`,
      ok: works,
      detail: `${title}${works ? `; ${packages}` : `: ${reason}`}`,
    };
  });
}

/** Why a folder cannot be looked into, or `null`. */
async function folderProblem(folder: string): Promise<string | null> {
  const { readError } = await import("../../run/mod.ts");
  try {
    for await (const _ of Deno.readDir(folder)) break;
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "does not exist";
    if (error instanceof Deno.errors.NotADirectory) return "is no folder";
    const explained = readError(folder, error);
    return explained instanceof Error ? explained.message : String(explained);
  }
}

async function data(): Promise<Finding[]> {
  const { dataRoots, dataSets, resolveDataSet } = await import("../../../data/mod.ts");
  const roots = await Promise.all(
    dataRoots().map(async (root) => {
      const problem = await folderProblem(root);
      return { what: `data folder ${root}`, ok: problem === null, detail: problem ?? "" };
    }),
  );
  const resolved = await Promise.all(dataSets.map(({ name }) => resolveDataSet(name, "real")));
  const missing = resolved.filter(({ source }) => source === "missing").length;
  const detail = `${resolved.length - missing} of ${resolved.length} are here` +
    (missing > 0 ? "; `deno task reproduce` downloads what it needs" : "");
  return [...roots, { what: "data sets", ok: missing === 0, detail }];
}

/** Programs on the PATH; they are found, not run. */
async function programs(): Promise<Finding[]> {
  const { delimiter } = await import("node:path");
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  // `lab` opens the first of the two that is there.
  const wanted = [
    { what: "to open notebooks", programs: ["jupyter-lab", "jupyter-notebook"] },
    { what: "to execute notebooks", programs: ["jupyter-nbconvert"] },
  ];
  return await Promise.all(
    wanted.map(async ({ what, programs }) => {
      for (const path of programs.flatMap((program) => folders.map((folder) => `${folder}/${program}`))) {
        if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) {
          return { what, ok: true, detail: path };
        }
      }
      return { what, ok: false, detail: `${programs.join(" or ")} is not on the PATH: install Jupyter` };
    }),
  );
}

/** Slurm is asked, not only found: its controller may be away. */
async function cluster(): Promise<Finding> {
  const { inspectSlurm } = await import("../../slurm/mod.ts");
  return { what: "slurm", ...await inspectSlurm() };
}
