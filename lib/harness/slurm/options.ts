import { UsageError } from "../paper/mod.ts";

/** How to use the cluster. */
export interface ClusterOptions {
  /** More options for `sbatch`; they win over refigure's. */
  readonly sbatch?: readonly string[];
  /** Lines of shell that each element runs first, e.g. `module load cuda`. */
  readonly setup?: string;
  /** Elements at once. @default by the estimated work, at most 100 */
  readonly atOnce?: number;
  /** Whether to return as soon as everything is submitted. @default false */
  readonly detach?: boolean;
}

/** Options of `sbatch` on which refigure's own work rests. */
const OURS =
  /^(-a|--array|-o|--output|-e|--error|--open-mode|--wrap|-D|--chdir|-J|--job-name|--parsable|-W|--wait)$/;

/** Short options of `sbatch`, by the long one's name. */
const SHORT: Readonly<Record<string, string>> = { "-t": "--time", "-G": "--gpus", "-c": "--cpus-per-task" };

/**
 * Splits the text of `--slurm` into arguments, as a shell would without its variables and patterns.
 *
 * @throws {UsageError} If it holds something that is no option, or an option that refigure sets itself.
 */
export function parseSbatchOptions(text: string): readonly string[] {
  const words = [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2")
  );
  const refuse = (why: string, current: string): never => {
    throw new UsageError(`Cannot pass "${text}" to sbatch as ${why}: current value is ${current}`);
  };
  if (words.length > 0 && !words[0].startsWith("-")) refuse("it must begin with an option", words[0]);
  for (const word of words) {
    // A short option may have its value attached.
    const name = word.startsWith("--") ? word.split("=")[0] : word.slice(0, 2);
    if (OURS.test(name)) refuse("refigure sets that option itself", word);
  }
  return words;
}

/** Whether a user's arguments set one of these long options, or a short form of it. */
export function sets(args: readonly string[], ...names: readonly string[]): boolean {
  return args.some((word) => {
    const name = word.startsWith("--") ? word.split("=")[0] : SHORT[word.slice(0, 2)];
    return name !== undefined && names.includes(name);
  });
}
