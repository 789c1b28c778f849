import type { Command } from "commander";

/** `init`: its help. The command itself is `../../start`'s, as it runs before any package is installed. */
export function registerInit(program: Command): void {
  program.command("init")
    .description("make a repository of your own in this folder: tasks, an example paper, tests, CI, README")
    .addHelpText(
      "after",
      `
In an empty folder beside a copy of refigure, with nothing but Node:
  npx -y deno@${Deno.version.deno} run -A ../refigure/lib/harness/start/main.ts init`,
    );
}
