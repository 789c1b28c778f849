import { HarnessError } from "./errors.ts";
import { sha256 } from "./json.ts";
import { ROOT } from "./places.ts";
import { subprocess } from "./_subprocess.ts";

/** What a module's behaviour depends on: its own code and packages. */
export interface ModuleGraph {
  /** Digest (16 hexadecimal digits) of each local file, by path below the project's folder. */
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
 * Finds all code that a module runs: the local files and npm packages that it imports, directly or not, static and
 * dynamic. Imports of types alone do not count, so that a change of a contract's text moves no result.
 *
 * @param entry URL of the module (`import.meta.url`).
 * @throws {HarnessError} If the module or one that it imports cannot be found or parsed.
 */
export async function moduleGraph(entry: string): Promise<ModuleGraph> {
  const info = await denoInfo(entry);
  const byName = new Map(info.modules.map((module) => [module.specifier, module]));
  const files: Record<string, string> = {};
  const packages = new Set<string>();
  const seen = new Set<string>();
  const open = [entry];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const specifier = info.redirects[name] ?? name;
    const module = byName.get(specifier);
    if (seen.has(specifier) || !module) continue;
    seen.add(specifier);
    if (module.error) throw new HarnessError(`Cannot read the imports of ${entry}: ${module.error}`);
    if (module.local) {
      files[relative(module.local)] = (await sha256(await Deno.readFile(module.local))).slice(0, 16);
    }
    if (module.npmPackage) addPackage(module.npmPackage, info, packages);
    for (const { code, specifier: text } of module.dependencies ?? []) {
      if (!code) continue;
      if (code.error || !code.specifier) {
        throw new HarnessError(
          `Cannot resolve "${text}" in ${relative(module.local ?? specifier)}: ${code.error}`,
        );
      }
      open.push(code.specifier);
    }
  }
  return mergeGraphs([{ files, packages: [...packages] }]);
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

function relative(path: string): string {
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

async function denoInfo(entry: string): Promise<Info> {
  const { success, stdout, stderr } = await subprocess(Deno.execPath(), {
    args: ["info", "--json", "--config", `${ROOT}deno.json`, entry],
    env: { NO_COLOR: "1" },
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
