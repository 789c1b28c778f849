import { lstatSync, readdirSync } from "node:fs";
import fs from "node:fs/promises";
import { resolve } from "node:path";
import git, { type WalkerEntry } from "isomorphic-git";
import { Packs } from "./_packs.ts";
import { PROJECT } from "../paper/mod.ts";

/**
 * The git repository of this checkout, read without git: no program is started, no configuration or hook
 * counts, and a repository that merely holds this folder is never taken for it.
 */
export class Repository {
  private constructor(private readonly place: Place) {}

  /** The repository of a checkout; `null` where `.git` is not in this very folder. */
  static async open(folder: string = PROJECT): Promise<Repository | null> {
    const own = `${folder.replace(/\/$/, "")}/.git`;
    const found = await fs.stat(own).catch(() => null); // not there, or nobody may look
    if (found === null) return null;
    // A linked work tree or a submodule names its folder in a file.
    const gitdir = found.isDirectory()
      ? own
      : resolve(folder, (await fs.readFile(own, "utf8")).replace(/^gitdir:\s*/, "").trim());
    const common = await fs.readFile(`${gitdir}/commondir`, "utf8").catch(() => "."); // its own is all it has
    const shared = resolve(gitdir, common.trim());
    const files = filesOf({ gitdir, shared, others: await alternates(`${shared}/objects`) });
    return new Repository({ fs: files, dir: folder, gitdir, cache: {} });
  }

  /** The commit that is checked out. */
  head(): Promise<string> {
    return git.resolveRef({ ...this.place, ref: "HEAD" });
  }

  /** Whether any of these files or folders differs from the commit, or holds a new file. */
  async differs(filepaths: readonly string[]): Promise<boolean> {
    const { mtimeMs } = await fs.stat(`${this.place.gitdir}/index`);
    let found = false;
    await git.walk({
      ...this.place,
      trees: [git.TREE({ ref: "HEAD" }), git.WORKDIR(), git.STAGE()],
      map: async (path, [head, work, stage]) => {
        if (found || !filepaths.some((own) => touches(path, own))) return null;
        const known = head !== null || stage !== null;
        if (!known && await git.isIgnored({ ...this.place, filepath: path })) return null;
        const types = await Promise.all([head, work, stage].map((entry) => entry?.type()));
        if (types.includes("commit")) return null; // a submodule is not this repository's
        if (!types.includes("blob")) return; // into the folder
        const [committed, staged] = await Promise.all([head?.oid(), stage?.oid()]);
        const same = committed === staged && work && stage &&
          (await untouched(work, { stage, indexed: mtimeMs }) || await work.oid() === staged);
        if (!same) found = true;
      },
    });
    return found;
  }

  /**
   * The text of a file at a commit.
   *
   * @param revision A commit, branch or tag, with `~n` and `^n` as git has them.
   * @throws {Error} If the repository has no such commit, or the commit no such file.
   */
  async show(revision: string, path: string): Promise<string> {
    const [, name, steps] = /^(.*?)((?:[~^]\d*)*)$/s.exec(revision)!;
    let oid = await this.find(name || "HEAD");
    for (const [, kind, count] of steps.matchAll(/([~^])(\d*)/g)) {
      const number = count === "" ? 1 : Number(count);
      for (let i = 0; i < (kind === "~" ? number : Math.min(number, 1)); i++) {
        const { commit: { parent } } = await git.readCommit({ ...this.place, oid });
        const next = parent[kind === "~" ? 0 : number - 1];
        if (next === undefined) throw new Error(`the repository has no commit ${revision}`);
        oid = next;
      }
    }
    try {
      const { blob } = await git.readBlob({ ...this.place, oid, filepath: path });
      return new TextDecoder().decode(blob);
    } catch (error) {
      if (!(error instanceof git.Errors.NotFoundError)) throw error;
      throw new Error(`${path} is not in ${revision}`);
    }
  }

  private async find(name: string): Promise<string> {
    const oid = await git.resolveRef({ ...this.place, ref: name })
      .catch(() => git.expandOid({ ...this.place, oid: name })) // a commit, perhaps shortened
      .catch(() => undefined);
    if (oid === undefined) throw new Error(`the repository has no commit ${name}`);
    return (await git.readCommit({ ...this.place, oid })).oid;
  }
}

/** Whether one of two paths is, or lies in, the other. */
function touches(path: string, other: string): boolean {
  return path === "." || path === other || path.startsWith(`${other}/`) || other.startsWith(`${path}/`);
}

