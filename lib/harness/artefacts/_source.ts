import type { Artefact, Group, Json, Name, Results, Study, Variants } from "../paper/mod.ts";

/** What a figure or table of a metric is called, and which variants of a study it shows. */
export interface MetricSource<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
> extends Pick<Artefact, "id" | "location" | "title" | "caption" | "largest"> {
  /** The study whose results are shown. */
  readonly of: Study<C, R, V>;
  /** Which variants are shown. @default all */
  readonly variants?: readonly N[];
  /** What a variant is called here. @default its label */
  readonly label?: (group: Group<V, R, N>) => string;
}

/** The number that a metric takes from a run; without one (`null`, `undefined`) the run does not count. */
export type Metric<R> = (result: R) => number | null | undefined;

/** The numbers of a group's runs. */
export function numbersOf<R extends Json>(
  { runs }: { readonly runs: readonly { readonly result: R }[] },
  value: Metric<R>,
): number[] {
  return runs.map(({ result }) => value(result)).filter((number) => number !== null && number !== undefined);
}

/** The artefact's own fields, and the jobs of its variants. */
export function describe<C extends Json, R extends Json, V extends Variants<C>, N extends Name<V>>(
  { id, location, title, caption, largest, of, variants }: MetricSource<C, R, V, N>,
): Pick<Artefact, "id" | "location" | "title" | "caption" | "largest" | "jobs"> {
  const named = { id, location, title, caption, ...(largest !== undefined && { largest }) };
  return { ...named, jobs: (plan) => of.jobs(plan, variants) };
}

/** What is finished of its variants, each called as it is here. */
export function groupsOf<C extends Json, R extends Json, V extends Variants<C>, N extends Name<V>>(
  { of, variants, label }: MetricSource<C, R, V, N>,
  results: Results,
): Group<V, R, N>[] {
  const groups = of.groups(results, variants);
  return label ? groups.map((group) => ({ ...group, label: label(group) })) : groups;
}
