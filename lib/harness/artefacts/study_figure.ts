import type { Figure } from "../../figures/mod.ts";
import type { Artefact, Group, Job, Json, Name, Plan, Results, Variants } from "../paper/mod.ts";
import { describe, type MetricSource } from "./_source.ts";

/** Options of {@link studyFigure}. */
export interface StudyFigureOptions<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
> extends MetricSource<C, R, V, N> {
  /** Draws what is finished, at least one variant. */
  readonly draw: (groups: readonly Group<V, R, N>[], results: Results) => Figure;
  /** Jobs of what else is drawn. */
  readonly moreJobs?: (plan: Plan) => readonly Job[];
}

/** A figure of a study's variants that is of no common kind. */
export function studyFigure<
  C extends Json,
  R extends Json,
  V extends Variants<C>,
  N extends Name<V> = Name<V>,
>(
  options: StudyFigureOptions<C, R, V, N>,
): Artefact {
  const { of, variants, draw, moreJobs } = options;
  const artefact = describe(options);
  return {
    ...artefact,
    kind: "figure",
    jobs: (plan) => [...artefact.jobs(plan), ...moreJobs?.(plan) ?? []],
    render: (results) => draw(of.groups(results, variants), results),
  };
}
