import type { Crystal } from "../../crystals/mod.ts";

/** A crystal with what is known about it. */
export interface LabelledCrystal {
  /** As its source calls it. */
  readonly id: string;
  /** Cell and atoms. */
  readonly crystal: Crystal;
  /** Named values, in the units of their source. */
  readonly properties: Readonly<Record<string, number>>;
}

/** The two published parts of a data set of crystals that are used here. */
export interface CrystalSplits {
  /** The validation part of the publication. */
  readonly valid: readonly LabelledCrystal[];
  /** The test part of the publication. */
  readonly test: readonly LabelledCrystal[];
}
