import type { Command } from "commander";

/** What a command's action may use. */
export interface CommandContext {
  /** The arguments of the whole command line, for the record. */
  readonly args: readonly string[];
  /** Sets the exit code: 0 done, 1 failed jobs or failed goldens, 2 wrong usage. */
  setExitCode(code: number): void;
}

/** Adds a command. Heavy modules are imported by its action, so that `--help` stays quick. */
export type CommandRegistration = (program: Command, context: CommandContext) => void;

/** What `doctor` finds. */
export interface Finding {
  readonly what: string;
  /** `null`: it cannot be said here. */
  readonly ok: boolean | null;
  /** What was found and, where that is not enough, what to do. */
  readonly detail: string;
}
