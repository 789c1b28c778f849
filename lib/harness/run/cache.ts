import { UNFINISHED } from "./checkpoints.ts";
import { makeWay, mayWrite, readTextOrNull, TEMPORARY, writeAtomic } from "./files.ts";
import { canonicalJson, type Job, type JobRecord, type Json, sha256, WriteError } from "../paper/mod.ts";

/** Everything a result depends on; its digest is the cache key. */
export interface KeyParts {
  /** What is run. */
  readonly job: Job;
  /** Per data set: digest of its content, and whether it is real, generated or a stand-in. */
  readonly data: Readonly<Record<string, string>>;
  /** Executor, or `null` where the result does not depend on it. */
  readonly executor: string | null;
  /** Versions of the executor's engine; empty without an executor. */
  readonly engines: Readonly<Record<string, string>>;
  /** `deno <major>.<minor>`. */
  readonly runtime: string;
  /** Digests of the local files that the experiment runs, by path. */
  readonly code: Readonly<Record<string, string>>;
  /** Versions of the npm packages that it runs, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** What the cache knows about a job. */
export type Lookup =
  | { readonly hit: true; readonly record: JobRecord }
  /**
   * `reason` completes the sentence "the job has to run: …"; `memory` is what its last run took, if there was
   * one, in MiB, and `seconds` how long, with this executor.
   */
  | { readonly hit: false; readonly reason: string; readonly memory?: number; readonly seconds?: number };

/** One file of the cache. */
interface Entry {
  readonly format: typeof FORMAT;
  readonly parts: KeyParts;
  readonly record: JobRecord;
  /** SHA-256 of the two above. */
  readonly checksum: string;
}

/** Raised when the meaning of an entry changes. */
const FORMAT = 1;

/** Entries kept for one job, newest first: going back to an earlier version of the code is a hit. */
const KEPT = 8;

/**
 * Results on disk, addressed by content: `<folder>/<experiment>/<job digest>/<key>.json`. Safe to be used by
 * several processes at once: an entry appears whole or not at all, and a damaged one is a miss.
 */
export class Cache {
  /** @param folder Folder of one paper, e.g. `out/cache/2305.18593`. */
  constructor(readonly folder: string) {}

  /** Finds the result for these parts, or tells why there is none. */
  async lookup(parts: KeyParts): Promise<Lookup> {
    const folder = await this.#jobFolder(parts.job);
    const name = `${await keyOf(parts)}.json`;
    const entry = await readEntry(`${folder}/${name}`);
    if (entry === "damaged") return { hit: false, reason: "its cache file is damaged" };
    if (entry !== "absent") {
      return answers(entry, parts)
        ? { hit: true, record: entry.record }
        : { hit: false, reason: "its cache file holds another job's result" };
    }
    const other = await newestEntry(folder, parts.job);
    if (!other) return { hit: false, reason: "never run" };
    // No difference: another process has stored it in between.
    if (answers(other, parts)) return { hit: true, record: other.record };
    const reason = difference(other.parts, parts) || "its cache file has another name";
    const { memory, seconds, machine } = other.record;
    const comparable = other.parts.executor === parts.executor && !machine;
    return { hit: false, reason, ...memory && { memory }, ...comparable && { seconds } };
  }

  /**
   * Keeps a result.
   *
   * @throws {WriteError} If it cannot be written.
   */
  async store(parts: KeyParts, record: JobRecord): Promise<void> {
    const folder = await this.#jobFolder(parts.job);
    const entry: Entry = { format: FORMAT, parts, record, checksum: await checksumOf(parts, record) };
    const path = `${folder}/${await keyOf(parts)}.json`;
    await makeWay(this.folder, path);
    await writeAtomic(path, JSON.stringify(entry));
    await prune(folder, path);
  }

  /** The key of these parts, and the folder for checkpoints of the job that has yet to give their result. */
  async unfinished(parts: KeyParts): Promise<{ readonly key: string; readonly folder: string }> {
    const key = await keyOf(parts);
    return { key, folder: `${await this.#jobFolder(parts.job)}/${key}${UNFINISHED}` };
  }

  /**
   * Checks that the results of these jobs can be kept: their folders may be another user's.
   *
   * @throws {WriteError} If not.
   */
  async requireWritable(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) {
      const problem = await mayWrite(await this.#jobFolder(job));
      if (problem !== null) throw new WriteError(problem);
    }
  }

