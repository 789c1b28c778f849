import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { type CommandResult, refigure, startRefigure } from "../_helpers.ts";

/** Papers made for these tests. */
export const PAPERS = `${PROJECT}tests/lib/harness/slurm/_papers`;

const SCRIPT = `${PROJECT}tests/lib/harness/slurm/start-slurm.sh`;
const PROGRAMS = ["slurmctld", "slurmd", "munged", "sbatch", "squeue", "scancel"];

/** Output of a program; it must succeed. */
async function output(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const path = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`;
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { ...env, PATH: path },
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout).trim();
}

/** A real Slurm of two nodes on this machine, for one test file. */
export class Cluster {
  private constructor(readonly folder: string, readonly env: Readonly<Record<string, string>>) {}

  /** Starts it, or says why that is not possible here. */
  static async start(): Promise<Cluster | string> {
    const found = await new Deno.Command("/bin/sh", {
      args: [
        "-c",
        `PATH="$PATH:/usr/sbin:/sbin"; for p in ${PROGRAMS.join(" ")}; do command -v $p || echo no $p; done`,
      ],
    }).output();
    const missing = new TextDecoder().decode(found.stdout).match(/(?<=^no ).*$/gm);
    if (missing) return `${missing.join(", ")} not installed: apt-get install slurm-wlm munge`;
    const folder = await Deno.makeTempDir({ prefix: "slurm." });
    try {
      const text = await output("/bin/bash", [SCRIPT, folder]);
      return new Cluster(folder, { SLURM_CONF: text.match(/SLURM_CONF=(\S+)/)![1] });
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      return `Slurm does not start here: ${(error as Error).message.trim().split("\n").at(-1)}`;
    }
  }

  /** Runs one of Slurm's programs. */
  command(program: string, ...args: readonly string[]): Promise<string> {
    return output(program, args, this.env);
  }

  /** Starts the command line on the cluster's login node, which is this machine. */
  launch(folder: string, ...args: readonly string[]): Deno.ChildProcess {
    return startRefigure({ args, folder, papers: PAPERS, env: this.env });
  }

  /** Runs the command line there to its end. */
  run(folder: string, ...args: readonly string[]): Promise<CommandResult> {
    return refigure({ args, folder, papers: PAPERS, env: this.env });
  }

  /** Kills the daemon of a node, as a crash of the node does; what it runs goes on. */
  async killNode(node: string): Promise<void> {
    const pid = Number(await Deno.readTextFile(`${this.folder}/slurmd-${node}.pid`));
    Deno.kill(pid, "SIGKILL");
  }

  /** Starts what was killed again. */
  async mend(): Promise<void> {
    await output("/bin/bash", [SCRIPT, this.folder]);
  }

  /** Ends all its daemons. Not a promise, as it is called when the test file is unloaded. */
  disposeSync(): void {
    new Deno.Command("/bin/bash", { args: [SCRIPT, "stop", this.folder], stderr: "null" }).outputSync();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Waits until something is there. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    const found = await look().catch(() => null); // e.g. a folder that is yet to be made
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`There was no ${what} within a minute`);
}

/** All events of all submissions below an output folder, with the element's path. */
export async function eventsBelow(
  folder: string,
): Promise<{ readonly type: string; readonly from: string }[]> {
  const found = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await eventsBelow(path));
    else if (name.endsWith(".jsonl")) {
      const lines = (await Deno.readTextFile(path)).split("\n").slice(0, -1);
      found.push(...lines.map((line) => ({ ...JSON.parse(line), from: path })));
    }
  }
  return found;
}

/** The processes below a process, by what `ps` says. */
export async function below(pid: number): Promise<{ readonly pid: number; readonly command: string }[]> {
  const lines = (await output("ps", ["-e", "-o", "pid=,ppid=,args="])).split("\n");
  const all = lines.map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+(.*)$/)!).map((
    [, pid, parent, command],
  ) => ({
    pid: Number(pid),
    parent: Number(parent),
    command,
  }));
  const found = all.filter(({ parent }) => parent === pid);
  return [...found, ...(await Promise.all(found.map(({ pid }) => below(pid)))).flat()];
}

/** The process that started a process. */
export async function parentOf(pid: number): Promise<number> {
  return Number(await output("ps", ["-o", "ppid=", "-p", `${pid}`]));
}

/** The processes whose command line holds all these texts. */
export async function processes(...texts: readonly string[]): Promise<number[]> {
  const lines = (await output("ps", ["-e", "-o", "pid=,args="])).split("\n");
  return lines.filter((line) => texts.every((text) => line.includes(text))).map((line) => parseInt(line));
}
