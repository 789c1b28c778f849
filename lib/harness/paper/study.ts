import { nameJob } from "./job_labels.ts";
import { canonicalJson } from "./json.ts";
import { NoResults } from "./types.ts";
import type { Experiment, Job, Json, Plan, ProfileName, Results, Run } from "./types.ts";

/**
 * How often a variant runs: so many seeds from 0 on; those of a list; the first of a list, of which
 * `--seeds N` takes N; those of a list that are not run already, by another variant; once, with a seed that
 * `--seeds` leaves alone; or not at all in the profile, but with the first N of a list under `--seeds N`,
 * which is how `decide` asks for more.
 */
export type Seeds =
  | number
  | readonly number[]
  | { readonly list: readonly number[]; readonly first: number }
  | { readonly list: readonly number[]; readonly except: Seeds }
  | { readonly only: number }
  | { readonly beyond: readonly number[] };

/**
 * One configuration of an experiment. A paper adds what tells its variants apart, such as a kind or a
 * parameter.
 */
export interface Variant<Config extends Json> {
  /** What figures and tables call it; no part of the cache key. @default its name */
  readonly label?: string;
  /** What the experiment is run with. */
  readonly config: Config;
  /** What differs in the configuration of the first seed, e.g. that it keeps what a figure shows. */
  readonly firstSeed?: Partial<Config>;
  /** Their number, or a list. */
  readonly seeds: Seeds;
}

/** Variants by name; a profile may leave some out. */
export type Variants<Config extends Json> = Readonly<Record<string, Variant<Config> | undefined>>;

/** A variant with its finished runs, by ascending seed. */
export type Group<V extends Variants<Json>, R extends Json, N extends Name<V> = Name<V>> = {
  readonly [K in N]:
    & { readonly name: K; readonly label: string; readonly runs: readonly Run<R>[] }
    & Omit<NonNullable<V[K]>, "label" | "firstSeed" | "seeds">;
}[N];

/** The names of variants. */
export type Name<V> = keyof V & string;

/** The names of a study's variants. */
// deno-lint-ignore no-explicit-any -- any study
export type NameOf<S> = S extends Study<any, any, infer V> ? Name<V> : never;

/** Numbers by what they were measured on, a seed or a data set: one side of a comparison. */
export interface Sample {
  /** What the side is called, under this plan. */
  label(plan: Plan): string;
  /** What must be run for it. */
  jobs(plan: Plan): readonly Job[];
  /** Its numbers, by seed or data set. */
  values(results: Results): ReadonlyMap<string | number, number>;
}

/**
 * An experiment in named variants: makes its jobs and finds its results.
 *
 * `--seeds N` gives N seeds to every variant that has seeds: 0 … N − 1, or the first N of its list (a longer
 * list goes on after its largest).
 */
export class Study<C extends Json, R extends Json, V extends Variants<C>> {
  /** A paper calls {@link study}. */
  constructor(
    readonly experiment: Experiment<C, R>,
    private readonly profiles: Readonly<Record<ProfileName, V>>,
  ) {}

  /** The variants of a plan's profile, all or those of the names, in declared order. */
  variants<N extends Name<V> = Name<V>>(
    { profile }: Plan,
    names?: readonly N[],
  ): (NonNullable<V[N]> & { readonly name: N; readonly label: string })[] {
    return Object.entries(this.profiles[profile])
      .filter(([name, variant]) => variant !== undefined && (names?.includes(name as N) ?? true))
      .map(([name, variant]) => ({ label: name, ...variant, name })) as ReturnType<typeof this.variants<N>>;
  }

  /** The study of the variants that fit, e.g. `where(({ setting }) => setting === "unsupervised")`. */
  where(fits: (variant: NonNullable<V[Name<V>]>) => boolean): Study<C, R, V> {
    const kept = (variants: V): V =>
      Object.fromEntries(
        Object.entries(variants).filter(([, variant]) =>
          variant !== undefined && fits(variant as NonNullable<V[Name<V>]>)
        ),
      ) as V;
    const { smoke, laptop, paper } = this.profiles;
    return new Study(this.experiment, { smoke: kept(smoke), laptop: kept(laptop), paper: kept(paper) });
  }

  /** The jobs of all variants, or of those of the names. */
  jobs(plan: Plan, names?: readonly Name<V>[]): Job<C>[] {
    return this.variants(plan, names).flatMap((variant) =>
      seedsOf(variant.seeds, plan).map((seed, i) =>
        nameJob(
          { experiment: this.experiment.id, config: configOf<C>(variant, i === 0), seed },
          variant.label,
        )
      )
    );
  }

  /**
   * What is finished, by variant in declared order; a variant without runs is left out.
   *
   * @throws {NoResults} If nothing is left.
   */
  groups<N extends Name<V> = Name<V>>(results: Results, names?: readonly N[]): Group<V, R, N>[] {
    const groups = this.finished(results, names);
    if (groups.length === 0) throw new NoResults(`no result of “${this.experiment.title}”`);
    return groups;
  }

