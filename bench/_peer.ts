/** PyTorch in a process of its own, asked case by case. */
export interface Peer {
  readonly version: string;
  /** Milliseconds per repeat. */
  measure(name: string, repeats: number): Promise<number>;
  close(): Promise<void>;
}

const PYTHONS = ["python3", "/usr/bin/python3"];

/** Starts the peer with the first Python that can import torch, or says why there is none. */
export async function startPeer(): Promise<Peer | string> {
  const reasons: string[] = [];
  for (const python of PYTHONS) {
    const reason = await whyNot(python);
    if (reason === undefined) return await open(python);
    reasons.push(`${python}: ${reason}`);
  }
  return reasons.join("; ");
}

async function whyNot(python: string): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(python, { args: ["-c", "import torch"] }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "not found";
    throw error;
  }
}

async function open(python: string): Promise<Peer> {
  const script = new URL("./peers/diffusion_time.py", import.meta.url).pathname;
  const process = new Deno.Command(python, {
    args: [script],
    env: { OMP_NUM_THREADS: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter(),
    reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const answer = async () => {
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) {
        throw new Error("Cannot read the PyTorch peer's answer as it has ended: see its message above");
      }
      text += value;
    }
    const [line, ...rest] = text.split("\n");
    text = rest.join("\n");
    return JSON.parse(line);
  };
  const { version } = await answer();
  return {
    version,
    async measure(name, repeats) {
      await writer.write(new TextEncoder().encode(`${name} ${repeats}\n`));
      return (await answer()).milliseconds;
    },
    async close() {
      await writer.close();
      await reader.cancel();
      await process.status;
    },
  };
}
