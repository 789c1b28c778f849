import type { HostTree } from "../../compile/mod.ts";
import { copyRows, hostTensor } from "../mod.ts";
import type { MoleculeData } from "./data.ts";
import type { MoleculeInputs } from "./models.ts";
import type { Filler } from "./train_graphs.ts";

/** A batch of the right shapes for molecules. */
export function exampleMolecules(
  { nodes, samples, nodeFeatures }: MoleculeData,
  batchSize: number,
): HostTree<MoleculeInputs> {
  const atoms = batchSize * nodes, features = nodeFeatures.length / (samples * nodes);
  return {
    positions: hostTensor(new Float32Array(3 * atoms), [batchSize, nodes, 3]),
    nodeFeatures: hostTensor(new Float32Array(features * atoms), [batchSize, nodes, features]),
    nodeMask: hostTensor(new Float32Array(atoms), [batchSize, nodes]),
  };
}

/** Writes molecules into a batch. */
export const moleculeFiller = (data: MoleculeData): Filler<MoleculeInputs> => (batch, rows) => {
  copyRows(batch.positions, { source: data.positions, rows });
  copyRows(batch.nodeFeatures, { source: data.nodeFeatures, rows });
  copyRows(batch.nodeMask, { source: data.nodeMask, rows });
};
