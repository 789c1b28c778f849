/** An error whose message alone, on one line, tells the user what is wrong and what to do. */
export class HarnessError extends Error {
  /** The class's name, as messages show it. */
  override readonly name: string = "HarnessError";
  /** Exit code of the command line. */
  readonly exitCode: number = 1;
}

/** A wrong argument: the command line ends with exit code 2. */
export class UsageError extends HarnessError {
  /** The class's name, as messages show it. */
  override readonly name = "UsageError";
  /** As shells know it from a wrong usage. */
  override readonly exitCode = 2;
}

/** A file or folder that cannot be written. */
export class WriteError extends HarnessError {
  /** The class's name, as messages show it. */
  override readonly name = "WriteError";
}

/** The run was stopped by Ctrl-C or a request to end; finished jobs are kept. */
export class Interrupted extends HarnessError {
  /** The class's name, as messages show it. */
  override readonly name = "Interrupted";
  /** 128 plus the number of SIGINT, as shells have it. */
  override readonly exitCode = 130;
}

/** Not a failure: the jobs go on without this process, or were handed to somebody else. */
export class Detached extends HarnessError {
  /** The class's name, as messages show it. */
  override readonly name = "Detached";
  /** All went well. */
  override readonly exitCode = 0;
}
