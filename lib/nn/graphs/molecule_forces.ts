import { compile, type HostTensor, type HostTree } from "../../compile/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../tensor/mod.ts";
import type { MoleculeData } from "./data.ts";
import type { TargetScaling } from "./losses.ts";
import type { MoleculeInputs, MoleculeModel } from "./models.ts";
import { exampleMolecules, moleculeFiller } from "./_molecule_batches.ts";
import type { GraphTrainingOptions } from "./training.ts";

/** Energies of molecules, and the forces on their atoms. */
export interface MoleculeForces {
  /** E, in the target's unit, `[samples]`. */
  readonly energies: Float64Array;
  /**
   * F = −∂E/∂x, in the target's unit over that of positions (eV and Å give eV/Å), `[samples, N, 3]`; 0 for
   * padding.
   */
  readonly forces: Float64Array;
}

/**
 * Energies that a network predicts, and the forces that follow from them, F = −∂E/∂x by the gradient of the
 * network: they are conservative, and those of a network that does not see translations or rotations add up
 * to no net force and no torque.
 *
 * @param data Molecules whose property is an energy; padding is left alone.
 * @param options The network with its parameters, and the scaling that it was trained with (absent: none).
 */
export async function moleculeForces<P>(
  data: MoleculeData,
  { model, parameters, scaling = { mean: 0, deviation: 1 }, batchSize = 32, executor }: {
    readonly model: MoleculeModel<P>;
    readonly parameters: HostTree<P>;
    readonly scaling?: TargetScaling;
    readonly batchSize?: number;
    readonly executor?: GraphTrainingOptions["executor"];
  },
): Promise<MoleculeForces> {
  const { samples, nodes, nodeMask } = data;
  const example = exampleMolecules(data, batchSize), fill = moleculeFiller(data);
  const program = await compile(
    (parameters: P, inputs: MoleculeInputs) => {
      // Each molecule's energy depends on its own atoms only, so the sum's gradient is that of each.
      const { grads, aux } = valueAndGrad(({ positions }: { positions: Tensor }) => {
        const energies = model.predict({ ...inputs, positions }, parameters);
        return { value: tf.sum(energies), aux: { energies } };
      }, { positions: inputs.positions });
      return { energies: aux.energies, gradients: grads.positions };
    },
    [parameters, example],
    { executor, name: "forces" },
  );
  try {
    const energies = new Float64Array(samples), forces = new Float64Array(samples * nodes * 3);
    const rows = new Int32Array(batchSize);
    for (let start = 0; start < samples; start += batchSize) {
      const real = Math.min(batchSize, samples - start);
      for (let i = 0; i < batchSize; i++) rows[i] = start + (i < real ? i : 0);
      fill(example, rows);
      const found = await program.run(parameters, example) as {
        readonly energies: HostTensor;
        readonly gradients: HostTensor;
      };
      for (let i = 0; i < real; i++) {
        energies[start + i] = scaling.mean + scaling.deviation * found.energies.data[i];
      }
      for (let k = 0; k < real * nodes * 3; k++) {
        const atom = start * nodes + Math.floor(k / 3);
        // No -0 for padding.
        forces[start * nodes * 3 + k] = nodeMask[atom] === 0
          ? 0
          : -scaling.deviation * found.gradients.data[k];
      }
    }
    return { energies, forces };
  } finally {
    await program.dispose();
  }
}
