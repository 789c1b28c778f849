import { Command, CommanderError } from "commander";
import { type CommandContext, commands } from "./commands/registry.ts";
import { HarnessError, Interrupted, oneLine } from "../paper/mod.ts";
import { printError, printOut } from "./print.ts";

/**
 * Runs the command line.
 *
 * @param args Arguments, without the program.
 * @returns The exit code: 0 done, 1 failed jobs or failed goldens, 2 wrong usage, 130 interrupted.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const context: CommandContext = { args, setExitCode: (code) => void (exitCode = code) };
  const program = new Command("refigure")
    .description("Reproduce the figures, tables and claims of machine-learning papers.")
    .usage("<command> [options]")
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: printOut,
      writeErr: printError,
      // On one line, with the suggestion.
      outputError: (text, write) => write(`${text.trim().replaceAll(/\s*\n\s*/g, " ")}\n`),
    })
    .addHelpText(
      "after",
      `
Examples:
  deno task reproduce 2305.18593                      all figures, tables and claims in about 10 minutes
  deno task reproduce 2305.18593 --profile smoke      the same in seconds, on generated data
  deno task reproduce 2305.18593 --only "Figure 2"    one figure
  deno task verify                                    recompute the goldens and compare
  deno task doctor                                    what this machine has

Exit codes: 0 done, 1 failed jobs or failed goldens, 2 wrong usage, 130 interrupted.`,
    );
  for (const register of commands) register(program, context);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, args);
  }
}

/** Prints an error on one line and tells its exit code. */
async function explain(error: unknown, args: readonly string[]): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 || error.code === "commander.help" ? 0 : 2;
  const { message, name, stack } = error instanceof Error ? error : new Error(String(error));
  const expected = error instanceof HarnessError;
  const text = error instanceof Interrupted
    ? `${message}. ${(await import("./texts.ts")).again(args)}`
    : message;
  printError(`error: ${expected ? "" : `${name}: `}${oneLine(text)}\n`);
  if (!expected) {
    printError(Deno.env.get("REFIGURE_DEBUG") ? `${stack}\n` : "Set REFIGURE_DEBUG=1 to see where.\n");
  }
  return expected ? error.exitCode : 1;
}
