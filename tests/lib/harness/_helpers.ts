import { PROJECT } from "../../../lib/harness/paper/places.ts";

/** Folder of the papers made for these tests. */
export const PAPERS = `${PROJECT}tests/lib/harness/_fake_paper`;

/** What a command line left behind. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link refigure}. */
export interface CommandOptions {
  readonly args: readonly string[];
  /** Folder for `out` and `fixtures`. */
  readonly folder: string;
  /** Papers in place of the fake ones. */
  readonly papers?: string;
  /** `REFIGURE_DATA`. @default "" */
  readonly data?: string;
  /** A program and its arguments that get the whole command as further arguments. */
  readonly through?: readonly string[];
  /** Whether to start it as a user does, by `deno task`. @default false */
  readonly task?: boolean;
  /** The checkout whose command line it is. @default this one */
  readonly checkout?: string;
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the command line on the fake papers, with the task's permissions. */
export function startRefigure(
  { args, folder, papers = PAPERS, data = "", env, through = [], task = false, checkout = PROJECT }:
    CommandOptions,
): Deno.ChildProcess {
  const [program, ...first] = [...through, Deno.execPath()];
  return new Deno.Command(program, {
    args: [
      ...first,
      ...task ? ["task", "--config", `${checkout}deno.json`, "refigure"] : [
        ...["run", "--no-prompt", "--config", `${checkout}deno.json`, "--no-remote"],
        ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys=uid,gid,homedir", "--allow-run"],
        `${checkout}lib/harness/start/main.ts`,
      ],
      ...args,
    ],
    // The project is where one is.
    cwd: checkout,
    env: {
      ...env,
      NO_COLOR: "1",
      REFIGURE_DATA: data,
      REFIGURE_PAPERS: papers,
      REFIGURE_OUT: `${folder}/out`,
      REFIGURE_FIXTURES: `${folder}/fixtures`,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs the command line to its end. */
export async function refigure(options: CommandOptions): Promise<CommandResult> {
  const { code, stdout, stderr } = await startRefigure(options).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Runs a test with a folder of its own. */
export async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Paths of all files below a folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await filesBelow(`${folder}/${name}`));
    else found.push(`${folder}/${name}`);
  }
  return found.sort();
}
