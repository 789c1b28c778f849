import { InvalidArgumentError, Option } from "commander";
// Not through mod.ts, which loads TensorFlow.js: `--help` stays quick.
import { EXECUTORS } from "../../../compile/types.ts";
import { PROFILES, suggestion } from "../../paper/mod.ts";

function oneOf<T extends string>(known: readonly T[]): (text: string) => T {
  return (text) => {
    if ((known as readonly string[]).includes(text)) return text as T;
    throw new InvalidArgumentError(`It must be one of ${known.join(", ")}. ${suggestion(text, known)}`);
  };
}

function count(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError("It must be an integer >= 1.");
}

/** `--profile`, with a default that the help names. */
export function profileOption(fallback?: string): Option {
  const option = new Option("-p, --profile <name>", `how much to run: ${PROFILES.join(", ")}`).argParser(
    oneOf(PROFILES),
  );
  return fallback === undefined ? option : option.default(fallback);
}

/** `--executor`. */
export function executorOption(fallback: string): Option {
  return new Option(
    "-e, --executor <name>",
    `engine for the networks: ${EXECUTORS.join(", ")} (default: ${fallback})`,
  )
    .argParser(oneOf(EXECUTORS));
}

/** `--jobs`. */
export function jobsOption(): Option {
  return new Option("-j, --jobs <N>", "number of worker processes (default: number of cores)").argParser(
    count,
  );
}

/** `--threads`. */
export function threadsOption(): Option {
  return new Option(
    "--threads <N>",
    "threads of each job, for a few long jobs on many cores; results agree with one thread's to rounding (default: 1)",
  ).argParser(count);
}

/** `--seeds`. */
export function seedsOption(): Option {
  return new Option(
    "--seeds <N>",
    "N seeds for everything that has seeds (default: the profile's own numbers)",
  ).argParser(count);
}

/** `--only`, which may be repeated. */
export function onlyOption(): Option {
  return new Option("--only <name>", 'a figure, table or claim, e.g. "Figure 2"; may be repeated')
    .argParser((text: string, before: readonly string[] | undefined) => [...before ?? [], text]);
}

/** `--tolerance`. */
export function toleranceOption(description: string): Option {
  return new Option("--tolerance <number>", description).argParser((text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError("It must be a number >= 0.");
  });
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** `--budget`, in seconds: `90s`, `10m`, `1h30m`. */
export function budgetOption(description: string, fallback: string): Option {
  const seconds = (text: string) => {
    const parts = /^(?:\d+(?:\.\d+)?[hms])+$/.test(text) ? text.matchAll(/([\d.]+)([hms])/g) : [];
    const total = [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit], 0);
    if (total > 0) return total;
    throw new InvalidArgumentError("It must be a time such as 90s, 10m or 1h30m.");
  };
  return new Option("--budget <time>", description).argParser(seconds).default(seconds(fallback), fallback);
}

/** `--seed`, any integer. */
export function seedOption(description: string): Option {
  return new Option("--seed <integer>", description).argParser((text) => {
    if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
    throw new InvalidArgumentError("It must be an integer.");
  });
}

/** `--sample`. */
export function sampleOption(description: string): Option {
  return new Option("--sample <N>", description).argParser(count);
}
