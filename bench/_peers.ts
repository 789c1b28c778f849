/** Python in processes of its own, one per package, asked case by case (`_serve.py` answers). */
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PeerName, PeerTiming } from "./_case.ts";
import type { Clock } from "./_clock.ts";

/** One thread each, whatever a package computes with; and no compiled files in the source tree. */
const ENVIRONMENT = {
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  PYTHONDONTWRITEBYTECODE: "1",
  TORCHINDUCTOR_COMPILE_THREADS: "1",
};

/** Variables that hold libraries to older kernels or smaller caches than a user's machine would choose. */
const HELD = /^(OPENBLAS|GOTO|MKL|BLIS|NVPL|DNNL|ONEDNN|ATEN|OMP|KMP|GOMP|TORCH|TORCHINDUCTOR)_/;

/** The environment of a peer: ours, but for what would slow it. */
export function peerEnvironment(own: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(own).filter(([name]) => !HELD.test(name));
  return { ...Object.fromEntries(kept), ...ENVIRONMENT };
}

/** How a peer's Python is started. */
const started = () => ({ clearEnv: true, env: peerEnvironment(Deno.env.toObject()) });

/** A package, and the Python that can import it. */
export interface Found {
  readonly python: string;
  readonly version: string;
  /** What computes its matrix products, and with which kernels; absent where it has none. */
  readonly blas?: string;
  /** It is BLAS's reference implementation. */
  readonly reference?: boolean;
  /** GFLOP/s of a matrix product of 1024 by 1024. */
  readonly gflops?: number;
}

/** The packages that were looked for; a text says why one is absent. */
export type FoundPeers = Partial<Readonly<Record<PeerName, Found | string>>>;

interface Process {
  ask(question: unknown): Promise<{ milliseconds: number | null }>;
  close(): Promise<void>;
}

/**
 * Every `python3` and `python3.N` on the PATH, each once: names that a folder has for one file are one
 * Python, while links to it from another folder may be those of a virtual environment.
 *
 * @param path @default the environment's PATH
 */
export function pythons(path = Deno.env.get("PATH") ?? ""): string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  const paths = folders.flatMap((folder) => {
    try {
      return [...Deno.readDirSync(folder)].filter(({ name }) => /^python3(\.\d+)?$/.test(name))
        .map(({ name }) => join(folder, name)).sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
      throw error;
    }
  });
  const seen = new Map<string, string>();
  for (const path of paths) {
    const key = [realPath(dirname(path)), realPath(path)].join("\n");
    if (!seen.has(key)) seen.set(key, path);
  }
  return [...seen.values()];
}

/** Where a path really is; the path itself if a link leads nowhere. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}

const script = (name: string) => fileURLToPath(new URL(`./peers/${name}`, import.meta.url));

/** The newest of a package among the Pythons on the PATH (the first of equals), or why there is none. */
export async function findPeer(name: Exclude<PeerName, "torchCompile">): Promise<Found | string> {
  const reasons: string[] = [], found: Found[] = [];
  for (const python of pythons()) {
    const args = [script("_describe.py"), name];
    const { success, stdout, stderr } = await new Deno.Command(python, { args, ...started() }).output();
    if (success) found.push({ python, ...JSON.parse(new TextDecoder().decode(stdout)) });
    else reasons.push(`${python}: ${new TextDecoder().decode(stderr).trim().split("\n").at(-1)}`);
  }
  if (found.length > 0) return newest(found);
  return reasons.length === 0 ? "there is no python3 on the PATH" : reasons.join("; ");
}

/** The one with the highest version, the first of equals. */
export function newest<T extends { readonly version: string }>(found: readonly T[]): T {
  return found.reduce((best, item) => compareVersions(item.version, best.version) > 0 ? item : best);
}

/** Above 0 if the first of two versions is the newer; only their numbers count. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [a, b].map((text) => text.split("+")[0].split(".").map((part) => parseInt(part)));
  const at = first.findIndex((part, i) => part !== (second[i] ?? 0));
  return at < 0 ? first.length - second.length : (first[at] || 0) - (second[at] || 0);
}

/** A BLAS this many times slower than ours is none that anybody uses. */
const TOO_SLOW = 8;

/**
 * Why a package must not be compared with, or `undefined`: beside a reference BLAS everybody is fast.
 *
 * @param gflops Our own rate.
 */
export function unfair(
  { blas, reference, gflops }: Found,
  { gflops: own }: { gflops: number },
): string | undefined {
  const slow = gflops !== undefined && gflops * TOO_SLOW < own;
  if (!reference && !slow) return undefined;
  const rates = gflops === undefined
    ? ""
    : ` (${gflops.toPrecision(3)} GFLOP/s beside our ${own.toPrecision(3)})`;
  return `its matrix products are computed by ${
    reference ? "the reference BLAS" : blas
  }${rates}, which is no ` +
    "fair comparison: install OpenBLAS (Debian: libopenblas0) or a package that brings a BLAS of its own";
}

/** `torch.compile` came with PyTorch 2. */
export function torchCompilePeer(torch: Found | string | undefined): Found | string {
  if (torch === undefined || typeof torch === "string") return torch ?? "no case wants it";
  if (compareVersions(torch.version, "2.0") < 0) return `PyTorch ${torch.version} has none`;
  return torch;
}

function open(python: string): Process {
  const process = new Deno.Command(python, {
    args: [script("_serve.py")],
    ...started(),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async ask(question) {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
      while (!text.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) {
          throw new Error(`Cannot read the answer of ${python} as it has ended: see its message above`);
        }
        text += value;
      }
      const end = text.indexOf("\n");
      const answer = JSON.parse(text.slice(0, end));
      text = text.slice(end + 1);
      return answer;
    },
    async close() {
      await writer.close().catch(() => {});
      await reader.cancel();
      await process.status;
    },
  };
}

/** The peers of a run. */
export class Peers {
  readonly #processes = new Map<PeerName, Process>();

  constructor(private readonly found: FoundPeers, private readonly clock: Clock = "wall") {}

  /** Milliseconds per repeat, or `undefined` where the package is absent or cannot do it. */
  async measure(name: PeerName, timing: PeerTiming, repeats: number): Promise<number | undefined> {
    const found = this.found[name];
    if (found === undefined || typeof found === "string") return undefined;
    const { script, name: item, options = {} } = timing;
    let process = this.#processes.get(name);
    if (process === undefined) this.#processes.set(name, process = open(found.python));
    const compile = name === "torchCompile";
    const { milliseconds } = await process.ask({
      script,
      name: item,
      options,
      repeats,
      compile,
      clock: this.clock,
    });
    return milliseconds ?? undefined;
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    for (const process of this.#processes.values()) await process.close();
  }
}
