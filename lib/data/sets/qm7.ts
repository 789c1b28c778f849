import { NumpyRandom, type Stream, stream } from "../../random/mod.ts";
import { gunzip, type Molecule, readXyz } from "../formats/mod.ts";
import type { DataSet } from "../types.ts";

/** QM7 with its random split. */
export interface Qm7Data {
  /** All molecules of the set. */
  readonly molecules: readonly Molecule[];
  /** Indices of molecules, shuffled; {@link splitQm7}. */
  readonly train: Int32Array;
  /** Indices of the molecules to judge by. */
  readonly test: Int32Array;
}

/** Molecules that are kept for testing: 1 421 of 7 101. */
const TEST_SHARE = 1421 / 7101;

/** `numpy.random.permutation` with seed 0: the first 80 % are for training, the rest for testing. */
function splitQm7(molecules: readonly Molecule[]): Qm7Data {
  const order = new NumpyRandom(0).permutation(molecules.length);
  const trained = molecules.length - Math.round(TEST_SHARE * molecules.length);
  return { molecules, train: order.slice(0, trained), test: order.slice(trained) };
}

/** Of the unpacked file. */
const MOST_BYTES = 2 ** 23;

async function parse([file]: readonly Uint8Array[]): Promise<Qm7Data> {
  const content = await gunzip(file, { maxBytes: MOST_BYTES });
  if (content === undefined) throw new SyntaxError("Cannot read the file as it must be gzip");
  const text = new TextDecoder().decode(content);
  return splitQm7(
    readXyz(text).map(({ atomicNumbers, positions, comment }) => {
      const energy = Number(comment.match(/hof_kcal_mol=(\S+)/)?.[1] ?? NaN);
      if (!Number.isFinite(energy)) {
        throw new SyntaxError(
          `Cannot read the molecule as its comment must give hof_kcal_mol: current value is ${comment}`,
        );
      }
      return {
        name: comment.match(/file=(\S+)/)?.[1] ?? "",
        atomicNumbers,
        positions,
        properties: { atomisation: energy },
      };
    }),
  );
}

const STAND_IN_MOLECULES = 100;

/** A random tree of C, N and O with hydrogens around it, no two atoms closer than 0.9 Å. */
function drawMolecule(random: Stream, name: string): Molecule {
  const uniform = () => random.uniform(new Float64Array(1))[0];
  const heavy = 2 + Math.floor(3 * uniform());
  const atoms = heavy + 2 + Math.floor(4 * uniform());
  const numbers: number[] = [], places: number[][] = [];
  while (numbers.length < atoms) {
    const isHeavy = numbers.length < heavy;
    const bond = isHeavy ? 1.45 : 1.05;
    const direction = random.normal(new Float64Array(3));
    const length = Math.hypot(...direction);
    const parent = numbers.length === 0 ? [0, 0, 0] : places[Math.floor(heavyCount(numbers) * uniform())];
    const place = [...direction].map((x, axis) => parent[axis] + bond * x / length);
    if (places.some((other) => Math.hypot(...other.map((x, axis) => x - place[axis])) < 0.9)) continue;
    numbers.push(isHeavy ? [6, 6, 7, 8][Math.floor(4 * uniform())] : 1);
    places.push(place);
  }
  // Made up: something for each atom, and a little for how close they are.
  const share = (z: number) => z === 1 ? -60 : -130;
  let energy = 0;
  numbers.forEach((z, i) => {
    energy += share(z);
    for (let j = 0; j < i; j++) {
      energy -= 20 * Math.exp(-Math.hypot(...places[i].map((x, axis) => x - places[j][axis])));
    }
  });
  return {
    name,
    atomicNumbers: Uint8Array.from(numbers),
    positions: Float64Array.from(places.flat()),
    properties: { atomisation: energy },
  };
}

const heavyCount = (numbers: readonly number[]) => numbers.filter((z) => z !== 1).length;

/**
 * QM7 (Rupp et al. 2012; Blum & Reymond 2009), 7 101 molecules of H, C, N, O, S with up to 23 atoms and their
 * atomisation energy in kcal/mol (`atomisation`): here a stand-in for QM9, with more targets from
 * `moleculeLabels`.
 *
 * Its stand-in has 100 made-up molecules.
 */
export const QM7: readonly DataSet<Qm7Data>[] = [
  {
    name: "qm7/molecules",
    title: "QM7: 7 101 molecules with atomisation energies",
    licence: "MIT (tests of qmlcode/qml, commit 8bb833cd; its xyz files put one after the other)",
    module: import.meta.url,
    folder: "qm7",
    files: [{
      path: "qm7.xyz.gz",
      sha256: "8bbb5402d70bf27d565ae766ab069876b5b541dff921aa30867dd6509c0cedc5",
      bytes: 1574299,
    }],
    parse,
    standIn: () =>
      splitQm7(
        Array.from({ length: STAND_IN_MOLECULES }, (_, i) =>
          drawMolecule(stream(0, "qm7", `${i}`), `made-up ${i}`)),
      ),
  },
];