/**
 * Whether a file is as it was when the index was written, by kind, size and times. Deno tells times to the
 * millisecond, and that of the last change to the second; a file as young as the index may have changed.
 */
async function untouched(
  work: WalkerEntry,
  { stage, indexed }: { readonly stage: WalkerEntry; readonly indexed: number },
): Promise<boolean> {
  const [now, then] = await Promise.all([work.stat(), stage.stat()]);
  const [modified, before] = [now, then].map(({ mtimeSeconds, mtimeNanoseconds }) =>
    1000 * mtimeSeconds + Math.floor(mtimeNanoseconds / 1e6)
  );
  return modified === before && modified < Math.floor(indexed) && now.ctimeSeconds === then.ctimeSeconds &&
    now.size === then.size && now.ino === then.ino && await work.mode() === await stage.mode();
}

interface Place {
  readonly fs: ReturnType<typeof filesOf>;
  readonly dir: string;
  readonly gitdir: string;
  readonly cache: object;
}

/** Files of a linked work tree that are its own; everything else lies in the shared folder. */
const OWN = /^(HEAD|ORIG_HEAD|FETCH_HEAD|index|commondir|refs\/(bisect|worktree)(\/.*)?)$/;

/** The file system as the repository sees it: shared and borrowed objects in their places, read only. */
function filesOf(
  { gitdir, shared, others }: {
    readonly gitdir: string;
    readonly shared: string;
    readonly others: readonly string[];
  },
) {
  const objects = `${shared}/objects`;
  const packs = [objects, ...others].map((folder) => new Packs(folder));
  const place = (path: string) => {
    const inside = path.startsWith(`${gitdir}/`) ? path.slice(gitdir.length + 1) : undefined;
    return inside === undefined || OWN.test(inside) ? path : `${shared}/${inside}`;
  };
  const places = (path: string) => {
    const first = place(path);
    return first.startsWith(`${objects}/`)
      ? [first, ...others.map((folder) => `${folder}${first.slice(objects.length)}`)]
      : [first];
  };
  async function firstOf<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
    const [first, ...rest] = places(path);
    return await read(first).catch(async (error) => {
      for (const other of rest) {
        const found = await read(other).catch(() => undefined); // the first error is the one to report
        if (found !== undefined) return found;
      }
      throw error;
    });
  }
  /** What the file of an object would hold that lies in a pack. */
  const packedAs = (path: string) => {
    const [, oid] = /\/objects\/([0-9a-f]{2}\/[0-9a-f]{38})$/.exec(path) ?? [];
    if (oid === undefined || !place(path).startsWith(`${objects}/`)) return undefined;
    for (const pack of packs) {
      const found = pack.loose(oid.replace("/", ""));
      if (found) return found;
    }
  };
  const nothing = () => Promise.resolve();
  return {
    promises: {
      readFile: (path: string, options: { readonly encoding?: BufferEncoding } = {}) =>
        firstOf<unknown>(path, async (at) => bare(await fs.readFile(at, options)))
          .catch((error) => packedAs(path) ?? Promise.reject(error)),
      stat: (path: string) => firstOf(path, (at) => fs.stat(at)),
      // Thousands of short calls: waiting for each costs more than it takes.
      lstat: (path: string) => firstOf(path, async (at) => await lstatSync(at)),
      readlink: (path: string) => firstOf(path, (at) => fs.readlink(at)),
      async readdir(path: string) {
        const lists = await Promise.allSettled(places(path).map(async (at) => await readdirSync(at)));
        if (lists[0].status === "rejected" && lists.every(({ status }) => status === "rejected")) {
          throw lists[0].reason;
        }
        return [...new Set(lists.flatMap((list) => list.status === "fulfilled" ? list.value : []))];
      },
      ...{ writeFile: nothing, unlink: nothing, mkdir: nothing, rmdir: nothing, symlink: nothing },
    },
  };
}

/** What was read; bytes without their view, which the library would copy: 30 MB of packed objects. */
function bare(data: string | Uint8Array): string | Uint8Array | ArrayBufferLike {
  return typeof data !== "string" && data.byteLength === data.buffer.byteLength ? data.buffer : data;
}

/** Folders whose objects a repository borrows (`git clone --shared`), and what these borrow in turn. */
async function alternates(objects: string): Promise<string[]> {
  const text = await fs.readFile(`${objects}/info/alternates`, "utf8").catch(() => ""); // most have none
  const folders = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => resolve(objects, line));
  return (await Promise.all(folders.map(async (folder) => [folder, ...await alternates(folder)]))).flat();
}
