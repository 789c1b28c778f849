import { HarnessError, places } from "../paper/mod.ts";
import { readTextOrNull, subprocess, writeAtomic } from "../run/mod.ts";
import { INSTALL_JUPYTER, jupyterPath, writeKernelspec } from "./jupyter.ts";

/** A Jupyter notebook, format 4.5, as far as the harness touches it. */
export interface Notebook {
  /** From top to bottom. */
  cells: NotebookCell[];
  /** Kernel, language and whatever else a program keeps there. */
  metadata: Record<string, unknown>;
  /** Major version of the format, 4. */
  nbformat: number;
  /** Minor version of the format, 5. */
  nbformat_minor: number;
}

/** A cell of a {@link Notebook}. */
export interface NotebookCell {
  /** What it holds. */
  cell_type: "code" | "markdown" | "raw";
  /** Unique in the notebook. */
  id?: string;
  /** Its tags, and whatever else a program keeps there. */
  metadata: { tags?: string[]; [key: string]: unknown };
  /** Its text, whole or line by line. */
  source: string | string[];
  /** What it printed and showed; cells of code only. */
  outputs?: NotebookOutput[];
  /** The order in which cells were run; `null`: it was not. */
  execution_count?: number | null;
}

/** An output of a code cell. */
export interface NotebookOutput {
  /** A stream's text, something shown, a last value, or an exception. */
  output_type: "stream" | "display_data" | "execute_result" | "error";
  /** The stream, `stdout` or `stderr`. */
  name?: string;
  /** The stream's text, whole or line by line. */
  text?: string | string[];
  /** What is shown, by MIME type. */
  data?: Record<string, unknown>;
  /** Whatever else a program keeps there. */
  metadata?: Record<string, unknown>;
  /** That of the cell. */
  execution_count?: number | null;
  /** Fields of other kinds of outputs. */
  [key: string]: unknown;
}

/** Code cells with this tag need not print or show anything. */
const SILENT_TAG = "silent";
/** Code cells with this tag compute something themselves: their numbers depend on the machine. */
const LIVE_TAG = "live";
/** Runs first and is dropped again: the output of a kernel's very first cell can get lost. */
const WARM_UP = "console.log('warm-up'); await new Promise((resolve) => setTimeout(resolve, 500));";

/** The program that executes notebooks. */
export const NBCONVERT = "jupyter-nbconvert";

/** Options of {@link executeNotebook}. */
export interface ExecuteOptions {
  /** Environment of the kernel on top of this process's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Longest time for one cell. @default 900 */
  readonly cellSeconds?: number;
  /** Whether cells tagged `live` run; without, they are left out of the result. @default true */
  readonly live?: boolean;
}

/** A notebook's code cells as one module, to be type-checked and linted. */
export function notebookProgram({ cells }: Notebook): string {
  return cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => `${text(source)}\n`).join(
    "\n",
  );
}

/**
 * A notebook's outputs that follow from committed results alone, by cell: texts, tables and specifications,
 * without the pictures drawn from them, and without the cells tagged `live`.
 */
export function settledOutputs({ cells }: Notebook): Readonly<Record<string, readonly NotebookOutput[]>> {
  const settled = cells.filter((cell) => cell.cell_type === "code" && !isLive(cell));
  return Object.fromEntries(settled.map(({ id, outputs = [] }) => [
    id,
    outputs.map(({ data, ...output }) => {
      const { "image/png": _, ...kept } = data ?? {};
      return { ...output, data: kept };
    }),
  ]));
}

/** Whether a cell computes something itself. */
export function isLive({ metadata }: NotebookCell): boolean {
  return metadata.tags?.includes(LIVE_TAG) ?? false;
}

/** Whether notebooks can be executed here. */
export function hasJupyter(): Promise<boolean> {
  return jupyter ??= findJupyter();
}

let jupyter: Promise<boolean> | undefined;

/** Whether the program can be started; its answer would take it a second and more. */
async function findJupyter(): Promise<boolean> {
  try {
    const asked = subprocess(NBCONVERT, { args: ["--version"], stdout: "null", stderr: "null" }).spawn();
    asked.kill("SIGKILL");
    await asked.status;
    return true;
  } catch {
    return false; // it is not there, or nobody may start it
  }
}

