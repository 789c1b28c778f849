import { HarnessError, sha256 } from "../paper/mod.ts";
import { shortName } from "../../project/mod.ts";
import { readDoor, readExports, readImports } from "./_imports.ts";
import { launcher } from "../start/mod.ts";

/** What a module's behaviour depends on: its own code and packages. */
export interface ModuleGraph {
  /** Digest (16 hexadecimal digits) of each local file, by its short name (lib/project). */
  readonly files: Readonly<Record<string, string>>;
  /** `name@version` of each npm package, direct or not, sorted. */
  readonly packages: readonly string[];
}

/** The part of `deno info --json` that is read here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly local?: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string; readonly error?: string };
    }[];
    readonly npmPackage?: string;
  }[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly npmPackages: Readonly<Record<string, { readonly dependencies: readonly string[] }>>;
}

/**
 * Finds all code that a module runs: the local files and npm packages that it imports, directly or not,
 * static and dynamic. Imports of types alone do not count, so that a change of a contract's text moves no
 * result.
 *
 * A door, a `mod.ts` that only re-exports, is transparent: of what it re-exports only the modules that define
 * the imported names count, and those that it imports for their effect. Where a name cannot be found, the
 * whole door counts.
 *
 * @param entry URL of the module (`import.meta.url`).
 * @throws {HarnessError} If the module or one that it imports cannot be found or parsed.
 */
export function moduleGraph(entry: string): Promise<ModuleGraph> {
  return moduleGraphs([entry])(entry);
}

/**
 * Finds the same for several modules, which have most of their code in common: Deno lists it once.
 *
 * @param entries URLs of the modules.
 * @returns the graph of each of them.
 */
export function moduleGraphs(entries: readonly string[]): (entry: string) => Promise<ModuleGraph> {
  const together = entries.length > 1 ? denoInfo(moduleOf(entries)).catch(() => undefined) : undefined;
  const contents: Contents = new Map();
  const graphs = new Map<string, Promise<ModuleGraph>>();
  return (entry) => {
    const graph = graphs.get(entry) ??
      // What Deno cannot list together is listed alone, so that an error belongs to its own module.
      (async () => graphOf(new Modules(entry, await together ?? await denoInfo(entry), contents)))();
    graphs.set(entry, graph);
    return graph;
  };
}

/** A module that imports others, as a URL. */
function moduleOf(entries: readonly string[]): string {
  const text = entries.map((entry) => `import ${JSON.stringify(entry)};`).join("");
  return `data:application/javascript,${encodeURIComponent(text)}`;
}

async function graphOf(modules: Modules): Promise<ModuleGraph> {
  const { entry } = modules;
  const files: Record<string, string> = {};
  const packages = new Set<string>();
  const seen = new Set<string>();
  const open = [entry];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const module = modules.find(name);
    if (!module || seen.has(module.specifier)) continue;
    seen.add(module.specifier);
    if (module.local) {
      files[shortName(module.specifier)] = (await modules.content(module)).digest;
    }
    if (module.npmPackage) addPackage(module.npmPackage, modules.info, packages);
    open.push(...await modules.reached(module));
  }
  return mergeGraphs([{ files, packages: [...packages] }]);
}

type Module = Info["modules"][number];

interface Content {
  readonly text: string;
  /** The first 16 hexadecimal digits of its digest. */
  readonly digest: string;
}

/** What has been read, by specifier. */
type Contents = Map<string, Promise<Content>>;

async function read(module: Module): Promise<Content> {
  const bytes = await bytesOf(module);
  return { text: new TextDecoder().decode(bytes), digest: (await sha256(bytes)).slice(0, 16) };
}

/** A module as it was written: below one from the web Deno notes in its cache when it was fetched. */
async function bytesOf({ local, specifier }: Module): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(local!);
  if (specifier.startsWith("file:")) return bytes;
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(text.replace(/\n\/\/ denoCacheMetadata=[^\n]*\s*$/, ""));
}

/** The modules that `deno info` found, and which of them an import reaches through doors. */
class Modules {
  private readonly bySpecifier: ReadonlyMap<string, Module>;

