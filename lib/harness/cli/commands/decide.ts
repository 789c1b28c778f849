import type { Command } from "commander";
import type { CommandContext } from "./_types.ts";
import type { FollowedClaim, PaperDecision } from "../../results/mod.ts";
import { addClusterOptions, backendOf, type ClusterFlags, unlessDetached } from "./_cluster.ts";
import { budgetOption, jobsOption } from "./_options.ts";

interface Options extends ClusterFlags {
  readonly claim?: readonly string[];
  readonly budget: number;
  readonly dryRun?: boolean;
}

/** `decide [paper…]`. */
export function registerDecide(program: Command, context: CommandContext): void {
  addClusterOptions(
    program.command("decide")
      .description("add seeds or data sets to undecided claims until they are decided")
      .argument("[paper...]", "arXiv ids (default: all papers with results of the laptop profile)")
      .option(
        "--claim <id>",
        "one claim; may be repeated (default: all that are undecided)",
        (text: string, before: readonly string[] | undefined) => [...before ?? [], text],
      )
      .addOption(budgetOption("longest time, e.g. 90s, 10m, 1h30m", "2h"))
      .addOption(jobsOption()),
  )
    .option("--dry-run", "say what is undecided and what it would take; run and write nothing")
    .addHelpText(
      "after",
      `
Goes on from the committed results of the laptop profile, for claims whose rule plans more looks, and for those whose
plan was fixed beforehand: the claim that is expected to take the least computing first. Results are kept in
fixtures/<paper>/decided.json after each look. After Ctrl-C, a crash or the end of the budget the next call goes on:
finished jobs are not run again. On a cluster the budget is how long to wait: what was submitted goes on, and the
next call takes it up.

Examples:
  deno task decide --dry-run
  deno task decide 2311.03096 --claim teacher-error
  deno task decide --budget 2h --jobs 2`,
    )
    .action((papers: string[], options: Options) => run(papers, options, context));
}

async function run(papers: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { decideClaims, PaperDecision: Decision } = await import("../../results/mod.ts");
  const { duration } = await import("../../run/mod.ts");
  const { HarnessError, listPapers, loadPaper, places, suggestion, UsageError } = await import(
    "../../paper/mod.ts"
  );
  const { chooseProgress } = await import("../choose_progress.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { printOut } = await import("../print.ts");

  const { claim: ids = [], budget: budgetSeconds, jobs: workers = navigator.hardwareConcurrency } = options;
  const where = places();
  const decisions: PaperDecision[] = [];
  for (const id of papers.length > 0 ? papers : await listPapers(where)) {
    const paper = await loadPaper(id, where);
    const decision = await Decision.open(paper, where);
    if (decision) decisions.push(decision);
    else if (papers.length > 0) {
      throw new HarnessError(
        `Cannot decide claims of ${id} as it has no results of the laptop profile: make them with ` +
          `\`deno task bless ${id} --profile laptop\``,
      );
    }
  }
  const known = decisions.flatMap(({ claims }) => claims.map(({ claim }) => claim.id));
  const wrong = ids.find((id) => !known.includes(id));
  if (wrong !== undefined) {
    throw new UsageError(
      `Cannot decide "${wrong}" as it is no claim whose rule plans more looks. ${suggestion(wrong, known)}`,
    );
  }
  const followed = () =>
    decisions.flatMap(({ claims }) => claims).filter(({ claim }) =>
      ids.length === 0 || ids.includes(claim.id)
    );
  const table = async () => await tableText(followed(), workers);
  printOut(await table());
  if (options.dryRun) return;
  const backend = await backendOf(options);
  const decide = (signal: AbortSignal) =>
    decideClaims(decisions, {
      claims: ids,
      budgetSeconds,
      places: where,
      workers,
      progress: chooseProgress(),
      signal,
      backend,
      arguments: context.args,
      onRound({ open, secondsLeft }) {
        const left = open.reduce((sum, { next }) => sum + next!.secondsToEnd, 0) / workers;
        printOut(
          `${open.length} open, about ${duration(left)} to the end; ${
            duration(Math.max(0, secondsLeft))
          } of the ` +
            "budget left\n",
        );
      },
      onLook: (claim) => printOut(`${claim.paper.id} ${claim.claim.id}: ${lookText(claim)}\n`),
    });
  const end = await unlessDetached(() => interruptible(decide), context.args);
  if (end === undefined) return;
  printOut(`\n${end === "budget" ? "The budget is spent.\n" : ""}${await table()}`);
  if (followed().some(({ problem }) => problem !== null)) context.setExitCode(1);
}

/** What the last look showed. */
function lookText({ evaluated: { verdict }, problem }: FollowedClaim): string {
  return problem === null ? `${verdict.status}. ${verdict.because}` : `FAILED: ${problem}`;
}

/** A line for each claim: status, pairs, and what would decide it. */
async function tableText(claims: readonly FollowedClaim[], workers: number): Promise<string> {
  const { whatItTakes } = await import("../../results/mod.ts");
  const { duration } = await import("../../run/mod.ts");
  const { columns } = await import("../print.ts");
  if (claims.length === 0) return "No claim has a rule that plans more looks.\n";
  return columns(claims.map((followed) => {
    const { paper, claim, evaluated: { verdict: { status, evidence = [] } }, next, problem } = followed;
    const shown = followed.open.length > 0 ? followed.open : evidence;
    return [
      paper.id,
      claim.id,
      status,
      shown.map(({ pairs, looks, points }) => {
        const last = points.at(-1);
        const ends = last ? `, [${last.low.toPrecision(3)}, ${last.high.toPrecision(3)}]` : "";
        return `${pairs} of ${looks.at(-1) ?? pairs} pairs${ends}`;
      }).join("; "),
      problem !== null
        ? `FAILED: ${problem}`
        : next === null
        ? status !== "inconclusive"
          ? ""
          : evidence.every(({ decided }) => decided)
          ? whatItTakes(followed.evaluated) ?? "decided by what more pairs do not change"
          : `no more looks are planned. ${whatItTakes(followed.evaluated) ?? ""}`.trimEnd()
        : next.pairs === null
        ? `its plan takes ${next.jobs.length} more jobs (${duration(next.seconds / workers)})`
        : `next look at ${next.pairs} (${duration(next.seconds / workers)}), ${
          next.expected === null
            ? "the last look is expected to leave it open"
            : next.expected === "unknown"
            ? "what it will say cannot be told yet"
            : `decided at about ${next.expected}`
        } (${duration(next.secondsToEnd / workers)})`,
    ];
  }));
}
