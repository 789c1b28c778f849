import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzip } from "./formats/mod.ts";
import { mostPacked } from "./_packed.ts";
import { findDataSet } from "./catalogue.ts";
import { dataRoots } from "./roots.ts";
import type { DataFile, DataPolicy, DataSet, DataSource, Loaded, Resolved } from "./types.ts";

/** Part of the digest of generated data; raise it when a generator's output changes (a test notices). */
const GENERATOR_VERSION = 1;

/** Where to look for data. */
export interface LookOptions {
  /** Folders, in order. @default dataRoots() */
  readonly roots?: readonly string[];
}

/** The SHA-256 of some bytes or text, in hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Where a file lies below a root. */
function placeOf({ folder }: DataSet, { path }: DataFile): string {
  return join(folder, path);
}

/** Where the file at this place below a root is, or `undefined` if no root has it. */
async function findFile(place: string, roots: readonly string[]): Promise<string | undefined> {
  for (const root of roots) {
    const path = join(root, place);
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (error) {
      // Nor does a folder that nobody may read hide the others; `deno task doctor` names it.
      if (!ABSENT.some((kind) => error instanceof kind)) throw error;
    }
  }
}

/** Errors by which a root does not have a file. */
const ABSENT = [
  Deno.errors.NotFound,
  Deno.errors.NotADirectory,
  Deno.errors.PermissionDenied,
  Deno.errors.FilesystemLoop,
];

/** What a policy lets a data set come from, files aside. */
function generatedSource(dataSet: DataSet, policy: DataPolicy): DataSource | undefined {
  if (dataSet.generate !== undefined) return "generated";
  // Where nothing was ever published, the stand-in is all there is; it is still called one.
  const nothingPublished = dataSet.files.length === 0;
  if (dataSet.standIn !== undefined && (policy === "stand-in" || nothingPublished)) return "stand-in";
}

/**
 * Tells what {@link loadDataSet} would give, without reading a file.
 *
 * @returns `source: "missing"` if a file is not there. `digest` changes with the content: the SHA-256 over
 *   the published digests of its files, or `generated` or `stand-in` with the version of the generators.
 * @throws {RangeError} If the name is not in the catalogue, or the policy is `stand-in` and it has none.
 */
export async function resolveDataSet(
  name: string,
  policy: DataPolicy,
  options: LookOptions = {},
): Promise<Resolved> {
  const dataSet = findDataSet(name);
  const downloadable = dataSet.files.length > 0 && dataSet.files.every((file) => file.url !== undefined);
  const { module } = dataSet;
  const source = generatedSource(dataSet, policy);
  if (source !== undefined) {
    return { name, source, downloadable, module, digest: `${source}/${GENERATOR_VERSION}` };
  }
  requireFiles(dataSet, policy);
  const { roots = dataRoots() } = options;
  const digest = sha256(dataSet.files.map((file) => file.sha256).join("\n"));
  const paths = await Promise.all(dataSet.files.map((file) => findFile(placeOf(dataSet, file), roots)));
  return { name, source: paths.includes(undefined) ? "missing" : "file", downloadable, module, digest };
}

function requireFiles(dataSet: DataSet, policy: DataPolicy): void {
  if (policy === "real") return;
  throw new RangeError(
    `Cannot make a stand-in for ${dataSet.name} as it has none: current policy is "${policy}"`,
  );
}

/** How to get a file, for an error message. */
function remedy(dataSet: DataSet, file: DataFile): string {
  return file.url !== undefined
    ? `run \`deno task data fetch ${dataSet.name}\``
    : `put it at ${join("data", dataSet.folder, file.path)}${file.byHand ? `, from ${file.byHand}` : ""} ` +
      `(terms: ${dataSet.licence})`;
}

