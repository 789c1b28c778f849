import type { AlignmentSample } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";

const DATA = "tng300/alignments";

/** ω(r) by cut in stellar mass, with its errors. */
export type MeasuredResult = readonly {
  readonly logStellarMass: number;
  readonly separation: readonly number[];
  readonly value: readonly number[];
  readonly error: readonly number[];
}[];

/** What was measured in TNG300-1, for the scale of real alignments. */
export const measured: Experiment<Record<string, never>, MeasuredResult> = {
  id: "measured",
  title: "Alignments measured in TNG300-1",
  module: import.meta.url,
  usesExecutor: false,
  data: () => [DATA],
  async run(_config, context) {
    const { value } = await context.loadData<readonly AlignmentSample[]>(DATA);
    return value.map(({ logStellarMass, omega }) => ({ logStellarMass, ...omega }));
  },
};
