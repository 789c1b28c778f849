/**
 * Samples of systems of points, as flat arrays: what the experiments make and the training functions read.
 *
 * The edges of a graph of N nodes are all ordered pairs (receiver i, sender j ≠ i), by receiver, then by
 * sender: edge i (N − 1) + s has sender s if s < i, else s + 1.
 */

/**
 * Particles at one time and where they are later. Samples of fewer particles are padded to N, and a mask
 * says which are real: without it every row is a particle, whatever its numbers.
 */
export interface DynamicsData {
  /** Number of samples. */
  readonly samples: number;
  /** N, particles of a sample. */
  readonly nodes: number;
  /** x `[samples, N, 3]`. */
  readonly positions: Float32Array;
  /** v `[samples, N, 3]`. */
  readonly velocities: Float32Array;
  /** Positions to be predicted, `[samples, N, 3]`. */
  readonly targets: Float32Array;
  /** Invariant features of the particles, `[samples, N, f]` with f ≥ 1. */
  readonly nodeFeatures: Float32Array;
  /** Invariant attributes of the edges, `[samples, N (N − 1), e]`; empty for e = 0. */
  readonly edgeAttributes: Float32Array;
  /** 1 for a particle, 0 for padding, `[samples, N]`. Absent: all are particles. */
  readonly nodeMask?: Float32Array;
  /** 1 for an edge, 0 for none, `[samples, N (N − 1)]`. Absent: all pairs are neighbours. */
  readonly edgeMask?: Float32Array;
}

/** Training, validation and test samples. */
export interface Splits<Data> {
  /** Samples to learn from. */
  readonly train: Data;
  /** Samples to choose the epoch by. */
  readonly valid: Data;
  /** Samples to report. */
  readonly test: Data;
}

/** What {@link chargedParticles} and {@link gravitatingBodies} start from; float64 is used where given. */
export interface Motion {
  /** N. */
  readonly nodes: number;
  /** `[samples, N, 3]`. */
  readonly positions: ArrayLike<number>;
  /** `[samples, N, 3]`. */
  readonly velocities: ArrayLike<number>;
  /** `[samples, N, 3]`. */
  readonly targets: ArrayLike<number>;
}

/**
 * The inputs of the charged N-body experiment: feature |v_i|; edge attributes q_i q_j and |x_i − x_j|².
 *
 * Levy et al. 2023, released code `main_nbody.py`.
 *
 * @param motion Positions, velocities and targets.
 * @param charges `[samples, N]`.
 * @throws {TypeError} If a length does not fit.
 *
 * @example
 * ```ts
 * import { chargedParticles } from "@refigure/refigure/graphs";
 * import assert from "node:assert/strict";
 *
 * const positions = [0, 0, 0, 2, 0, 0], velocities = [0, 3, 4, 0, 0, 0];
 * const motion = { nodes: 2, positions, velocities, targets: Array(6).fill(0) };
 * const { nodeFeatures, edgeAttributes } = chargedParticles(motion, [1, -1]);
 * assert.deepEqual([...nodeFeatures], [5, 0]);
 * assert.deepEqual([...edgeAttributes], [-1, 4, -1, 4]);
 * ```
 */
export function chargedParticles(motion: Motion, charges: ArrayLike<number>): DynamicsData {
  const { nodes } = motion;
  const samples = countSamples(motion, "charged particles");
  if (charges.length !== samples * nodes) {
    throw new TypeError(
      `Cannot make samples of charged particles as there must be ${samples * nodes} charges: ` +
        `current value is ${charges.length}`,
    );
  }
  const speed = speeds(motion);
  const edgeAttributes = new Float32Array(samples * nodes * (nodes - 1) * 2);
  let at = 0;
  forEachEdge(motion, samples, (i, j, distanceSquared) => {
    edgeAttributes[at++] = charges[i] * charges[j];
    edgeAttributes[at++] = distanceSquared;
  });
  return { samples, ...float32(motion), nodeFeatures: speed, edgeAttributes };
}

/**
 * The inputs of the solar-system experiment: features |v_i| and log m_i − mean log m; edge attribute |x_i −
 * x_j|², the difference taken in the precision given.
 *
 * Levy et al. 2023, released code `main_solar.py`. There the mean is over the bodies of the batch, which are
 * always the same: so it is here.
 *
 * @param motion Positions, velocities and targets.
 * @param masses `[N]`, > 0, in any unit: the same bodies in every sample.
 * @throws {TypeError} If a length does not fit.
 */
