import { Matrix, SingularValueDecomposition } from "ml-matrix";
import type { Molecule } from "../../../lib/data/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { type Labelled, loadMolecules, type MoleculeChoice } from "./_molecules.ts";

/** Mean absolute test errors of predictors that know no geometry. */
export type MoleculeBaselineResult = {
  /** The training mean. */
  readonly constant: number;
  /** Linear in the numbers of atoms of each element. */
  readonly dressedAtoms: number;
};

/** Linear regression of targets on 1 and the numbers of atoms of each element. */
export function fitDressedAtoms(
  { molecules, targets }: Labelled,
  elements: readonly number[],
): (molecule: Molecule) => number {
  const counts = ({ atomicNumbers }: Molecule) => [
    1,
    ...elements.map((z) => atomicNumbers.reduce((sum, other) => sum + (other === z ? 1 : 0), 0)),
  ];
  const x = new Matrix(molecules.map(counts));
  const coefficients = new SingularValueDecomposition(x, { autoTranspose: true })
    .solve(Matrix.columnVector([...targets])).to1DArray();
  return (molecule) => counts(molecule).reduce((sum, count, i) => sum + count * coefficients[i], 0);
}

/** The training mean, and dressed atoms: the bars that a network has to beat. */
export const moleculeBaselines: Experiment<MoleculeChoice, MoleculeBaselineResult> = {
  id: "molecule-baselines",
  title: "Molecules without geometry",
  module: import.meta.url,
  usesExecutor: false,
  data: ({ dataSet }) => [dataSet],
  async run(choice, context) {
    const { train, test, elements } = await loadMolecules(choice, context);
    const error = (predict: (molecule: Molecule) => number) =>
      mean(test.molecules.map((molecule, i) => Math.abs(predict(molecule) - test.targets[i])));
    const centre = mean(train.targets);
    return { constant: error(() => centre), dressedAtoms: error(fitDressedAtoms(train, elements)) };
  },
};
