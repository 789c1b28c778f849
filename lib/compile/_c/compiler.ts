/** Builds C code with the machine's compiler, and keeps what was built. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { projectFolder } from "../../project/mod.ts";
import functions from "./functions.h" with { type: "text" };
import gemm from "./gemm.h" with { type: "text" };
import prelude from "./prelude.h" with { type: "text" };
import routines from "./runtime.c" with { type: "text" };

const FLAGS = [
  "-std=gnu11",
  "-fPIC",
  "-fopenmp-simd",
  ...Deno.build.arch === "x86_64" ? ["-mprefer-vector-width=512"] : [],
  "-fno-math-errno",
  "-fno-trapping-math",
  "-ffp-contract=fast",
];

/**
 * What the compiler gets of this process's environment: with a variable of the dynamic loader (clusters often
 * set `LD_LIBRARY_PATH`), Deno refuses to start a program that it may run only by name.
 */
const environment = () =>
  Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !/^(LD|DYLD)_/.test(name)));

/** What a program prints, given an input; `undefined` if there is no such program. */
async function run(command: string, args: readonly string[], input = ""): Promise<string | undefined> {
  try {
    const child = new Deno.Command(command, {
      args: [...args],
      clearEnv: true,
      env: environment(),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // Who fails early does not read to the end.
    const fed = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
    const { success, stdout, stderr } = await child.output();
    await fed;
    const decoder = new TextDecoder();
    if (!success) {
      const said = decoder.decode(stderr).split("\n").slice(0, 20).join("\n");
      const headers = /fatal error: '?\w+\.h/.test(said)
        ? "the C library's headers are missing, install them (Debian: libc6-dev): "
        : "";
      throw new Error(headers + said);
    }
    return decoder.decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

interface Found {
  readonly command: string;
  readonly version: string;
  readonly flags: readonly string[];
  /** Digest of what the flags mean here: caches may be shared by machines. */
  readonly target: string;
}

/** How compilers are told to use all that the processor has: not every one takes the first everywhere. */
const NATIVE = [["-march=native"], ["-mcpu=native"], []];

/** The compiler: `CC` if it is set, else the first that is there. */
async function findCompiler(): Promise<Found> {
  const wanted = Deno.env.get("CC");
  for (const command of wanted ? [wanted] : ["cc", "gcc", "clang"]) {
    const version = await run(command, ["--version"]);
    if (version === undefined) continue;
    for (const native of NATIVE) {
      const flags = [...FLAGS, ...native];
      // Prints what is defined for this processor.
      const target = await run(command, [...flags, "-dM", "-E", "-x", "c", "-"]).catch((error) => {
        if (native.length > 0) return undefined;
        throw error;
      });
      if (target !== undefined) {
        // gcc says the name that it was called by, `cc` or another.
        const [first] = version.split("\n"), name = `${basename(command)} `;
        return {
          command,
          version: first.startsWith(name) ? `gcc ${first.slice(name.length)}` : first,
          flags,
          target: sha256(target),
        };
      }
    }
  }
  throw new Error(
    "Cannot load the executor c as no C compiler was found: install gcc or clang (Debian: gcc and libc6-dev)" +
      (wanted ? `, or unset CC: current value is ${wanted}` : ", or name one with CC"),
  );
}

/** Where what was built is kept. */
const folder = `${projectFolder()}node_modules/.cache/refigure-c/`;

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/**
 * Builds a file of the cache, once. Its name ends with its own digest: one that was not written to its end,
 * as the disk was full or the machine went down, is not taken. (A library that is cut off kills who loads
 * it.)
 *
 * @param key What it depends on.
 */
async function built(key: string, ending: string, make: (part: string) => Promise<void>): Promise<string> {
  Deno.mkdirSync(folder, { recursive: true });
  const stem = sha256(key).slice(0, 32);
  const nameOf = (path: string) => `${stem}-${sha256(Deno.readFileSync(path)).slice(0, 32)}${ending}`;
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.startsWith(stem) && name === nameOf(`${folder}${name}`)) return `${folder}${name}`;
  }
  const part = `${folder}part-${crypto.randomUUID().slice(0, 8)}${ending}`;
  try {
    await make(part);
    const path = `${folder}${nameOf(part)}`;
    Deno.renameSync(part, path);
    return path;
  } finally {
    await Deno.remove(part).catch(() => {}); // there only if something failed
  }
}

const RUN = ["buffer", "buffer", "buffer", "usize", "usize", "i64"] as const;
const SYMBOLS = {
  rf_scratch_bytes: { parameters: [], result: "i64" },
  rf_allocate: { parameters: ["i64"], result: "usize" },
  rf_free: { parameters: ["usize"], result: "void" },
  rf_address: { parameters: ["buffer"], result: "usize" },
  run: { parameters: RUN, result: "i32", nonblocking: true },
  /** The same on this thread. */
  runHere: { name: "run", parameters: RUN, result: "i32" },
} as const;

/** What a built program lets be called. */
export type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

/** A compiler with what all programs start with. */
export interface Compiler {
  readonly version: string;
  /** The library of a program, built if it is not kept. */
  build(source: string): Promise<Library>;
  /** The file of a library of its own, built if it is not kept; products and sums round apart. */
  buildRoutines(source: string): Promise<string>;
}

let loaded: Promise<Compiler> | undefined;

/** Finds a compiler (once); what programs share is built with the first of them. */
export function loadCompiler(): Promise<Compiler> {
  return loaded ??= load().catch((error) => {
    loaded = undefined; // it may be installed meanwhile
    throw error;
  });
}

async function load(): Promise<Compiler> {
  const { command, version, flags, target } = await findCompiler();
  const start = `${functions}\n${prelude}\n`, runtime = start + gemm + routines;
  const keyOf = (text: string, options = flags) => JSON.stringify([version, target, options, text]);
  /** A library of what is read from a program's text and from more files. */
  const buildLibrary = (text: string, { key, options, more }: {
    key: string;
    options: readonly string[];
    more: readonly string[];
  }) =>
    built(key, ".so", async (part) => {
      await run(
        command,
        [...options, "-O3", "-shared", "-s", "-x", "c", "-", ...more, "-lm", "-o", part],
        text,
      );
    });
  /** Takes some seconds: of processes that begin together, one does it. */
  const buildRuntime = async () => {
    Deno.mkdirSync(folder, { recursive: true });
    using lock = await Deno.open(`${folder}lock`, { create: true, write: true });
    await lock.lock(true).catch(() => {}); // e.g. Lustre that was mounted without `flock`: then each does
    return await built(keyOf(runtime), ".o", async (part) => {
      await run(command, [...flags, "-O2", "-c", "-x", "c", "-", "-o", part], runtime);
    });
  };
  let object: Promise<string> | undefined;
  return {
    version,
    async build(source) {
      object ??= buildRuntime();
      const shared = await object.catch((error) => {
        object = undefined;
        throw error;
      });
      const text = start + source;
      const key = keyOf(text + runtime), more = ["-x", "none", shared];
      return Deno.dlopen(await buildLibrary(text, { key, options: flags, more }), SYMBOLS);
    },
    buildRoutines(source) {
      const options = [...flags, "-ffp-contract=off"];
      return buildLibrary(source, { key: keyOf(source, options), options, more: [] });
    },
  };
}