  /** What is finished, as {@link groups}; empty if nothing is. */
  finished<N extends Name<V> = Name<V>>(results: Results, names?: readonly N[]): Group<V, R, N>[] {
    const runs = Map.groupBy(results.of(this.experiment), ({ config }) => canonicalJson(config));
    return this.variants(results.plan, names).flatMap((variant) => {
      const configs = new Set([true, false].map((first) => canonicalJson(configOf<C>(variant, first))));
      const own = [...configs].flatMap((config) => runs.get(config) ?? []);
      if (own.length === 0) return [];
      const { seeds: _, firstSeed: __, ...rest } = variant;
      return [{ ...rest, runs: own.toSorted((a, b) => a.seed - b.seed) } as unknown as Group<V, R, N>];
    });
  }

  /**
   * What is finished of one variant.
   *
   * @throws {NoResults} If nothing is.
   */
  group<N extends Name<V>>(results: Results, name: N): Group<V, R, N> {
    const [group] = this.finished(results, [name]);
    if (group) return group;
    throw new NoResults(`no result of “${this.experiment.title}”, ${this.label(results.plan, name)}`);
  }

  /**
   * The result of a variant's first seed.
   *
   * @throws {NoResults} If there is none.
   */
  result(results: Results, name: Name<V>): R {
    return this.group(results, name).runs[0].result;
  }

  /** A number of each run of a variant, by seed; runs without one (`null`, `undefined`) are left out. */
  sample(name: Name<V>, value: (result: R) => number | null | undefined): Sample {
    return {
      label: (plan) => this.label(plan, name),
      jobs: (plan) => this.jobs(plan, [name]),
      values: (results) =>
        new Map(
          this.finished(results, [name]).flatMap(({ runs }) =>
            runs.flatMap(({ seed, result }) => {
              const number = value(result);
              return number === null || number === undefined ? [] : [[seed, number] as const];
            })
          ),
        ),
    };
  }

  /** What figures and tables call a variant. */
  private label({ profile }: Plan, name: Name<V>): string {
    return this.profiles[profile][name]?.label ?? name;
  }
}

/**
 * An experiment in named variants, by profile.
 *
 * @example
 * ```ts
 * import { type Experiment, study } from "@refigure/refigure/harness";
 * import assert from "node:assert/strict";
 *
 * const coin: Experiment<{ bias: number }, { heads: number }> = {
 *   id: "coin",
 *   title: "Coin",
 *   module: import.meta.url,
 *   usesExecutor: false,
 *   run: ({ bias }) => Promise.resolve({ heads: bias }),
 * };
 * const variants = {
 *   fair: { label: "fair coin", config: { bias: 0.5 }, seeds: 3 },
 *   bent: { label: "bent coin", config: { bias: 0.6 }, seeds: 3 },
 * };
 * const COINS = study(coin, { smoke: variants, laptop: variants, paper: variants });
 * assert.equal(COINS.jobs({ profile: "smoke", seeds: 2 }, ["bent"]).length, 2);
 * ```
 */
export function study<C extends Json, R extends Json, V extends Variants<C>>(
  experiment: Experiment<C, R>,
  profiles: Readonly<Record<ProfileName, V>>,
): Study<C, R, V> {
  return new Study(experiment, profiles);
}

/** What each profile has, made from its name. */
export function byProfile<T>(make: (profile: ProfileName) => T): Readonly<Record<ProfileName, T>> {
  return { smoke: make("smoke"), laptop: make("laptop"), paper: make("paper") };
}

/** The same in every profile. */
export function everyProfile<T>(value: T): Readonly<Record<ProfileName, T>> {
  return byProfile(() => value);
}

/** The configuration of a variant's first seed, or of the others. */
function configOf<C extends Json>({ config, firstSeed }: Variant<C>, first: boolean): C {
  return first && firstSeed ? Object.assign({}, config, firstSeed) : config;
}

/** The seeds of a variant under a plan. */
export function seedsOf(seeds: Seeds, plan: Plan): readonly number[] {
  if (typeof seeds === "object" && "only" in seeds) return [seeds.only];
  if (typeof seeds === "object" && "beyond" in seeds) return seeds.beyond.slice(0, plan.seeds ?? 0);
  if (typeof seeds === "object" && "first" in seeds) return seeds.list.slice(0, plan.seeds ?? seeds.first);
  if (typeof seeds === "object" && "except" in seeds) {
    const except = seedsOf(seeds.except, plan);
    return seedsOf(seeds.list, plan).filter((seed) => !except.includes(seed));
  }
  const list = typeof seeds === "number" ? Array.from({ length: seeds }, (_, seed) => seed) : seeds;
  const count = plan.seeds ?? list.length;
  const next = Math.max(-1, ...list) + 1;
  return Array.from({ length: count }, (_, i) => list[i] ?? next + i - list.length);
}
