import assert from "node:assert/strict";
import { dirname } from "node:path";
import { PROJECT } from "../lib/harness/mod.ts";

/** Copies what `deno publish` would upload, and nothing else, into a new folder. */
export async function copyPublished(folder: string): Promise<void> {
  const { publish } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
  await Deno.mkdir(folder);
  for (const name of publish.include) {
    await shell(`cp -R "$0" "$1"`, { args: [`${PROJECT}${name}`, `${folder}/${name}`] });
  }
}

/** Options of {@link shell}. */
export interface ShellOptions {
  /** Where it runs. */
  readonly cwd?: string;
  /** `$0`, `$1`, … */
  readonly args?: readonly string[];
  /** Environment variables on top of this process's. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a shell's commands, with this Deno on the path, until one fails.
 *
 * @returns what they wrote to standard output.
 */
export async function shell(
  commands: string,
  { cwd, args = [], env }: ShellOptions = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-euc", commands, ...args],
    cwd,
    env: { PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`, NO_COLOR: "1", ...env },
  }).output();
  const text = new TextDecoder();
  assert.ok(success, `${commands}\n${text.decode(stdout)}${text.decode(stderr)}`);
  return text.decode(stdout);
}