  async #jobFolder(job: Job): Promise<string> {
    const { experiment, config, seed } = job;
    return `${this.folder}/${experiment}/${(await sha256(canonicalJson({ config, seed }))).slice(0, 20)}`;
  }
}

/** The cache key: SHA-256 of the parts. */
export function keyOf(parts: KeyParts): Promise<string> {
  return sha256(canonicalJson({ format: FORMAT, ...parts } as unknown as Json));
}

/**
 * Whether an entry is the result for these parts: all of them, the job included. Its checksum shows only that
 * it is whole, and its name what somebody has called it.
 */
function answers({ parts, record }: Entry, asked: KeyParts): boolean {
  const same = (a: unknown, b: unknown) => canonicalJson(a as Json) === canonicalJson(b as Json);
  return record?.job !== undefined && same(parts, asked) && same(record.job, asked.job);
}

function checksumOf(parts: KeyParts, record: JobRecord): Promise<string> {
  return sha256(canonicalJson([parts, record] as unknown as Json));
}

async function readEntry(path: string): Promise<Entry | "absent" | "damaged"> {
  try {
    const text = await readTextOrNull(path);
    if (text === null) return "absent";
    const entry = JSON.parse(text) as Entry;
    const whole = entry.format === FORMAT && entry.checksum === await checksumOf(entry.parts, entry.record);
    return whole ? entry : "damaged";
  } catch {
    return "damaged"; // unreadable in whatever way: the job runs again and replaces it
  }
}

async function entryNames(folder: string): Promise<{ readonly path: string; readonly modified: number }[]> {
  const found = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      const modified = (await Deno.stat(path).catch(() => null))?.mtime?.getTime();
      if (modified !== undefined) found.push({ path, modified });
    }
  } catch {
    // No folder, or none that can be read: the job has no entries.
  }
  return found.sort((a, b) => b.modified - a.modified || (a.path < b.path ? -1 : 1));
}

/** The newest entry of a job in its folder. */
async function newestEntry(folder: string, job: Job): Promise<Entry | null> {
  for (const { path } of await entryNames(folder)) {
    const entry = path.endsWith(".json") ? await readEntry(path) : "absent";
    if (typeof entry === "object" && answers(entry, { ...entry.parts, job })) return entry;
  }
  return null;
}

/**
 * Removes entries beyond {@link KEPT}, and what processes that were killed while writing left behind.
 *
 * @param stored The entry that was stored just now: the newest, whatever the clocks say.
 */
async function prune(folder: string, stored: string): Promise<void> {
  const hour = 3_600_000;
  const found = await entryNames(folder);
  const own = found.filter(({ path }) => path === stored);
  const files = [...own, ...found.filter(({ path }) => path !== stored)];
  const newest = files[0]?.modified ?? 0;
  const stale = files.filter(({ path, modified }) => path.endsWith(TEMPORARY) && newest - modified > hour);
  const surplus = files.filter(({ path }) => path.endsWith(".json")).slice(KEPT);
  // Of other states of the code, to which somebody may yet go back.
  const given = files.filter(({ path, modified }) =>
    path.endsWith(UNFINISHED) && newest - modified > 168 * hour
  );
  // Another process may have removed it already.
  for (const { path } of [...stale, ...surplus, ...given]) {
    await Deno.remove(path, { recursive: path.endsWith(UNFINISHED) }).catch(() => {});
  }
}

/**
 * Why the newer parts of a job need a new run; empty if they do not. E.g.
 * `code changed: lib/stats/mean.ts; executor native → wasm`.
 */
export function difference(before: KeyParts, now: KeyParts): string {
  const reasons = [
    before.executor !== now.executor ? `executor ${before.executor} → ${now.executor}` : "",
    changed("data", before.data, now.data),
    changed("code", before.code, now.code),
    changed("packages", before.packages, now.packages),
    // Another executor has other engines; that is said above.
    before.executor === now.executor ? changed("engine", before.engines, now.engines) : "",
    before.runtime !== now.runtime ? `${before.runtime} → ${now.runtime}` : "",
  ];
  return reasons.filter((reason) => reason !== "").join("; ");
}

function changed(
  what: string,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const differing = names.filter((name) => before[name] !== now[name]).map((name) =>
    !(name in before) ? `${name} (new)` : !(name in now) ? `${name} (gone)` : name
  );
  if (differing.length === 0) return "";
  const more = differing.length > 3 ? `, and ${differing.length - 3} more` : "";
  return `${what} changed: ${differing.slice(0, 3).join(", ")}${more}`;
}