/**
 * Executes a notebook from top to bottom in the real Deno kernel, without a browser, and returns it with
 * fresh outputs, normalised. The file is left as it is.
 *
 * Without a browser the kernel now and then loses what a cell prints; a notebook in which a cell has no
 * output, or fewer than in the file, is executed again, up to twice.
 *
 * @param path A notebook below the project's folder (its folder becomes the kernel's).
 * @throws {HarnessError} If Jupyter is missing, a cell fails (the message ends with the cell's error), or a
 *   code cell that is not tagged `silent` has no output.
 */
export async function executeNotebook(path: string, options: ExecuteOptions = {}): Promise<Notebook> {
  if (!(await hasJupyter())) {
    throw new HarnessError(
      `Cannot execute ${path} as ${NBCONVERT} must be on the PATH: ${INSTALL_JUPYTER}`,
    );
  }
  const { cells, ...rest } = await readNotebook(path);
  const source = { ...rest, cells: cells.filter((cell) => options.live !== false || !isLive(cell)) };
  const isWhole = (notebook: Notebook) => cellWithoutOutput(notebook) < 0 && !lacksOutputs(notebook, source);
  let executed = await executeOnce(path, source, options);
  for (let again = 0; again < 2 && !isWhole(executed); again++) {
    executed = await executeOnce(path, source, options);
  }
  const missing = cellWithoutOutput(executed);
  if (missing < 0) return executed;
  throw new HarnessError(
    `Cannot accept ${path} as its cell ${
      missing + 1
    } must have an output and has none: tag it "${SILENT_TAG}" if that is ` +
      "intended",
  );
}