export function gravitatingBodies(motion: Motion, masses: ArrayLike<number>): DynamicsData {
  const { nodes } = motion;
  const samples = countSamples(motion, "gravitating bodies");
  if (masses.length !== nodes) {
    throw new TypeError(
      `Cannot make samples of gravitating bodies as there must be ${nodes} masses: current value is ${masses.length}`,
    );
  }
  const logs = Array.from(masses, Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / nodes;
  const speed = speeds(motion);
  const nodeFeatures = new Float32Array(2 * samples * nodes);
  for (let i = 0; i < samples * nodes; i++) {
    nodeFeatures[2 * i] = speed[i];
    nodeFeatures[2 * i + 1] = logs[i % nodes] - mean;
  }
  const edgeAttributes = new Float32Array(samples * nodes * (nodes - 1));
  let at = 0;
  forEachEdge(motion, samples, (_i, _j, distanceSquared) => {
    edgeAttributes[at++] = distanceSquared;
  });
  return { samples, ...float32(motion), nodeFeatures, edgeAttributes };
}

/** Molecules with one property; smaller ones are padded with atoms whose features and positions are 0. */
export interface MoleculeData {
  /** Number of molecules. */
  readonly samples: number;
  /** N, atoms of a padded molecule. */
  readonly nodes: number;
  /** `[samples, N, 3]`. */
  readonly positions: Float32Array;
  /** `[samples, N, f]`. */
  readonly nodeFeatures: Float32Array;
  /** 1 for an atom, 0 for padding, `[samples, N]`. */
  readonly nodeMask: Float32Array;
  /** The property, in its unit, `[samples]`. */
  readonly targets: Float64Array;
}

/** Atoms of one molecule. */
export interface Molecule {
  /** Atomic numbers Z `[n]`. */
  readonly atomicNumbers: ArrayLike<number>;
  /** `[n, 3]`. */
  readonly positions: ArrayLike<number>;
}

/** Options of {@link moleculeData}. */
export interface MoleculeDataOptions {
  /** The property of each molecule. */
  readonly targets: ArrayLike<number>;
  /** The elements that are told apart, in order. @default [1, 6, 7, 8, 9] (QM9) */
  readonly elements?: readonly number[];
  /** N; default: the largest molecule's number of atoms. Give it to pad several data sets alike. */
  readonly nodes?: number;
}

/**
 * Pads molecules and makes their features: one-hot element times (Z/Z_max)^{0, 1, 2}, so f = 3 × elements.
 *
 * Levy et al. 2023, released code `main_qm9.py`. Z_max is the largest of `elements`.
 *
 * @throws {RangeError} If an element is not in `elements`, or a molecule has more than `nodes` atoms.
 * @throws {TypeError} If there are not as many targets as molecules.
 */
export function moleculeData(
  molecules: readonly Molecule[],
  { targets, elements = [1, 6, 7, 8, 9], nodes: wanted }: MoleculeDataOptions,
): MoleculeData {
  const samples = molecules.length;
  const largest = molecules.reduce((most, { atomicNumbers }) => Math.max(most, atomicNumbers.length), 0);
  const nodes = wanted ?? largest;
  if (largest > nodes) {
    throw new RangeError(`Cannot pad molecules as nodes must be >= ${largest}: current value is ${nodes}`);
  }
  if (targets.length !== samples) {
    throw new TypeError(
      `Cannot make molecule data as there must be ${samples} targets: current value is ${targets.length}`,
    );
  }
  const most = Math.max(...elements), f = 3 * elements.length;
  const positions = new Float32Array(samples * nodes * 3), nodeMask = new Float32Array(samples * nodes);
  const nodeFeatures = new Float32Array(samples * nodes * f);
  molecules.forEach((molecule, m) => {
    positions.set(molecule.positions, m * nodes * 3);
    for (let i = 0; i < molecule.atomicNumbers.length; i++) {
      const z = molecule.atomicNumbers[i], element = elements.indexOf(z), at = m * nodes + i;
      if (element < 0) {
        throw new RangeError(
          `Cannot make molecule data as elements must be among ${elements}: current value in molecule ${m} is ${z}`,
        );
      }
      nodeMask[at] = 1;
      for (let power = 0; power < 3; power++) {
        nodeFeatures[at * f + 3 * element + power] = (z / most) ** power;
      }
    }
  });
  return { samples, nodes, positions, nodeFeatures, nodeMask, targets: Float64Array.from(targets) };
}

function countSamples({ nodes, positions, velocities, targets }: Motion, what: string): number {
  const samples = positions.length / (3 * nodes);
  for (const [name, { length }] of Object.entries({ positions, velocities, targets })) {
    if (!Number.isInteger(samples) || length !== positions.length) {
      throw new TypeError(
        `Cannot make samples of ${what} as ${name} must be [samples, ${nodes}, 3] with as many samples in all: ` +
          `current length is ${length}`,
      );
    }
  }
  return samples;
}

const float32 = ({ nodes, positions, velocities, targets }: Motion) => ({
  nodes,
  positions: Float32Array.from(positions),
  velocities: Float32Array.from(velocities),
  targets: Float32Array.from(targets),
});

function speeds({ velocities: v }: Motion): Float32Array {
  return Float32Array.from(
    { length: v.length / 3 },
    (_, i) => Math.sqrt(v[3 * i] ** 2 + v[3 * i + 1] ** 2 + v[3 * i + 2] ** 2),
  );
}

/**
 * Calls `f(receiver, sender, |x_i − x_j|²)` for the edges of every sample, with indices over all samples'
 * nodes.
 */
function forEachEdge(
  { nodes, positions: x }: Motion,
  samples: number,
  f: (receiver: number, sender: number, distanceSquared: number) => void,
): void {
  for (let first = 0; first < samples * nodes; first += nodes) {
    for (let i = first; i < first + nodes; i++) {
      for (let j = first; j < first + nodes; j++) {
        if (i === j) continue;
        const [dx, dy, dz] = [0, 1, 2].map((axis) => x[3 * i + axis] - x[3 * j + axis]);
        f(i, j, dx * dx + dy * dy + dz * dz);
      }
    }
  }
}
