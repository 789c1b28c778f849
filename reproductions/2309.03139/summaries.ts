import { NoResults, type Results } from "../../lib/harness/mod.ts";
import { mean, std } from "../../lib/stats/mod.ts";
import type { CurvePoint } from "./experiments/_training_summary.ts";
import type { MoleculeConfig, MoleculeResult } from "./experiments/molecules.ts";
import type { NBodyConfig, NBodyModel, NBodyResult } from "./experiments/nbody.ts";
import type { SolarConfig, SolarResult } from "./experiments/solar.ts";

/** The seeds of one network. */
export interface Group<Result> {
  readonly name: string;
  /** K; absent for networks without channels. */
  readonly channels?: number;
  readonly runs: readonly { readonly seed: number; readonly result: Result }[];
}

/** A name of K channels: EGNN is K = 1. */
export function channelName(channels: number): string {
  return channels === 1 ? "EGNN (K = 1)" : `MC-EGNN, K = ${channels}`;
}

/** A network's name in tables. */
export function modelName(model: NBodyModel): string {
  if (model.kind !== "EGNN") return model.kind;
  const { channels, tied, hidden } = model;
  if (tied) return `K = ${channels}, channels tied`;
  return hidden === undefined ? channelName(channels) : `EGNN, H = ${hidden}`;
}

function grouped<Config, Result>(
  found: readonly { readonly config: Config; readonly seed: number; readonly result: Result }[],
  describe: (config: Config) => { readonly name: string; readonly channels?: number },
): readonly Group<Result>[] {
  const groups = new Map<
    string,
    { name: string; channels?: number; runs: { seed: number; result: Result }[] }
  >();
  for (const { config, seed, result } of found) {
    const described = describe(config);
    if (!groups.has(described.name)) groups.set(described.name, { ...described, runs: [] });
    groups.get(described.name)!.runs.push({ seed, result });
  }
  return [...groups.values()];
}

/** N-body networks, in the plan's order. */
export function nbodyGroups(results: Results): readonly Group<NBodyResult>[] {
  return grouped(results.of<NBodyConfig, NBodyResult>("nbody"), ({ model }) => ({
    name: modelName(model),
    ...(model.kind === "EGNN" ? { channels: model.channels } : {}),
  }));
}

/** Solar-system networks by K. */
export function solarGroups(results: Results): readonly Group<SolarResult>[] {
  return grouped(results.of<SolarConfig, SolarResult>("solar"), ({ channels }) => ({
    name: channelName(channels),
    channels,
  }));
}

/** Molecule networks by K, for one target. */
export function moleculeGroups(results: Results, target: string): readonly Group<MoleculeResult>[] {
  const found = results.of<MoleculeConfig, MoleculeResult>("molecules");
  return grouped(found.filter(({ config }) => config.target === target), ({ channels }) => ({
    name: channelName(channels),
    channels,
  }));
}

/** The targets that have results, in the plan's order. */
export function targetsOf(results: Results): string[] {
  return [
    ...new Set(results.of<MoleculeConfig, MoleculeResult>("molecules").map(({ config }) => config.target)),
  ];
}

/** Throws {@link NoResults} for an empty list. */
export function some<T>(list: readonly T[]): readonly T[] {
  if (list.length === 0) throw new NoResults("no result");
  return list;
}

/** Mean and standard deviation over seeds (ddof 1; absent for a single seed). */
export function overSeeds(values: readonly number[]): { readonly value: number; readonly std?: number } {
  return { value: mean(values), ...(values.length > 1 ? { std: std(values, { ddof: 1 }) } : {}) };
}

/** Mean validation curve over seeds, with the smallest and largest value at each epoch that all of them have. */
export function meanCurve(curves: readonly (readonly CurvePoint[])[]) {
  const byEpoch = new Map<number, number[]>();
  for (const [epoch, loss] of curves.flat()) byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), loss]);
  const common = [...byEpoch].filter(([, losses]) => losses.length === curves.length)
    .sort(([a], [b]) => a - b);
  return {
    x: common.map(([epoch]) => epoch),
    y: common.map(([, losses]) => mean(losses)),
    low: common.map(([, losses]) => Math.min(...losses)),
    high: common.map(([, losses]) => Math.max(...losses)),
  };
}

/** Values of two networks paired by seed, in the order of seeds. */
export function pairedBySeed<Result>(
  first: Group<Result> | undefined,
  second: Group<Result> | undefined,
  value: (result: Result) => number,
): { readonly first: number[]; readonly second: number[] } {
  const other = new Map(second?.runs.map(({ seed, result }) => [seed, value(result)]));
  const both = (first?.runs ?? []).filter(({ seed }) => other.has(seed)).toSorted((a, b) => a.seed - b.seed);
  return {
    first: both.map(({ result }) => value(result)),
    second: both.map(({ seed }) => other.get(seed)!),
  };
}
