import { EXECUTORS } from "../../compile/types.ts";
import { PROFILES, STATUSES } from "../paper/mod.ts";

/** What a part must be, in words, and whether a value is that. */
interface Form {
  readonly wanted: string;
  problem(value: unknown, path: string): Problem | null;
}

/** The first part of a value that is not as it must be. */
interface Problem {
  readonly path: string;
  readonly wanted: string;
  readonly current: unknown;
}

function form(wanted: string, fits: (value: unknown) => boolean): Form {
  return {
    wanted,
    problem: (value, path) => fits(value) ? null : { path, wanted, current: value },
  };
}

const text = form("a text", (value) => typeof value === "string");
const number = form("a number", (value) => typeof value === "number");
const count = form("a whole number", Number.isInteger);
const truth = form("true or false", (value) => typeof value === "boolean");
const anything = form("a value", (value) => value !== undefined);
const oneOf = (values: readonly unknown[]) => form(values.join(" or "), (value) => values.includes(value));

function optional(inner: Form): Form {
  return { ...inner, problem: (value, path) => value === undefined ? null : inner.problem(value, path) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function list(inner: Form): Form {
  const wanted = "a list";
  return {
    wanted,
    problem(value, path) {
      if (!Array.isArray(value)) return { path, wanted, current: value };
      return firstOf(value.map((item, i) => () => inner.problem(item, `${path}[${i}]`)));
    },
  };
}

function table(inner: Form): Form {
  const wanted = "an object";
  return {
    wanted,
    problem(value, path) {
      if (!isRecord(value)) return { path, wanted, current: value };
      return firstOf(Object.entries(value).map(([key, item]) => () => inner.problem(item, `${path}.${key}`)));
    },
  };
}

function object(fields: Readonly<Record<string, Form>>): Form {
  const wanted = "an object";
  return {
    wanted,
    problem(value, path) {
      if (!isRecord(value)) return { path, wanted, current: value };
      return firstOf(
        Object.entries(fields).map(([key, field]) => () =>
          field.problem(value[key], path === "" ? key : `${path}.${key}`)
        ),
      );
    },
  };
}

function firstOf(checks: readonly (() => Problem | null)[]): Problem | null {
  for (const check of checks) {
    const problem = check();
    if (problem) return problem;
  }
  return null;
}

const machine = object({ os: text, arch: text, cpu: text, cores: number, memoryGiB: number });

const plan = object({ profile: oneOf(PROFILES), seeds: optional(count) });

/** What every reader of results relies on; a job's own result is the paper's business. */
const GOLDEN = object({
  format: oneOf([1]),
  paper: text,
  plan,
  executor: oneOf(EXECUTORS),
  tolerance: number,
  provenance: object({
    code: object({
      commit: form("a text or null", (value) => value === null || typeof value === "string"),
      dirty: truth,
    }),
    machine,
    versions: table(text),
    data: list(object({ name: text, source: text, digest: text })),
    started: text,
    finished: text,
    seconds: number,
    arguments: list(text),
  }),
  jobs: list(object({
    job: object({ experiment: text, config: anything, seed: count }),
    result: anything,
    seconds: number,
    sources: table(text),
  })),
  claims: list(object({ id: text, status: oneOf(STATUSES), numbers: table(anything), because: text })),
  artefacts: list(object({ id: text, digest: text })),
});

/** What a figure says of where it comes from; `trace` makes a command of it. */
const PROVENANCE = object({
  paper: text,
  artefact: text,
  profile: oneOf(PROFILES),
  commit: form(
    "a commit or null",
    (value) => value === null || typeof value === "string" && /^[0-9a-f]{7,64}\+?$/.test(value),
  ),
  seeds: list(count),
  digests: table(text),
  standIns: list(text),
});

/** What is wrong with a golden, as `jobs[3].seconds must be a number: current value is null`, or `null`. */
export const goldenProblem = (value: unknown): string | null => problemOf(GOLDEN, value);

/** What is wrong with the claims of a golden of decided ones, which have a plan each, or `null`. */
export const decidedProblem = (value: unknown): string | null =>
  problemOf(object({ claims: list(object({ plan })) }), value);

/** What is wrong with a figure's provenance, or `null`. */
export const provenanceProblem = (value: unknown): string | null => problemOf(PROVENANCE, value);

function problemOf(form: Form, value: unknown): string | null {
  const problem = form.problem(value, "");
  if (!problem) return null;
  const { path, wanted, current } = problem;
  const shown = current === undefined ? "nothing" : JSON.stringify(current);
  return `${path || "it"} must be ${wanted}: current value is ${
    shown.length > 60 ? `${shown.slice(0, 59)}…` : shown
  }`;
}
