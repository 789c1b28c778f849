/**
 * What each command may do. Nothing here or in what it imports comes from a package or a paper: `main.ts`
 * beside it, which may start any program, runs this code and no other.
 */
import { dirname, relative, resolve } from "node:path";
// deno-lint-ignore refigure/through-doors -- the doors load packages
import { dataRoots, downloadRoot } from "../../data/roots.ts";
// deno-lint-ignore refigure/through-doors -- the doors load packages
import { places, PROJECT } from "../paper/places.ts";
import { libraryFolder, NOTHING_REMOTE } from "../../project/mod.ts";

/** Permissions of a process, as lists of names. */
export interface Grants {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly net: readonly string[];
  /** Programs by path or by name. */
  readonly run: readonly string[];
  /** Whether native code of the installed packages may be loaded. */
  readonly native: boolean;
  /** Whether all environment variables may be read, not only {@link VARIABLES}. */
  readonly wholeEnvironment: boolean;
}

/** What a command is started with. */
export interface Start {
  /** Its arguments. */
  readonly args: readonly string[];
  /** Where the packages really are: `node_modules` may be a link. */
  readonly modules: string;
  /** Folders of the git repository that lie outside the checkout. */
  readonly repository: readonly string[];
  /** The script that starts workers. */
  readonly launcher: string;
  /** Path of a program on the PATH, if it is there. */
  readonly find: (program: string) => string | undefined;
}

/** Environment variables that commands and workers may read; `*` stands for any ending. */
export const VARIABLES: readonly string[] = [
  ...["PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_*", "TERM", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "CI"],
  ...[
    "REFIGURE_*",
    "DENO_*",
    "JSR_URL",
    "NPM_CONFIG_REGISTRY",
    "XDG_*",
    "INIT_CWD",
    "NODE_ENV",
    "NODE_DEBUG",
  ],
  ...["CUDA_*", "NVIDIA_*", "VK_*", "MESA_*", "LIBGL_*", "DISPLAY", "WAYLAND_DISPLAY"],
  ...["OMP_*", "ORT_*", "MKL_*", "OPENBLAS_*", "SLURM_*"],
  ...["CC", "CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "SDKROOT", "DEVELOPER_DIR"],
];

/** What may be asked of the operating system. */
const SYSTEM = [
  "cpus",
  "systemMemoryInfo",
  "hostname",
  "osRelease",
  "uid",
  "gid",
  "homedir",
  "networkInterfaces",
  "statfs",
];

/** Hosts of the data sets. */
export const DATA_HOSTS: readonly string[] = [
  ...["github.com", "raw.githubusercontent.com", "www.cs.toronto.edu", "ndownloader.figshare.com"],
  "s3-eu-west-1.amazonaws.com",
];

/** Programs of Jupyter. */
const JUPYTER = ["jupyter-lab", "jupyter-notebook", "jupyter-nbconvert"];

/** Programs of Slurm. */
const SLURM = ["sbatch", "squeue", "sacct", "scancel", "sinfo"];

/** C compilers, in the order in which the executor `c` looks for them, besides the one that `CC` names. */
const COMPILERS = ["cc", "gcc", "clang"];

/** Commands that run programs on the executor they are told. */
const ON_EXECUTORS = ["reproduce", "verify", "work"];

/** Whether a command compiles programs by way of C. */
export function usesCompiler(args: readonly string[]): boolean {
  const [command = ""] = args;
  const executor = valueOf(args, "--executor") ?? valueOf(args, "-e") ??
    args.findLast((arg) => /^-e./.test(arg))?.slice(2);
  return command === "doctor" || ON_EXECUTORS.includes(command) && executor === "c";
}

/**
 * What the executor `c` needs besides: it starts the compiler, keeps what that builds, and loads it. A
 * compiler can be told to do anything, and what it builds may do so: these grants confine nobody.
 */
export function withCompiler(grants: Grants, { modules, find }: Pick<Start, "modules" | "find">): Grants {
  const named = Deno.env.get("CC") ?? "";
  // A path counts as it is: where nothing is there, the engine says so.
  const path = named.includes("/") ? [resolve(named)] : [];
  const compilers = [...path, ...[named, ...COMPILERS].flatMap((name) => name && find(name) || [])];
  const built = [`${PROJECT}node_modules`, modules].map((folder) => `${folder}/.cache/refigure-c`);
  return { ...grants, run: [...grants.run, ...compilers], write: [...grants.write, ...built] };
}

/** What the command of these arguments may do; one that is not known may only read the checkout. */
export function grantsFor(start: Start): Grants {
  const grants = grantsOf(start);
  return usesCompiler(start.args) ? withCompiler(grants, start) : grants;
}

function grantsOf(start: Start): Grants {
  const { args, modules, repository, launcher, find } = start;
  const [command = ""] = args;
  const has = (option: string) => args.some((arg) => arg === option || arg.startsWith(`${option}=`));
  const found = (programs: readonly string[]) => programs.flatMap((program) => find(program) ?? []);
  const { papers, fixtures, out } = places({ out: valueOf(args, "--out") });
  const roots = dataRoots();
  const downloads = { write: [downloadRoot()], net: DATA_HOSTS };
  const below = (...names: readonly string[]) => names.map((name) => `${PROJECT}${name}`);
  const reads: Grants = {
    read: [PROJECT, libraryFolder() ?? PROJECT, modules, ...repository, papers, fixtures, out, ...roots],
    write: [],
    net: [],
    run: [],
    native: false,
    wholeEnvironment: false,
  };
  const runs: Grants = { ...reads, native: true, run: [launcher] };
  const clusters = valueOf(args, "--on") === "slurm"
    ? { run: [launcher, ...found(SLURM)], wholeEnvironment: true }
    : {};
  const files = () => args.slice(1).filter((arg) => !arg.startsWith("-")).map((arg) => resolve(arg));
  switch (command) {
    case "decide":
      if (has("--dry-run")) return runs;
      return { ...runs, ...clusters, net: downloads.net, write: [out, fixtures, ...downloads.write] };
    case "reproduce":
    case "audit":
      if (has("--dry-run")) return runs;
      return { ...runs, ...clusters, net: downloads.net, write: [out, ...downloads.write] };
    case "verify":
      return { ...runs, ...clusters, net: downloads.net, write: [out, ...downloads.write] };
    case "bless":
      return { ...runs, net: downloads.net, write: [out, fixtures, ...downloads.write] };
    case "work":
      return { ...runs, read: [...runs.read, ...files().slice(0, 1)], write: [out, ...files().slice(0, 1)] };
    case "compare":
      return { ...reads, read: [...reads.read, ...files()], write: [`${out}/compare`] };
    case "trace":
      return { ...reads, read: [...reads.read, ...files(), ...files().map(dirname)] };
    case "report":
      return { ...reads, write: [`${out}/report`], net: has("--open") ? ["127.0.0.1"] : [] };
    case "data":
      return args.slice(1).find((arg) => !arg.startsWith("-")) === "fetch"
        ? { ...reads, ...downloads }
        : reads;
    case "doctor": {
      const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder.startsWith("/"));
      const read = [...reads.read, ...folders];
      return { ...reads, native: true, read, net: DATA_HOSTS, run: found(["sinfo"]) };
    }
    case "readme":
      return { ...reads, native: true, write: [...below("README.md"), fixtures] };
    case "new":
      return {
        ...reads,
        write: [papers, ...below("tests/reproductions", "notebooks")],
      };
    case "notebooks":
    case "lab":
      return { ...reads, run: found(JUPYTER), wholeEnvironment: true, write: [...below("notebooks"), out] };
    default:
      return reads;
  }
}

