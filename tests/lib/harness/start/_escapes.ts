/** Ways out of a process with few permissions; each gives whether it worked. */
import process from "node:process";

/** Where the ways lead: a folder that must stay empty, a server that must stay silent, a secret. */
export interface Outside {
  readonly folder: string;
  readonly url: string;
  readonly secret: string;
}

type Way = (outside: Outside) => unknown;

const run = (program: string, ...args: string[]) => new Deno.Command(program, { args }).outputSync().success;

/** Starts what the command may start with something else in mind: other arguments, another environment. */
function launch({ folder }: Outside): boolean {
  const launcher = Deno.env.get("REFIGURE_LAUNCHER")!;
  const touch = `touch ${folder}/launched`;
  new Deno.Command(launcher, {
    args: ["graph", `$(${touch}); ${touch} --allow-all`, "--allow-all", `; ${touch}`],
    clearEnv: true,
    env: {
      ...{ PS4: `$(${touch})`, SHELLOPTS: "xtrace", ENV: `$(${touch})`, BASH_ENV: `$(${touch})` },
      ...{ "BASH_FUNC_exec%%": `() { ${touch}; }`, PATH: folder, DENO_DIR: folder, IFS: "/" },
    },
  }).outputSync();
  return false; // what it did shows in the folder
}

/** The ways, by name. */
export const WAYS: Readonly<Record<string, Way>> = {
  eval: ({ folder }) => run(Deno.execPath(), "eval", `Deno.writeTextFileSync("${folder}/eval", "")`),
  deno: ({ folder }) => run("deno", "eval", `Deno.writeTextFileSync("${folder}/deno", "")`),
  git: ({ folder }) => run("git", "-c", `alias.x=!touch ${folder}/git`, "x"),
  shell: ({ folder }) => run("/bin/sh", "-c", `touch ${folder}/shell`),
  launch,
  launcherText: () => {
    Deno.writeTextFileSync(Deno.env.get("REFIGURE_LAUNCHER")!, "#!/bin/sh\n");
    return true;
  },
  write: ({ folder }) => Deno.writeTextFileSync(`${folder}/write`, "") ?? true,
  writeCode: () => Deno.writeTextFileSync("lib/escaped.ts", "") ?? true,
  link: ({ folder }) => Deno.symlinkSync("/etc", `${folder}/link`) ?? true,
  read: ({ folder }) => Deno.readDirSync(`${folder}/..`)[Symbol.iterator]().next() !== undefined,
  proc: () => Deno.readTextFileSync(`/proc/${Deno.ppid}/environ`) !== "",
  environment: ({ secret }) => {
    return (Deno.env.get("SECRET_TOKEN") ?? process.env.SECRET_TOKEN) === secret;
  },
  wholeEnvironment: ({ secret }) => Deno.env.toObject().SECRET_TOKEN === secret,
  fetch: async ({ url }) => (await fetch(url)).ok,
  connect: async ({ url }) => {
    const { hostname, port } = new URL(url);
    (await Deno.connect({ hostname, port: Number(port) })).close();
    return true;
  },
  importRemote: async ({ url }) => await import(`${url}module.ts`) !== undefined,
  listen: () => Deno.listen({ port: 0 }).close() ?? true,
  library: () => Deno.dlopen("libc.so.6", {}).close() ?? true,
  addon: () => process.dlopen({ exports: {} }, "/lib/x86_64-linux-gnu/libc.so.6") ?? true,
  kill: () => Deno.kill(Deno.ppid, "SIGCONT") ?? true,
  thread: ({ folder }) => {
    const code = `Deno.writeTextFileSync("${folder}/thread", "")`;
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
    worker.onerror = (event) => event.preventDefault();
    return false; // what it did shows in the folder
  },
  ask: async () => (await Deno.permissions.request({ name: "run" })).state === "granted",
};

/** The names of the ways that worked. */
export async function escapes(outside: Outside): Promise<string[]> {
  const worked: string[] = [];
  for (const [name, way] of Object.entries(WAYS)) {
    try {
      if (await way(outside)) worked.push(name);
    } catch {
      // It did not work.
    }
  }
  return worked;
}