async function executeOnce(
  path: string,
  source: Notebook,
  { environment = {}, cellSeconds = 900 }: ExecuteOptions,
): Promise<Notebook> {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
  // The copy lies beside the original, so that the kernel finds deno.json and relative imports.
  const copy = `${folder}/.executing-${Deno.pid}-${crypto.randomUUID()}.ipynb`;
  const { out } = places();
  await Deno.mkdir(out, { recursive: true });
  const work = await Deno.makeTempDir({ dir: out, prefix: ".notebook-" });
  try {
    await writeKernelspec(work);
    const warmUp: NotebookCell = {
      cell_type: "code",
      id: "warm-up",
      metadata: {},
      source: WARM_UP,
      outputs: [],
      execution_count: null,
    };
    await writeAtomic(copy, JSON.stringify({ ...source, cells: [warmUp, ...source.cells] }));
    const { success, stderr } = await subprocess(NBCONVERT, {
      args: [
        "--to=notebook",
        "--execute",
        "--ExecutePreprocessor.kernel_name=deno",
        `--ExecutePreprocessor.timeout=${cellSeconds}`,
        // Large outputs may come seconds after the cell has ended.
        "--ExecutePreprocessor.iopub_timeout=120",
        `--output-dir=${work}`,
        "--output=executed.ipynb",
        // By its name: nbconvert takes its argument for a pattern, and folders may hold [ ] * ?.
        copy.slice(copy.lastIndexOf("/") + 1),
      ],
      cwd: folder,
      env: { ...environment, JUPYTER_PATH: jupyterPath(work), NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) {
      throw new HarnessError(
        `Cannot execute ${path} as a cell fails:\n${lastError(new TextDecoder().decode(stderr))}`,
      );
    }
    const executed = await readNotebook(`${work}/executed.ipynb`);
    return normaliseNotebook({ ...executed, cells: executed.cells.slice(1) });
  } finally {
    await Deno.remove(copy).catch(() => {});
    await Deno.remove(work, { recursive: true });
  }
}

/**
 * Removes what differs between two equal runs: times, run-dependent metadata, colour codes; numbers cells
 * from 1, joins split streams, and drops what the kernel prints about itself.
 */
export function normaliseNotebook(notebook: Notebook): Notebook {
  let count = 0;
  return {
    cells: notebook.cells.map((cell, index) => {
      const tags = cell.metadata.tags?.length ? { tags: cell.metadata.tags } : {};
      const base = { id: cell.id ?? `cell-${index + 1}`, metadata: tags, source: lines(cell.source) };
      if (cell.cell_type !== "code") return { cell_type: cell.cell_type, ...base };
      const number = ++count;
      return {
        cell_type: "code",
        execution_count: number,
        ...base,
        outputs: joinStreams(cell.outputs ?? []).map((output) => normaliseOutput(output, number)),
      };
    }),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: { file_extension: ".ts", mimetype: "text/x.typescript", name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/**
 * Reads a notebook.
 *
 * @throws {HarnessError} If the file is not a notebook.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await readTextOrNull(path);
  if (text === null) throw new HarnessError(`Cannot read ${path} as there is no such file`);
  try {
    const notebook = JSON.parse(text);
    if (Array.isArray(notebook?.cells) && notebook.cells.every(isCell)) return notebook;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new HarnessError(`Cannot read ${path} as it is not a Jupyter notebook (JSON with a list of cells)`);
}

/** Whether a part of a file is a cell: of a kind, with a source, and outputs in a list if at all. */
function isCell(value: unknown): value is NotebookCell {
  if (typeof value !== "object" || value === null) return false;
  const { cell_type, source, outputs = [] } = value as Partial<NotebookCell>;
  const lines: unknown[] = [source].flat();
  return typeof cell_type === "string" && lines.every((line) => typeof line === "string") &&
    Array.isArray(outputs) && outputs.every((output) => typeof output === "object" && output !== null);
}

/**
 * Writes a notebook as Jupyter does, with one space of indentation and a newline at the end, but JSON outputs
 * (figures' specifications) on one line each: indented they would be tens of thousands of lines.
 */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const marked = (key: string, value: unknown) =>
    key.endsWith("+json") ? `\0${JSON.stringify(value)}` : value;
  const text = JSON.stringify(notebook, marked, 1)
    .replaceAll(/"\\u0000(?:[^"\\]|\\.)*"/g, (quoted) => JSON.parse(quoted).slice(1));
  await writeAtomic(path, text + "\n");
}

/** The end of nbconvert's report, which is the failing cell's own error. */
function lastError(report: string): string {
  return plain(report).trim().split("\n").filter((line) => line.trim() !== "").slice(-4).join("\n");
}

/** The first code cell that should have an output and has none; −1 if there is none such. */
function cellWithoutOutput({ cells }: Notebook): number {
  return cells.findIndex(({ cell_type, metadata, outputs = [] }) =>
    cell_type === "code" && !metadata.tags?.includes(SILENT_TAG) && outputs.length === 0
  );
}

/** Whether a cell has fewer outputs than it had in the file. */
function lacksOutputs(executed: Notebook, source: Notebook): boolean {
  return executed.cells.some(({ outputs = [] }, i) =>
    outputs.length < (source.cells[i].outputs?.length ?? 0)
  );
}

function joinStreams(outputs: readonly NotebookOutput[]): NotebookOutput[] {
  const joined: NotebookOutput[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      last.text = text(last.text) + text(output.text);
    } else {
      joined.push({ ...output });
    }
  }
  return joined;
}

function normaliseOutput(output: NotebookOutput, count: number): NotebookOutput {
  if (output.output_type === "stream") {
    return { name: output.name, output_type: "stream", text: lines(plain(text(output.text))) };
  }
  const data = Object.fromEntries(
    Object.entries(output.data ?? {}).map(([type, value]) => {
      if (typeof value !== "string" && !isStrings(value)) return [type, value];
      return [type, type.startsWith("text/") ? lines(plain(text(value))) : text(value)];
    }),
  );
  return {
    data,
    ...(output.output_type === "execute_result" ? { execution_count: count } : {}),
    metadata: {},
    output_type: output.output_type,
  };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function text(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join("") : value ?? "";
}

/** Text as a list of lines that keep their newline, as Jupyter writes it. */
function lines(value: string | string[]): string[] {
  return text(value).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Text without colour codes, and after carriage returns only what stays visible. */
function plain(value: string): string {
  // deno-lint-ignore no-control-regex -- terminal colours are control characters
  return value.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll(/[^\n]*\r(?!\n)/g, "");
}