async function readVerified(
  dataSet: DataSet,
  { file, roots }: { readonly file: DataFile; readonly roots: readonly string[] },
): Promise<Uint8Array> {
  const place = placeOf(dataSet, file);
  const path = await findFile(place, roots);
  if (path === undefined) {
    const origin = file.url === undefined ? "" : `from ${file.url}, `;
    const packed = file.gzip ? " once unpacked" : "";
    const without = dataSet.standIn === undefined ? "" : "the smoke profile does without; ";
    throw new Deno.errors.NotFound(
      `Cannot load ${dataSet.name} as ${place} must be in one of the data folders (${roots.join(", ")}), ` +
        `${origin}with SHA-256 ${file.sha256}${packed}: ${without}${remedy(dataSet, file)}`,
    );
  }
  const refuse = (wanted: string, current: string): never => {
    throw new SyntaxError(
      `Cannot load ${dataSet.name} as ${path} ${wanted}: current value is ${current}; ` +
        `delete it, then ${remedy(dataSet, file)}`,
    );
  };
  // Before a byte is read, so that a wrong file of many gigabytes does no harm.
  const { size } = await Deno.stat(path);
  const wanted = `${
    file.gzip ? "must unpack to content" : `must have ${file.bytes} bytes`
  } with SHA-256 ${file.sha256}`;
  if (!file.gzip && size > file.bytes) refuse(wanted, `${size} bytes`);
  if (file.gzip && size > mostPacked(file)) {
    refuse(`must have at most ${mostPacked(file)} bytes, however it is packed`, `${size} bytes`);
  }
  const bytes = await Deno.readFile(path);
  const content = file.gzip ? await unpacked(file, bytes) : bytes;
  if (typeof content === "string") return refuse(wanted, `${size} bytes with ${content}`);
  const found = sha256(content);
  if (found !== file.sha256) refuse(wanted, `${size} bytes with ${found}`);
  return content;
}

/** The content of a file of {@link DataFile.gzip}, or what it is instead. */
async function unpacked({ unpackedBytes }: DataFile, bytes: Uint8Array): Promise<Uint8Array | string> {
  try {
    return await gunzip(bytes, { maxBytes: unpackedBytes }) ?? "no gzip content";
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `content of more than ${unpackedBytes} bytes`;
  }
}

/** What this process has generated, by name: it takes up to a minute, and jobs of a process share sets. */
const made = new Map<string, Promise<unknown>>();

/** A copy for each who asks: nothing keeps one job from writing to arrays that the next would read. */
async function madeOnce<T>({ name, generate, standIn }: DataSet<T>, source: DataSource): Promise<T> {
  const make = (source === "generated" ? generate : standIn)!;
  let value = made.get(name) as Promise<T> | undefined;
  if (value === undefined) {
    made.set(name, value = Promise.resolve().then(make));
    value.catch(() => made.delete(name));
  }
  return structuredClone(await value);
}

/**
 * Loads a data set: from verified files, from its exact generator, or as a stand-in. Never downloads.
 *
 * A set of which nothing was published (no file, no exact generator) gives its stand-in under both policies.
 *
 * @param name As in the catalogue, e.g. `adbench/6_cardio`.
 * @param policy `real`: files or exact generator; `stand-in`: never touches a file.
 * @returns The value and where it came from: say "stand-in" wherever such data shows.
 * @throws {RangeError} If the name is not in the catalogue, or the policy is `stand-in` and it has none.
 * @throws {Deno.errors.NotFound} If a file is in no data folder; the message says how to get it.
 * @throws {SyntaxError} If a file's digest is not the published one, or it cannot be read.
 *
 * @example
 * ```ts
 * import { type AnomalyData, loadDataSet } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const { value, source } = await loadDataSet<AnomalyData>("adbench/6_cardio", "stand-in");
 * assert.equal(source, "stand-in");
 * assert.equal(value.rows.columns, 21);
 * ```
 */
export async function loadDataSet<T = unknown>(
  name: string,
  policy: DataPolicy,
  options: LookOptions = {},
): Promise<Loaded<T>> {
  const dataSet = findDataSet(name) as DataSet<T>;
  const source = generatedSource(dataSet, policy);
  if (source !== undefined) return { name, value: await madeOnce(dataSet, source), source };
  requireFiles(dataSet, policy);
  if (dataSet.parse === undefined) {
    throw new TypeError(
      `Cannot load ${name} as its catalogue entry must have a parser: current value is undefined`,
    );
  }
  const { roots = dataRoots() } = options;
  const files = await Promise.all(dataSet.files.map((file) => readVerified(dataSet, { file, roots })));
  try {
    return { name, value: await dataSet.parse(files), source: "file" };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`Cannot load ${name}: ${error.message}`, { cause: error });
  }
}
