/** Python in processes of its own, one per package, asked case by case (`_serve.py` answers). */
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PeerName, PeerTiming } from "./_case.ts";

/** One thread each, whatever a package computes with; and no compiled files in the source tree. */
const ENVIRONMENT = {
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  PYTHONDONTWRITEBYTECODE: "1",
};

/** A package, and the Python that can import it. */
export interface Found {
  readonly python: string;
  readonly version: string;
}

/** The packages that were looked for; a text says why one is absent. */
export type FoundPeers = Partial<Readonly<Record<PeerName, Found | string>>>;

interface Process {
  ask(question: unknown): Promise<{ milliseconds: number }>;
  close(): Promise<void>;
}

/** Every `python3` on the PATH. */
function pythons(): string[] {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = [...new Set(folders)].map((folder) => join(folder, "python3"));
  return paths.filter((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

/** The first Python that can import a package, or why none can. */
export async function findPeer(name: PeerName): Promise<Found | string> {
  const reasons: string[] = [];
  for (const python of pythons()) {
    const args = ["-c", `import ${name}; print(${name}.__version__)`];
    const { success, stdout, stderr } = await new Deno.Command(python, { args }).output();
    if (success) return { python, version: new TextDecoder().decode(stdout).trim() };
    reasons.push(`${python}: ${new TextDecoder().decode(stderr).trim().split("\n").at(-1)}`);
  }
  return reasons.length === 0 ? "there is no python3 on the PATH" : reasons.join("; ");
}

function open(python: string): Process {
  const process = new Deno.Command(python, {
    args: [fileURLToPath(new URL("./peers/_serve.py", import.meta.url))],
    env: ENVIRONMENT,
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

  constructor(private readonly found: FoundPeers) {}

  /** Milliseconds per repeat, or `undefined` where the package is absent. */
  async measure(name: PeerName, timing: PeerTiming, repeats: number): Promise<number | undefined> {
    const found = this.found[name];
    if (found === undefined || typeof found === "string") return undefined;
    const { script, name: item, options = {} } = timing;
    let process = this.#processes.get(name);
    if (process === undefined) this.#processes.set(name, process = open(found.python));
    return (await process.ask({ script, name: item, options, repeats })).milliseconds;
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    for (const process of this.#processes.values()) await process.close();
  }
}