/**
 * The commands that a command line stands for, one after the other, each with its own permissions: where a
 * paper's code runs nothing may be started, and where Jupyter is started no paper's code runs.
 *
 * @param jupyter Whether notebooks can be executed here.
 */
export function stagesOf(args: readonly string[], jupyter: boolean): readonly (readonly string[])[] {
  const id = args.find((arg) => /^\d{4}\.\d{4,5}$/.test(arg));
  if (args[0] !== "new" || id === undefined || args.includes("--help") || args.includes("-h")) return [args];
  const blessed = ["smoke", "laptop"].map((profile) => ["bless", id, "--profile", profile]);
  return [args, ...blessed, ...jupyter ? [["notebooks", id]] : [], ["readme"]];
}

/** What a worker process may do: it reads data and loads native libraries; it writes nothing. */
export function workerGrants(modules: string): Grants {
  return {
    ...grantsFor({ args: [], modules, repository: [], launcher: "", find: () => undefined }),
    native: true,
  };
}

/**
 * Flags of `deno run` for these permissions. Nothing is asked for or fetched while it runs: no prompt, no
 * remote module.
 *
 * @param modules Where the packages really are.
 * @throws {RangeError} If a path outside the current folder holds a comma, at which Deno would split it.
 */
export function denoFlags(grants: Grants, modules: string): string[] {
  const path = (path: string) => {
    const inside = relative(Deno.cwd(), path);
    const shown = inside === "" ? "." : inside.startsWith("../") || inside === ".." ? path : `./${inside}`;
    if (!shown.includes(",")) return shown;
    throw new RangeError(
      `Cannot use ${path} as Deno splits lists of paths at commas: rename the folder`,
    );
  };
  const list = (kind: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`--allow-${kind}=${[...new Set(values)].join(",")}`];
  return [
    "--no-prompt",
    NOTHING_REMOTE,
    ...list("read", grants.read.map(path)),
    ...list("write", grants.write.map(path)),
    ...list("net", grants.net),
    ...list("run", grants.run.map((program) => program.startsWith("/") ? path(program) : program)),
    ...grants.wholeEnvironment ? ["--allow-env"] : [...list("env", VARIABLES), "--ignore-env"],
    ...list("sys", SYSTEM),
    ...grants.native ? list("ffi", [path(`${PROJECT}node_modules`), path(modules)]) : [],
  ];
}

/** The value of an option, written `--name value` or `--name=value`; the last counts. */
function valueOf(args: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  args.forEach((arg, i) => {
    if (arg === name) value = args[i + 1];
    else if (arg.startsWith(`${name}=`)) value = arg.slice(name.length + 1);
  });
  return value;
}
