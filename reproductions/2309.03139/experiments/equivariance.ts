import { compile, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import type { Experiment } from "../../../lib/harness/mod.ts";
import {
  applyMoleculeEgnn,
  applyMultichannelEgnn,
  countMultichannelEgnn,
  initMoleculeEgnn,
  initMultichannelEgnn,
  type MoleculeEgnn,
  type MultichannelEgnn,
} from "../../../lib/methods/multichannel_egnn/mod.ts";
import type { DynamicsInputs, MoleculeInputs } from "../../../lib/nn/graphs/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { flattenTree } from "../../../lib/tensor/mod.ts";
import {
  carried,
  carry,
  distance,
  drawMolecules,
  drawSystem,
  louder,
  orthogonal,
  reorder,
  shiftAtoms,
} from "./_frames.ts";
import { plainEgnn } from "./plain_egnn.ts";

/** Numbers of channels tried, and the networks' size. */
export type EquivarianceConfig = {
  readonly channels: readonly number[];
  readonly hidden: number;
  readonly layers: number;
};

/** Largest absolute errors over coordinates, of networks with random weights. */
export type EquivarianceResult = {
  readonly dynamics: readonly {
    readonly channels: number;
    readonly normaliseDifferences: boolean;
    /** |f(QX + t, Qv) − (Q f(X, v) + t)| over a rotation and a reflection. */
    readonly rotation: number;
    readonly permutation: number;
    /** How far the network moves particles at most: not 0. */
    readonly motion: number;
  }[];
  /** Of coordinates after the first layer under a shift of padded molecules. */
  readonly molecules: readonly {
    readonly channels: number;
    readonly masked: boolean;
    readonly shift: number;
  }[];
  /** |MC-EGNN with K = 1 − EGNN in plain loops|, on the eager executor. */
  readonly plain: number;
  /** Parameters: in closed form, and counted on the arrays. */
  readonly parameters: readonly {
    readonly channels: number;
    readonly formula: number;
    readonly counted: number;
  }[];
};

const NODES = 5;
/** Makes coordinates move by about their size. */
const GAIN = 100;
const SHIFT = [1.5, -2, 0.5];
const MOLECULE_FEATURES = 15;

/** Symmetries of networks with random weights: rotations, order of nodes, one channel, parameters. */
export const equivariance: Experiment<EquivarianceConfig, EquivarianceResult> = {
  id: "equivariance",
  title: "Symmetries with random weights",
  module: import.meta.url,
  usesExecutor: true,
  cost: () => 20,
  async run({ channels: counts, hidden, layers }, context) {
    const { seed, executor } = context;
    const random = stream(seed, "equivariance");
    const inputs = drawSystem(random, NODES);
    const run = async (
      channels: number,
      options: { readonly normaliseDifferences?: boolean; readonly eager?: boolean },
    ) => {
      const config = { channels, hidden, layers, normaliseDifferences: options.normaliseDifferences };
      const parameters = louder(initMultichannelEgnn(random.split("weights", `${channels}`), config), GAIN);
      const program = await compile(
        (inputs: DynamicsInputs, parameters: MultichannelEgnn) =>
          applyMultichannelEgnn(inputs, { parameters, config }).positions,
        [inputs, parameters],
        { executor: options.eager ? "eager" : executor, name: "symmetry" },
      );
      const predict = async (inputs: HostTree<DynamicsInputs>) =>
        (await program.run(inputs, parameters) as HostTensor).data;
      return { parameters, predict, dispose: () => program.dispose() };
    };

    const dynamics: EquivarianceResult["dynamics"][number][] = [];
    for (const channels of counts) {
      for (const normaliseDifferences of [false, true]) {
        const { predict, dispose } = await run(channels, { normaliseDifferences });
        const plain = await predict(inputs);
        let rotation = 0;
        for (const determinant of [1, -1] as const) {
          const q = orthogonal(random.split("frame", `${determinant}`), determinant);
          const turned = {
            ...inputs,
            positions: carried(inputs.positions, q, SHIFT),
            velocities: carried(inputs.velocities, q),
          };
          rotation = Math.max(rotation, distance(await predict(turned), carry(plain, q, SHIFT)));
        }
        const order = random.split("order").permutation(NODES);
        const swapped = await predict(reorder(inputs, order));
        const wanted = Array.from(order).flatMap((i) => [...plain.subarray(3 * i, 3 * i + 3)]);
        dynamics.push({
          channels,
          normaliseDifferences,
          rotation,
          permutation: distance(swapped, wanted),
          motion: distance(plain, inputs.positions.data),
        });
        await dispose();
        context.progress(dynamics.length / (2 * counts.length + 1));
      }
    }

    const padded = drawMolecules(random.split("molecules"), MOLECULE_FEATURES);
    const molecules: EquivarianceResult["molecules"][number][] = [];
    for (const channels of counts) {
      for (const masked of [true, false]) {
        const config = { channels, hidden, layers, maskCoordinates: masked, nodeFeatures: MOLECULE_FEATURES };
        const parameters = louder(initMoleculeEgnn(random.split("molecules", `${channels}`), config), GAIN);
        const program = await compile(
          (inputs: MoleculeInputs, parameters: MoleculeEgnn) =>
            applyMoleculeEgnn(inputs, { parameters, config }).layers[0].coordinates,
          [padded, parameters],
          { executor, name: "shift" },
        );
        const [still, moved] = [
          (await program.run(padded, parameters) as HostTensor).data,
          (await program.run(shiftAtoms(padded, SHIFT), parameters) as HostTensor).data,
        ];
        await program.dispose();
        let shift = 0;
        const mask = padded.nodeMask.data;
        for (let i = 0; i < mask.length; i++) {
          for (let k = 0; mask[i] === 1 && k < 3 * channels; k++) {
            const at = 3 * channels * i + k;
            shift = Math.max(shift, Math.abs(moved[at] - still[at] - SHIFT[Math.floor(k / channels)]));
          }
        }
        molecules.push({ channels, masked, shift });
      }
    }

    const one = await run(1, { eager: true });
    const plain = distance(await one.predict(inputs), plainEgnn(inputs, one.parameters));
    await one.dispose();
    const parameters = counts.map((channels) => {
      // The paper's N-body network, whatever the size of the others.
      const { leaves } = flattenTree(initMultichannelEgnn(stream(0, "count"), { channels }));
      const counted = (leaves as unknown as HostTensor[]).reduce((sum, { data }) => sum + data.length, 0);
      return { channels, formula: countMultichannelEgnn({ channels }), counted };
    });
    return { dynamics, molecules, plain, parameters };
  },
};
