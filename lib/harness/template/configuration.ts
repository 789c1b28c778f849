import library from "../../../deno.json" with { type: "json" };
import { NOTHING_REMOTE } from "../../project/mod.ts";

/** The module that the library's tasks start. */
const START = "lib/harness/start/main.ts";

/** What tests of a paper may do. */
const TEST_RIGHTS =
  "--allow-read --allow-write --allow-env --allow-sys --allow-run --allow-ffi=node_modules " +
  "--allow-net=127.0.0.1,localhost";

/**
 * The text of the `deno.json` of a repository that uses the library: its tasks, its way of formatting, and
 * its care with packages.
 *
 * @param folder Where the library is; without, it comes from the registry.
 */
export function configurationFor(folder?: string): string {
  const { name, version, tasks, nodeModulesDir, allowScripts, fmt: { lineWidth } } = library;
  const commands = Object.entries(tasks).filter(([, { command }]) => command.includes(START));
  const configuration = {
    // A folder stands in for the registry's package of the same name.
    ...folder === undefined ? {} : { links: [folder] },
    imports: { [name]: `jsr:${name}@${version}` },
    nodeModulesDir,
    allowScripts,
    fmt: { lineWidth, exclude: ["fixtures", "out", "data", "notebooks"] },
    lint: { exclude: ["out", "data", "notebooks"] },
    tasks: {
      ...Object.fromEntries(commands.map(([task, { description, command }]) => [
        task,
        {
          description,
          command: command.replace(START, `${name}/cli`).replace("--no-remote", NOTHING_REMOTE),
        },
      ])),
      check: "deno fmt --check && deno lint && deno check reproductions tests",
      test: `deno test --no-check --parallel ${TEST_RIGHTS}`,
      ok: "deno task check && deno task test",
    },
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}
