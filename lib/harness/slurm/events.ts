/** What an element tells while it works, a line of JSON each; `job` is a job's place in its batch. */
export type ElementEvent =
  | {
    readonly type: "begin";
    readonly node: string;
    /** The jobs' cache keys as they are on the node. */
    readonly keys: readonly string[];
    /** MiB it was given, where Slurm limits it. */
    readonly memory: number | null;
  }
  | { readonly type: "started"; readonly job: number }
  | { readonly type: "progress"; readonly job: number; readonly fraction: number }
  | { readonly type: "done"; readonly job: number; readonly seconds: number }
  | {
    readonly type: "failed";
    readonly job: number;
    readonly seconds: number;
    readonly message: string;
    readonly detail: string;
    readonly killed: boolean;
  }
  /** Nothing is left to do. */
  | { readonly type: "end" };

/**
 * Appends events to a file of its own: a restarted element has another one, as its first instance may still
 * run on a node that was lost.
 */
export class EventWriter implements Disposable {
  readonly #file: Deno.FsFile;

  constructor(folder: string, element: number, restart: number) {
    this.#file = Deno.openSync(`${folder}/${element}.${restart}.jsonl`, { create: true, append: true });
  }

  write(event: ElementEvent): void {
    const bytes = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
    for (let start = 0; start < bytes.length;) start += this.#file.writeSync(bytes.subarray(start));
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Reads the events of a submission's elements as they grow. */
export class EventReader {
  readonly #offsets = new Map<string, number>();

  constructor(readonly folder: string) {}

  /** The events since the last call, by element; those of a restarted element after those before. */
  async read(): Promise<readonly { readonly element: number; readonly event: ElementEvent }[]> {
    const files = [];
    // Listing the folder makes a network file system look again.
    for await (const { name } of Deno.readDir(this.folder)) {
      const [, element, restart] = name.match(/^(\d+)\.(\d+)\.jsonl$/) ?? [];
      if (element !== undefined) files.push({ name, element: Number(element), restart: Number(restart) });
    }
    const found = [];
    for (const { name, element } of files.sort((a, b) => a.restart - b.restart)) {
      for (const event of await this.#more(name)) found.push({ element, event });
    }
    return found;
  }

  /** The whole lines that a file has gained. */
  async #more(name: string): Promise<ElementEvent[]> {
    const path = `${this.folder}/${name}`;
    const before = this.#offsets.get(name) ?? 0;
    if ((await Deno.stat(path)).size <= before) return [];
    using file = await Deno.open(path);
    await file.seek(before, Deno.SeekMode.Start);
    const bytes = new Uint8Array(await new Response(file.readable).arrayBuffer());
    const length = bytes.lastIndexOf(10) + 1;
    this.#offsets.set(name, before + length);
    return new TextDecoder().decode(bytes.subarray(0, length)).split("\n").filter((line) => line !== "")
      .flatMap((line) => parse(line));
  }
}

function parse(line: string): ElementEvent[] {
  try {
    return [JSON.parse(line)];
  } catch (error) {
    if (error instanceof SyntaxError) return []; // cut off by the end of a process or by a full disk
    throw error;
  }
}
