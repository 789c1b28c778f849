import type { Command } from "commander";
import type { CommandContext } from "./_types.ts";
import type { Audit, AuditOutcome } from "../../results/mod.ts";
import type { ProfileName } from "../../paper/mod.ts";
import { addClusterOptions, backendOf, type ClusterFlags, unlessDetached } from "./_cluster.ts";
import { goldensOf } from "./_goldens.ts";
import { budgetOption, jobsOption, profileOption, sampleOption, seedOption } from "./_options.ts";

interface Options extends ClusterFlags {
  readonly profile: ProfileName;
  readonly sample?: number;
  readonly budget: number;
  readonly seed?: number;
  readonly json?: boolean;
}

/** `audit [paper…]`. */
export function registerAudit(program: Command, context: CommandContext): void {
  addClusterOptions(
    program.command("audit")
      .description("recompute a random sample of the accepted results and compare")
      .argument("[paper...]", "arXiv ids (default: all papers with accepted results)")
      .addOption(profileOption("laptop"))
      .addOption(sampleOption("largest number of jobs (default: as many as the budget holds)"))
      .addOption(budgetOption("about how long it may take, e.g. 90s, 10m, 1h30m", "10m"))
      .addOption(seedOption("decides which jobs are drawn (default: a random one, which is printed)"))
      .addOption(jobsOption()),
  )
    .option("--json", "print one line of JSON, and nothing else, on standard output")
    .addHelpText(
      "after",
      `
Jobs are drawn at random, long ones with a smaller chance, and recomputed without the cache. Numbers may differ as in
\`verify\`. At the end it says with what probability it would have seen wrong results. Measurements of time are left out.
On a cluster the budget only says how many jobs are drawn: nobody knows how long they wait.

Examples:
  deno task audit                           ten minutes, all papers
  deno task audit 2305.18593 --sample 5     five jobs of one paper
  deno task audit --budget 1m --seed 7      a minute; the same jobs each time`,
    )
    .action((papers: string[], options: Options) => run(papers, options, context));
}

async function run(papers: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { Audit, committedJobs, describeDifference, runAudit, withDecidedJobs } = await import(
    "../../results/mod.ts"
  );
  const { duration } = await import("../../run/mod.ts");
  const { jobLabel, places } = await import("../../paper/mod.ts");
  const { chooseProgress } = await import("../choose_progress.ts");
  const { interruptible } = await import("../interrupt.ts");
  const { printError, printOut } = await import("../print.ts");

  const { profile, sample, budget: budgetSeconds, json } = options;
  const { seed = crypto.getRandomValues(new Uint32Array(1))[0], jobs = navigator.hardwareConcurrency } =
    options;
  const backend = await backendOf(options);
  const where = places();
  const goldens = await goldensOf(papers, profile, { places: where, verb: "audit" });
  const committed = committedJobs(profile === "laptop" ? await withDecidedJobs(goldens, where) : goldens);
  if (committed.length === 0) {
    printOut(json ? `${JSON.stringify({ profile, jobs: 0 })}\n` : `No accepted results of ${profile}.\n`);
    return;
  }
  const audit = new Audit(committed, { seed, sample, budgetSeconds, workers: jobs });
  const seconds = audit.drawn.reduce((sum, { record }) => sum + record.seconds, 0);
  printError(
    `${audit.drawn.length} of ${committed.length} jobs drawn with the seed ${seed}, about ${
      duration(seconds / jobs)
    }\n`,
  );
  const progress = chooseProgress({ plain: json });
  const outcome = await unlessDetached(
    () =>
      interruptible((signal) =>
        runAudit(audit, { budgetSeconds, workers: jobs, places: where, progress, signal, backend })
      ),
    options.seed === undefined ? [...context.args, "--seed", `${seed}`] : context.args,
  );
  if (!outcome) return;
  const { finished, differences, failures, stopped } = outcome;
  const bad = differences.length > 0 || failures.length > 0 || finished.length === 0;
  context.setExitCode(stopped === "interrupted" ? 130 : bad ? 1 : 0);
  const chances = chancesOf(audit, outcome);
  if (json) {
    const label = ({ paper, record }: Audit["drawn"][number]) => `${paper.id} ${jobLabel(record.job)}`;
    const report = {
      profile,
      seed,
      jobs: committed.length,
      drawn: audit.drawn.map(label),
      finished: finished.map(label),
      ...chances,
      stopped: stopped ?? null,
      failures,
      differences,
    };
    return printOut(`${JSON.stringify(report)}\n`);
  }
  const again = [
    ...papers,
    ...(profile === "laptop" ? [] : ["--profile", profile]),
    ...["--sample", audit.drawn.length, "--budget", `${budgetSeconds}s`, "--jobs", jobs, "--seed", seed],
  ];
  printOut([
    ...failures.map(({ label, message }) => `  FAILED ${label}: ${message}`),
    ...differences.slice(0, SHOWN).map((difference) => `  ${describeDifference(difference)}`),
    ...differences.length > SHOWN ? [`  and ${differences.length - SHOWN} more (all with --json)`] : [],
    foundText(audit, outcome),
    ...coverageText(audit, chances),
    `The same jobs again: deno task audit ${again.join(" ")}`,
    "",
  ].join("\n"));
}

/** Differences that are printed. */
const SHOWN = 50;

/** Probabilities of having seen more than 5 % of wrong jobs, and of having drawn one wrong job. */
interface Chances {
  readonly wrong: number;
  /** Whichever jobs are wrong; `null` after an early end, when only {@link byChance} holds. */
  readonly confidence: number | null;
  readonly byChance: number;
  readonly single: readonly [number, number] | null;
}

function chancesOf(audit: Audit, { finished }: AuditOutcome): Chances {
  const whole = finished.length === audit.drawn.length;
  return {
    wrong: audit.wrong,
    confidence: whole ? audit.confidence : null,
    byChance: audit.confidenceByChance(finished.length),
    single: whole ? audit.probabilities : null,
  };
}

function foundText({ drawn, jobs }: Audit, { finished, differences, failures, stopped }: AuditOutcome) {
  const ended = stopped === "budget" ? ", then the budget was spent" : stopped ? ", then interrupted" : "";
  const share = `${finished.length} of ${drawn.length} drawn jobs recomputed${ended}: ${
    (100 * finished.length / jobs.length).toFixed(1)
  } % of all ${jobs.length}`;
  const bad = differences.length + failures.length;
  return bad === 0
    ? `${share}, none differs.`
    : `${share}; ${differences.length} differences, ${failures.length} failed jobs.`;
}

function coverageText({ jobs }: Audit, { wrong, confidence, byChance, single }: Chances): string[] {
  const seen = `If more than 5 % of the jobs were wrong (${wrong} or more of ${jobs.length}), this audit ` +
    "would have seen it with probability";
  if (confidence === null) {
    return [`${seen} ${byChance.toFixed(3)}, should being wrong not depend on which jobs were finished.`];
  }
  const [longest, shortest] = single!.map((value) => value.toFixed(3));
  return [
    `${seen} ${confidence.toFixed(3)}, whichever they are; with ${byChance.toFixed(3)}, should that not ` +
    "depend on how long a job takes.",
    `A single wrong job: with probability ${longest} (the longest) to ${shortest} (the shortest).`,
    "Drawn by conditional Poisson sampling with weights 1/√seconds (Hájek 1964; probabilities: Chen, Dempster " +
    "and Liu 1994).",
  ];
}
