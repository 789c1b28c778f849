import {
  type Molecule,
  MOLECULE_LABELS,
  type MoleculeLabel,
  moleculeLabels,
  type Qm7Data,
  type Qm9Data,
} from "../../../lib/data/mod.ts";
import type { JobContext } from "../../../lib/harness/mod.ts";

/** Which molecules, and what of them. */
export type MoleculeChoice = {
  readonly dataSet: string;
  /** A property of the data set or a model label. */
  readonly target: string;
  readonly train: number;
  readonly valid: number;
  readonly test: number;
};

/** Molecules with their targets. */
export interface Labelled {
  readonly molecules: readonly Molecule[];
  readonly targets: readonly number[];
}

/** The first molecules of each split; QM7's validation split comes after the training molecules. */
export async function loadMolecules(
  { dataSet, target, train, valid, test }: MoleculeChoice,
  context: JobContext,
): Promise<{ train: Labelled; valid: Labelled; test: Labelled; elements: number[] }> {
  const { value } = await context.loadData<Qm7Data | Qm9Data>(dataSet);
  const take = (indices: Int32Array): Labelled => {
    const molecules = Array.from(indices, (i) => value.molecules[i]);
    return { molecules, targets: molecules.map((molecule) => targetOf(molecule, target)) };
  };
  const later = "valid" in value ? value.valid : value.train.subarray(train);
  return {
    train: take(value.train.subarray(0, train)),
    valid: take(later.subarray(0, valid)),
    test: take(value.test.subarray(0, test)),
    elements: [1, 6, 7, 8, "valid" in value ? 9 : 16],
  };
}

function targetOf(molecule: Molecule, target: string): number {
  if (target in MOLECULE_LABELS) return moleculeLabels(molecule)[target as MoleculeLabel];
  const value = molecule.properties[target];
  if (value !== undefined) return value;
  throw new RangeError(
    `Cannot label molecules as the target must be among ${
      [...Object.keys(molecule.properties), ...Object.keys(MOLECULE_LABELS)].join(", ")
    }: current value is ${target}`,
  );
}
