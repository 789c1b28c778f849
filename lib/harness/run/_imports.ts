/** What a module's text says of its imports and exports, as far as doors need it. */

/** An import or re-export that runs code. */
export interface ImportClause {
  readonly specifier: string;
  /** Names of the values taken; `all` for a namespace, a side effect, `export *` and `import()`. */
  readonly names: readonly string[] | "all";
}

/** A re-export of a door: names by what they are called outside, or all. */
export interface ReExport {
  readonly specifier: string;
  readonly names: ReadonlyMap<string, string> | "all";
}

const STATEMENT =
  /(?:^|[;}\n])\s*(import|export)\s+(type\s+)?(?:([\w$]+)\s*,?\s*)?(\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*(?:from\s*)?"([^"\n]+)"/g;

/** The text without comments; strings that look like one are harmless here. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, " ").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

/** `a, type B, c as d` → values only, as `[inside, outside]`. */
function namesIn(braces: string): [string, string][] {
  return braces.slice(1, -1).split(",").map((item) => item.trim())
    .filter((item) => item !== "" && !item.startsWith("type "))
    .map((item) => {
      const [inside, outside = inside] = item.split(/\s+as\s+/);
      return [inside, outside];
    });
}

/**
 * The names that a module takes from each specifier. What cannot be read here is missing: then everything
 * must count.
 */
export function readImports(text: string): ReadonlyMap<string, readonly string[] | "all"> {
  const found = new Map<string, readonly string[] | "all">();
  const add = (specifier: string, names: readonly string[] | "all") => {
    const before = found.get(specifier) ?? [];
    found.set(specifier, before === "all" || names === "all" ? "all" : [...before, ...names]);
  };
  const code = withoutComments(text);
  for (const [, , type, single, clause, specifier] of code.matchAll(STATEMENT)) {
    if (type) continue;
    if (clause?.startsWith("{")) {
      add(specifier, [...single ? ["default"] : [], ...namesIn(clause).map(([inside]) => inside)]);
    } else add(specifier, single && !clause ? ["default"] : "all");
  }
  for (const [, specifier] of code.matchAll(/\bimport\(\s*"([^"\n]+)"/g)) add(specifier, "all");
  return found;
}

/**
 * What a door re-exports and which modules it runs for their effect; `null` if the module is none, as it has
 * code of its own.
 */
export function readDoor(
  text: string,
): { readonly reExports: readonly ReExport[]; readonly effects: readonly string[] } | null {
  const reExports: ReExport[] = [];
  const effects: string[] = [];
  const rest = withoutComments(text).replaceAll(
    /export\s+(type\s+)?(\*|\{[^}]*\})\s*from\s*"([^"\n]+)";?|import\s*"([^"\n]+)";?/g,
    (_, type, clause, specifier, effect) => {
      if (effect) effects.push(effect);
      else if (!type) {
        const names = clause === "*" ? "all" : new Map(
          namesIn(clause).map(([inside, outside]) => [outside, inside]),
        );
        reExports.push({ specifier, names });
      }
      return "";
    },
  );
  return rest.trim() === "" ? { reExports, effects } : null;
}

/** The names that a module itself defines and exports, types included. */
export function readExports(text: string): ReadonlySet<string> {
  const code = withoutComments(text);
  const names = new Set<string>();
  const declared =
    /(?:^|[;}\n])\s*export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|var|class|interface|type|enum)\s+([\w$]+)/g;
  for (const [, name] of code.matchAll(declared)) names.add(name);
  for (const [, type, braces, from] of code.matchAll(/export\s+(type\s+)?(\{[^}]*\})(\s*from)?/g)) {
    if (!type && !from) { for (const [, outside] of namesIn(braces)) names.add(outside); }
  }
  if (/(?:^|[;}\n])\s*export\s+default\b/.test(code)) names.add("default");
  return names;
}
