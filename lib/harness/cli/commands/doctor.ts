import type { Command } from "commander";
import type { Finding } from "./_types.ts";

/** `doctor`. */
export function registerDoctor(program: Command): void {
  program.command("doctor")
    .description("say what works on this machine, what does not, and what to do about it")
    .option("--json", "print JSON")
    .action((options: { readonly json?: boolean }) => run(options.json ?? false));
}

async function run(json: boolean): Promise<void> {
  const { columns, printOut } = await import("../print.ts");
  const findings = [
    ...await system(),
    ...await executors(),
    ...await data(),
    await network(),
    ...await programs(),
    await cluster(),
  ];
  printOut(
    json ? `${JSON.stringify(findings)}\n` : columns(
      findings.map(({ what, ok, detail }) => [ok === null ? "?" : ok ? "yes" : "no", what, detail]),
    ),
  );
}

async function system(): Promise<Finding[]> {
  const { inspectCheckout } = await import("../../results/mod.ts");
  const { places } = await import("../../paper/mod.ts");
  const { coresText, machine, mayWrite } = await import("../../run/mod.ts");
  const { platformFinding } = await import("./_platforms.ts");
  const { cpu, cores, memoryGiB, os, arch } = machine();
  const { commit, dirty, problem: unread } = await inspectCheckout();
  const { out } = places();
  const problem = await mayWrite(out), present = Deno.version.deno.startsWith("2.9.");
  return [
    platformFinding({ ...Deno.build, release: Deno.osRelease() }),
    { what: "machine", ok: true, detail: `${os} ${arch}, ${cpu}, ${coresText({ cores })}, ${memoryGiB} GiB` },
    {
      what: "deno",
      ok: present,
      detail: Deno.version.deno +
        (present ? "" : "; 2.9 is wanted: `npx -y deno@2.9.6 task …`, or `npm i -g deno@2.9.6`"),
    },
    {
      what: "git checkout",
      ok: unread === undefined,
      detail: unread ?? `${commit!.slice(0, 10)}${dirty ? ", changed" : ""}`,
    },
    { what: "output folder", ok: problem === null, detail: problem ?? out },
    await disk(out),
  ];
}

/** Room that results and a data set of middle size need, in GiB. */
const ENOUGH_GIB = 2;

async function disk(out: string): Promise<Finding> {
  const { statfsSync } = await import("node:fs");
  const { dirname } = await import("node:path");
  for (let folder = out;; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      const free = bavail * bsize / 2 ** 30, ok = free >= ENOUGH_GIB;
      const advice = ": make room, or name folders on another disk with REFIGURE_OUT and REFIGURE_DATA";
      return { what: "disk", ok, detail: `${free.toFixed(1)} GiB free${ok ? "" : advice}` };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT" && folder !== "/") continue;
      return { what: "disk", ok: null, detail: `unknown, as ${folder} cannot be looked at` };
    }
  }
}

/** How long a host may take to answer. */
const PATIENCE_MS = 3000;

/** Whether the hosts of data sets answer; nothing is downloaded. */
async function network(): Promise<Finding> {
  const { DATA_HOSTS } = await import("../../start/mod.ts");
  const answers = await Promise.all(DATA_HOSTS.map(async (host) => {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const response = await fetch(`https://${host}/`, { method: "HEAD", redirect: "manual", signal });
      await response.body?.cancel();
      return [];
    } catch {
      return [host]; // whatever the reason, its data cannot be had
    }
  }));
  const silent = answers.flat();
  const ok = silent.length === 0;
  const advice =
    "`deno task data list` names the files, which may be copied into a folder of REFIGURE_DATA; " +
    "behind a proxy, set HTTPS_PROXY. The smoke profile needs no network";
  return {
    what: "network",
    ok,
    detail: ok ? "all hosts of data sets answer" : `no answer from ${silent.join(", ")}: ${advice}`,
  };
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

const GIT_IS_MISSING = "only needed to commit: everything runs without, and reads the repository by itself";

/** Programs on the PATH; they are found, not run. */
async function programs(): Promise<Finding[]> {
  const { delimiter } = await import("node:path");
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  // `lab` opens the first of the two that is there.
  const wanted = [
    { what: "git", programs: ["git"], without: GIT_IS_MISSING },
    { what: "to open notebooks", programs: ["jupyter-lab", "jupyter-notebook"] },
    { what: "to execute notebooks", programs: ["jupyter-nbconvert"] },
  ];
  return await Promise.all(
    wanted.map(async ({ what, programs, without = "install Jupyter" }) => {
      for (const path of programs.flatMap((program) => folders.map((folder) => `${folder}/${program}`))) {
        if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) {
          return { what, ok: true, detail: path };
        }
      }
      return { what, ok: false, detail: `${programs.join(" or ")} is not on the PATH: ${without}` };
    }),
  );
}

/** Slurm is asked, not only found: its controller may be away. */
async function cluster(): Promise<Finding> {
  const { inspectSlurm } = await import("../../slurm/mod.ts");
  return { what: "slurm", ...await inspectSlurm() };
}
