import { NumpyRandom } from "../../random/mod.ts";
import { atomicNumber, bunzip, type Molecule, parseXyzNumber, readXyz, tarFiles } from "../formats/mod.ts";
import type { DataSet } from "../types.ts";

/** QM9 as the networks of Satorras et al. 2021 and their successors use it. */
export interface Qm9Data {
  /** 130 831 molecules; properties in the units of {@link QM9_TARGETS}. */
  readonly molecules: readonly Molecule[];
  /** Indices of the molecules to learn from. */
  readonly train: Int32Array;
  /** Indices of the molecules to choose settings by. */
  readonly valid: Int32Array;
  /** Indices of the molecules to judge by. */
  readonly test: Int32Array;
}

/** eV per hartree, the value of the benchmark's code. */
const EV = 27.2114;

/** The columns of a GDB-9 file's second line, after its tag and number. */
const COLUMNS = "A B C mu alpha homo lumo gap r2 zpve U0 U H G Cv".split(" ");

/** The twelve targets: name → unit after conversion. */
export const QM9_TARGETS: Readonly<Record<string, string>> = {
  alpha: "Bohr³",
  gap: "eV",
  homo: "eV",
  lumo: "eV",
  mu: "D",
  Cv: "cal/(mol K)",
  G: "eV",
  H: "eV",
  r2: "Bohr²",
  U: "eV",
  U0: "eV",
  zpve: "meV",
};

/** Factors from a file's units (hartree for energies). */
const FACTORS: Readonly<Record<string, number>> = {
  gap: EV,
  homo: EV,
  lumo: EV,
  G: EV,
  H: EV,
  U: EV,
  U0: EV,
  zpve: 1000 * EV,
};

/** Columns of `atomref.txt`. */
const REFERENCES = ["zpve", "U0", "U", "H", "G", "Cv"] as const;

/**
 * Reads one molecule of the GDB-9 archive: count; `gdb <number>` with 15 properties; atoms with Mulliken
 * charges; frequencies; SMILES; InChI. Numbers may have exponents like `*^-6`.
 *
 * @returns properties in the file's units, with `number`.
 * @throws {SyntaxError} If it cannot be read.
 */
export function readGdb9(text: string): Molecule {
  const [frame, ...more] = readXyz(text, { trailing: 3 });
  const [tag, number, ...values] = frame?.comment.trim().split(/\s+/) ?? [];
  if (more.length > 0 || tag !== "gdb" || values.length !== COLUMNS.length) {
    throw new SyntaxError(
      `Cannot read the molecule as its second line must be "gdb", a number and ${COLUMNS.length} values: ` +
        `current value is ${JSON.stringify(frame?.comment)}`,
    );
  }
  const properties = Object.fromEntries(COLUMNS.map((name, i) => [name, parseXyzNumber(values[i])]));
  return {
    name: `gdb_${number}`,
    atomicNumbers: frame.atomicNumbers,
    positions: frame.positions,
    properties: { number: parseXyzNumber(number), ...properties },
  };
}

/**
 * Energies of single atoms by atomic number: lines of `atomref.txt` that start with a symbol and six numbers.
 */
export function readAtomReferences(text: string): ReadonlyMap<number, Readonly<Record<string, number>>> {
  const found = new Map<number, Record<string, number>>();
  for (const line of text.split(/\r?\n/)) {
    const [symbol, ...numbers] = line.trim().split(/\s+/);
    if (!/^[A-Z][a-z]?$/.test(symbol) || numbers.length < REFERENCES.length) continue;
    if (!numbers.slice(0, REFERENCES.length).every((text) => /^[-+.\d]/.test(text))) continue;
    found.set(
      atomicNumber(symbol),
      Object.fromEntries(REFERENCES.map((name, i) => [name, parseXyzNumber(numbers[i])])),
    );
  }
  return found;
}

/**
 * Numbers of the molecules in `uncharacterized.txt` that failed the consistency check: after nine lines of
 * heading, the lines that start with a number.
 */
export function readUncharacterized(text: string): ReadonlySet<number> {
  return new Set(
    text.split(/\r?\n/).slice(9).flatMap((line) => {
      const number = line.match(/^\s*(\d+)\s/)?.[1];
      return number === undefined ? [] : [Number(number)];
    }),
  );
}