  constructor(readonly entry: string, readonly info: Info, private readonly contents: Contents) {
    this.bySpecifier = new Map(info.modules.map((module) => [module.specifier, module]));
  }

  /** @throws {HarnessError} If it was not found or could not be parsed. */
  find(name: string): Module | undefined {
    const module = this.bySpecifier.get(this.info.redirects[name] ?? name);
    if (!module?.error) return module;
    throw new HarnessError(`Cannot read the imports of ${this.entry}: ${module.error}`);
  }

  /** What a module imports, with the modules behind doors in the doors' places. */
  async reached(module: Module): Promise<string[]> {
    const reached: string[] = [];
    const imports = module.local?.match(/\.tsx?$/) ? readImports(await this.text(module)) : new Map();
    for (const [specifier, target] of this.dependencies(module)) {
      reached.push(...await this.through(target, imports.get(specifier) ?? "all"));
    }
    return reached;
  }

  /** The modules that define `names` of a module, if it is a door; else the module itself. */
  private async through(target: string, names: readonly string[] | "all"): Promise<string[]> {
    const door = names === "all" ? null : await this.door(target);
    if (!door) return [target];
    const found: string[] = [...door.effects];
    for (const name of names) {
      const behind = await this.behind(target, name);
      if (!behind) return [target];
      found.push(...behind);
    }
    return found;
  }

  /**
   * The modules that a door's name leads to, through further doors; `undefined` if it has none of that name.
   */
  private async behind(target: string, name: string): Promise<readonly string[] | undefined> {
    const door = await this.door(target);
    if (!door) {
      const module = this.find(target);
      const defines = module?.local !== undefined && readExports(await this.text(module)).has(name);
      return defines ? [target] : undefined;
    }
    for (const { target: next, names } of door.reExports) {
      if (names === "all") {
        const found = await this.behind(next, name);
        if (found) return [...door.effects, ...found];
      } else if (names.has(name)) {
        return [...door.effects, ...await this.through(next, [names.get(name)!])];
      }
    }
    return undefined;
  }

  private async door(target: string) {
    const module = this.find(target);
    if (!module?.local?.endsWith("/mod.ts")) return null;
    const read = readDoor(await this.text(module));
    if (!read) return null;
    const targets = new Map(this.dependencies(module));
    const resolved = (specifier: string) => targets.get(specifier);
    return {
      effects: read.effects.flatMap((specifier) => resolved(specifier) ?? []),
      reExports: read.reExports.flatMap(({ specifier, names }) => {
        const target = resolved(specifier);
        return target === undefined ? [] : [{ target, names }];
      }),
    };
  }

  /** Specifiers as written, with what they lead to; those of types alone are left out. */
  private dependencies({ dependencies = [], specifier }: Module): [string, string][] {
    return dependencies.flatMap(({ code, specifier: text }): [string, string][] => {
      if (!code) return [];
      if (!code.error && code.specifier) return [[text, code.specifier]];
      throw new HarnessError(`Cannot resolve "${text}" in ${shortName(specifier)}: ${code.error}`);
    });
  }

  private async text(module: Module): Promise<string> {
    return (await this.content(module)).text;
  }

  content(module: Module): Promise<Content> {
    const content = this.contents.get(module.specifier) ?? read(module);
    this.contents.set(module.specifier, content);
    return content;
  }
}

/** What several modules' behaviour depends on together, sorted. */
export function mergeGraphs(graphs: readonly ModuleGraph[]): ModuleGraph {
  const files = Object.assign({}, ...graphs.map((graph) => graph.files)) as Record<string, string>;
  return {
    files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1)),
    packages: [...new Set(graphs.flatMap(({ packages }) => packages))].sort(),
  };
}

function addPackage(name: string, info: Info, into: Set<string>): void {
  if (into.has(name)) return;
  into.add(name);
  for (const dependency of info.npmPackages[name]?.dependencies ?? []) addPackage(dependency, info, into);
}

async function denoInfo(entry: string): Promise<Info> {
  const { program, args } = launcher(["graph", entry]);
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) {
    throw new HarnessError(
      `Cannot read the imports of ${entry}: ${text.decode(stderr).trim().split("\n")[0]}`,
    );
  }
  return JSON.parse(text.decode(stdout));
}
