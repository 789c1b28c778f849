/**
 * Runs all tests, `deno task test`: those of the test files, and the examples of the documentation.
 *
 * Deno gives each file and each example an isolate of its own, which costs half a second of processor time
 * and 80 MB before its first import, and loads the engines anew. Most take less than that. So what is short
 * shares isolates here, dozens in each; what is long keeps its own, and begins first. A failure names the
 * file and the line that it comes from.
 *
 * With arguments, files or options of `deno test`, it is `deno test` with the permissions of all tests.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { examplesOf } from "./_examples.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const FLAGS = [
  ...["--no-check", "--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-run"],
  ...["--allow-ffi=node_modules", "--allow-net=127.0.0.1,localhost"],
];

/**
 * Has the C library ask for large pages, where Linux gives them to who asks: a fifth less processor time for
 * whatever loads the engines, as page faults are most of what the system does for it.
 */
const LARGE_PAGES = { GLIBC_TUNABLES: Deno.env.get("GLIBC_TUNABLES") ?? "glibc.malloc.hugetlb=1" };

/** Beginnings of the paths of test files that take 20 seconds or more, the longest first. */
const LONGEST = [
  "lib/harness/slurm/cluster",
  ...["2305.18593", "2310.01647", "2211.06489", "2306.11941"].map((id) => `reproductions/${id}/golden`),
  "lib/harness/report/report",
  "lib/harness/cli/new",
  "lib/harness/run/failures",
  ...["2211.15420", "2311.03096", "2310.02505"].map((id) => `reproductions/${id}/golden`),
  "lib/harness/start/",
  "reproductions/2212.05596/claims",
  ...["2311.04293", "2309.03139", "2212.05596"].map((id) => `reproductions/${id}/golden`),
  "bench/main",
  "lib/harness/notebook/interrupt",
  "published",
  "lib/harness/results/reproduce",
  "lib/data/generators/nbody",
];

/** The same of those that take five seconds or more: fillers at the end. */
const LONG = [
  "lib/harness/results/compare",
  "lib/harness/results/decide",
  "lib/harness/results/audit",
  "bench/",
  "lib/harness/notebook/",
  "lib/harness/run/checkpoints",
  "lib/harness/run/recompute",
  "lib/harness/browser",
  "lib/harness/cli/",
  "reproductions/2305.18593/ablations",
  "lib/models/",
  "lib/compile/webgpu",
  "lib/data/generators/solar",
  "lib/compile/programs",
  "lib/harness/run/pool",
  "reproductions/2306.11941/control",
  "reproductions/2306.11941/experiments",
  "lib/harness/slurm/",
  "lib/checkpoints/methods",
  "api",
  "lib/compile/memory",
];

/** One more than there are cores: some tests mostly wait, for Slurm, a kernel or a browser. */
const AT_ONCE = { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? `${navigator.hardwareConcurrency + 1}` };

/** What a file does that changes numbers for its whole isolate: it has one to itself. */
const CHANGES_ALL = /_float64\.ts"|\bregisterBackend\(/;

/** Test files or examples that share an isolate. */
const SHARED = 24;

/** Files of a folder and below by their paths in the checkout, sorted. */
function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}

/** Code as it means the same elsewhere: what it imports by relative paths is named in full. */
function placed(text: string, home: URL): string {
  return text.replace(
    /\b(from|import)(\s*\(?\s*)"(\.{1,2}\/[^"]+)"/g,
    (_, word, space, path) => `${word}${space}"${new URL(path, home).href}"`,
  );
}

function pieces<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / SHARED);
  return Array.from({ length: count }, (_, i) => items.slice(SHARED * i, SHARED * (i + 1)));
}

/**
 * What Deno is to run: the files with an isolate of their own, and a module for each of the others.
 *
 * @param folder Where these modules are written.
 */
function modulesToRun(folder: string): string[] {
  const write = (name: string, text: string) => {
    Deno.writeTextFileSync(`${folder}/${name}.ts`, text);
    return `${folder}/${name}.ts`;
  };
  const files = filesBelow("tests").filter((path) => path.endsWith("_test.ts"));
  const startingWith = (starts: readonly string[]) => [
    ...new Set(starts.flatMap((start) => files.filter((path) => path.startsWith(`tests/${start}`)))),
  ];
  const [longest, long] = [startingWith(LONGEST), startingWith(LONG)];
  const alone = files.filter((path) => CHANGES_ALL.test(Deno.readTextFileSync(`${ROOT}${path}`)));
  const others = files.filter((path) => ![...longest, ...long, ...alone].includes(path));
  const short = pieces(others).map((paths, index) => {
    const imports = paths.map((path) => `import ${JSON.stringify(`file://${ROOT}${path}`)};\n`);
    return write(`files_${index + 1}`, imports.join(""));
  });
  const documented = ["mod.ts", "README.md", ...filesBelow("docs"), ...filesBelow("lib")];
  const examples = documented.filter((path) => /\.(md|ts)$/.test(path))
    .flatMap((path) => examplesOf(path, Deno.readTextFileSync(`${ROOT}${path}`)));
  const documentation = pieces(examples).map((some, index) => {
    const tests = some.map(({ name, text }) => {
      const module = name.replaceAll(/[/:]/g, "_");
      write(module, placed(text, new URL(name, `file://${ROOT}`)));
      return `Deno.test(${JSON.stringify(name)}, () => import("./${module}.ts"));\n`;
    });
    return write(`examples_${index + 1}`, tests.join(""));
  });
  return [...new Set([...longest, ...short, ...documentation, ...long, ...alone])];
}

/** Runs them in a folder that is there for the while. */
async function main(args: readonly string[]): Promise<number> {
  const test = async (...more: readonly string[]) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", ...FLAGS, ...more],
      cwd: ROOT,
      env: { ...LARGE_PAGES, ...AT_ONCE },
    }).spawn();
    return (await child.status).code;
  };
  if (args.length > 0) return await test("--doc", ...args);
  Deno.mkdirSync(`${ROOT}out`, { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: `${ROOT}out`, prefix: "tests-" });
  // Ctrl-C is for the tests, which tell what they have done; then the folder goes.
  Deno.addSignalListener("SIGINT", () => {});
  try {
    return await test("--parallel", ...modulesToRun(folder));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.exit(await main(Deno.args));
