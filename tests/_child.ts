import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Deno's flag that lets a process load the libraries of the packages, also where their folder is a link. */
export const ALLOW_LIBRARIES = `--allow-ffi=${ROOT}node_modules,${Deno.realPathSync(`${ROOT}node_modules`)}`;

/** More flags for one that compiles on the executor `c`: it starts a compiler and keeps what that built. */
export const ALLOW_COMPILER: readonly string[] = [
  `--allow-run=${[...new Set([Deno.env.get("CC"), "cc", "gcc", "clang"])].filter(Boolean).join(",")}`,
  `--allow-write=${ROOT}node_modules/.cache/refigure-c`,
];

/** Options of {@link runScript}. */
export interface ScriptOptions {
  /** Environment variables on top of this process's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Further flags of `deno run`. */
  readonly allow?: readonly string[];
}

/**
 * Runs a script in a process of its own, with the permissions of a task, and gives the JSON of its last line.
 *
 * @throws {Error} If the script fails; the message has what it wrote.
 */
export async function runScript(
  script: URL,
  { env = {}, args = [], allow = [] }: ScriptOptions = {},
): Promise<unknown> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--config", `${ROOT}deno.json`, "--no-prompt", "--quiet", "--no-check"],
      ...["--allow-read", "--allow-env", "--allow-sys", ALLOW_LIBRARIES],
      ...allow,
      fileURLToPath(script),
      ...args,
    ],
    env: { ...env },
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`The script ended with ${code}: ${text.decode(stderr)}`);
  return JSON.parse(text.decode(stdout).trim().split("\n").at(-1)!);
}
