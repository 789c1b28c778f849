import library from "../../../deno.json" with { type: "json" };
import { experimentOf, type Machine, type Paper, PROJECT } from "../paper/mod.ts";
import { libraryFolder } from "../../project/mod.ts";
import { machine, type RunOutcome } from "../run/mod.ts";

/** How results came about. */
export interface RunProvenance {
  /** Of this project's code. */
  readonly code: CodeState;
  /** Where it was run. */
  readonly machine: Machine;
  /** Versions of refigure, Deno, V8 and the executor's engine. */
  readonly versions: Readonly<Record<string, string>>;
  /** The data sets that the jobs read. */
  readonly data: readonly { readonly name: string; readonly source: string; readonly digest: string }[];
  /** ISO 8601, UTC. */
  readonly started: string;
  /** ISO 8601, UTC. */
  readonly finished: string;
  /** Wall-clock seconds in between (cached jobs take none). */
  readonly seconds: number;
  /** Arguments of the command line. */
  readonly arguments: readonly string[];
}

/** How the results of a run came about that ends now. */
export async function provenanceOf(
  paper: Paper,
  outcome: RunOutcome,
  { started, seconds, code = codeState(), arguments: args }:
    & { readonly started: Date; readonly code?: Promise<CodeState> }
    & Pick<RunProvenance, "seconds" | "arguments">,
): Promise<RunProvenance> {
  return {
    code: await code,
    machine: machineOf(paper, outcome) ?? machine(),
    versions: await versions(outcome.engines),
    data: outcome.data.map(({ name, source, digest }) => ({ name, source, digest })),
    started: started.toISOString(),
    finished: new Date().toISOString(),
    seconds,
    arguments: args,
  };
}

/** The other machine that jobs ran on, if any did: that of those which measure time, else of the first. */
function machineOf(paper: Paper, { records }: RunOutcome): Machine | undefined {
  const elsewhere = [...records.values()].filter(({ machine }) => machine);
  return (elsewhere.find(({ job }) => experimentOf(paper, job).timing) ?? elsewhere[0])?.machine;
}

/** The state of the project's code. */
export interface CodeState {
  /** Git commit; `null` outside a git checkout. */
  readonly commit: string | null;
  /** Whether files that results depend on differ from the commit. */
  readonly dirty: boolean;
}

/** What results depend on. */
const CODE = ["lib", "reproductions", "deno.json", "deno.lock"];

/** The state of the project's code; commit `null` where the checkout has no repository of its own. */
export async function codeState(): Promise<CodeState> {
  const { commit, dirty } = await inspectCheckout();
  return { commit, dirty };
}

/** The state of the project's code, and why it has no commit or cannot be compared with it. */
export async function inspectCheckout(
  folder: string = PROJECT,
  { code = CODE }: { readonly code?: readonly string[] } = {},
): Promise<CodeState & { readonly problem?: string }> {
  const { Repository } = await import("./_repository.ts");
  let commit: string | null = null;
  try {
    const repository = await Repository.open(folder);
    if (!repository) {
      const problem =
        "no .git in its folder: clone the project with git, or `git init`, for results that name their commit";
      return { commit, dirty: false, problem };
    }
    commit = await repository.head();
    return { commit, dirty: await repository.differs(code) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // What cannot be compared may differ.
    return { commit, dirty: commit !== null, problem: `its repository cannot be read: ${reason}` };
  }
}

/**
 * The library's version; where it is a checkout of its own beside the project, with its commit: those of a
 * registry have numbers of their own.
 */
async function libraryVersion(): Promise<string> {
  const folder = libraryFolder();
  if (folder === undefined || folder === PROJECT) return library.version;
  const { commit, dirty } = await inspectCheckout(folder, { code: ["lib", "deno.json"] });
  return commit === null
    ? library.version
    : `${library.version}+${commit.slice(0, 10)}${dirty ? ".changed" : ""}`;
}

/** Versions of the runtime and of an executor's engines. */
export async function versions(engines: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  return { refigure: await libraryVersion(), deno: Deno.version.deno, v8: Deno.version.v8, ...engines };
}