/**
 * Converts a molecule's targets: atom references subtracted from zpve, U0, U, H, G, Cv; energies in eV, zpve
 * in meV.
 */
export function convertGdb9(
  molecule: Molecule,
  references: ReadonlyMap<number, Readonly<Record<string, number>>>,
): Molecule {
  const properties = { ...molecule.properties };
  for (const name of REFERENCES) {
    for (const z of molecule.atomicNumbers) properties[name] -= references.get(z)?.[name] ?? 0;
  }
  for (const [name, factor] of Object.entries(FACTORS)) properties[name] *= factor;
  return { ...molecule, properties };
}

/**
 * Reads the molecules of a bzip2-compressed tar archive of GDB-9 files, sorted by number. It is unpacked
 * piece by piece, so that the memory taken is that of the molecules.
 *
 * @throws {SyntaxError} If it is damaged or cut short, or a molecule cannot be read (the message names the
 *   file and its line).
 */
export function readGdb9Archive(archive: Uint8Array): Molecule[] {
  const text = new TextDecoder();
  const molecules: Molecule[] = [];
  for (const { name, content } of tarFiles(bunzip(archive))) {
    try {
      molecules.push(readGdb9(text.decode(content)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new SyntaxError(`Cannot read ${name} of the archive: ${error.message}`, { cause: error });
    }
  }
  return molecules.sort((a, b) => a.properties.number - b.properties.number);
}

const TRAIN = 100000;

/**
 * Permutation of NumPy with seed 0: 100 000 for training, floor(10 %) for testing, the rest between for
 * validation.
 */
function split(molecules: readonly Molecule[]): Qm9Data {
  const order = new NumpyRandom(0).permutation(molecules.length);
  const test = molecules.length - Math.floor(0.1 * molecules.length);
  return {
    molecules,
    train: order.slice(0, TRAIN),
    valid: order.slice(TRAIN, test),
    test: order.slice(test),
  };
}

function parse([archive, atoms, uncharacterized]: readonly Uint8Array[]): Qm9Data {
  const text = new TextDecoder();
  const references = readAtomReferences(text.decode(atoms));
  const left = readUncharacterized(text.decode(uncharacterized));
  if (references.size !== 5 || left.size !== 3054) {
    throw new SyntaxError(
      `Cannot read QM9 as there must be references of 5 elements and 3054 molecules to leave out: ` +
        `current numbers are ${references.size} and ${left.size}`,
    );
  }
  return split(
    readGdb9Archive(archive)
      .filter(({ properties }) => !left.has(properties.number))
      .map((molecule) => convertGdb9(molecule, references)),
  );
}

const FIGSHARE = "https://ndownloader.figshare.com/files";

/**
 * QM9 (Ramakrishnan et al. 2014), 133 885 molecules less 3 054 that failed a consistency check, twelve
 * targets.
 *
 * Sizes and digests of the three files are those that TensorFlow Datasets lists for them
 * (`tensorflow_datasets/datasets/qm9/checksums.tsv`); no copy was at hand to check them here.
 */
export const QM9: readonly DataSet<Qm9Data>[] = [
  {
    name: "qm9/molecules",
    title: "QM9: 130 831 molecules with twelve properties",
    licence: "CC0 (figshare collection 978904)",
    module: import.meta.url,
    folder: "qm9",
    files: [
      {
        path: "dsgdb9nsd.xyz.tar.bz2",
        url: `${FIGSHARE}/3195389`,
        bytes: 86144227,
        sha256: "3a63848ac80691bdb8d41834b575afad345b9300d7a2db0c38adb7f6eaa8360c",
      },
      {
        path: "atomref.txt",
        url: `${FIGSHARE}/3195395`,
        bytes: 964,
        sha256: "af739d4a0fbe894a56f346ad6045ee1b74c58f8a8c9ef3fbfed920c9ad8b00f9",
      },
      {
        path: "uncharacterized.txt",
        url: `${FIGSHARE}/3195404`,
        bytes: 486752,
        sha256: "3aa5115d540b356de94791d4a74c3bf1ed91c469ecf52a4f5d7cc0506fe02e24",
      },
    ],
    parse,
  },
];
