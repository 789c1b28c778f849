import { elementNumber } from "../../crystals/mod.ts";
import { stream } from "../../random/mod.ts";
import { readCsvRecords, recordNumber } from "../formats/mod.ts";
import { decoratedLattices } from "../generators/mod.ts";
import type { DataSet } from "../types.ts";
import type { LabelledCrystal } from "./labelled_crystal.ts";

/** What is read of the repr of a pymatgen structure. */
interface Structure {
  readonly lattice: { readonly matrix: readonly (readonly number[])[] };
  readonly sites: readonly {
    readonly species: readonly { readonly element: string; readonly occu: number }[];
    readonly abc: readonly number[];
  }[];
}

function readStructure(repr: string): LabelledCrystal["crystal"] {
  let structure: Structure;
  try {
    const json = repr.replaceAll("'", '"').replace(
      /\b(None|True|False)\b/g,
      (word) => ({ None: "null", True: "true", False: "false" })[word]!,
    );
    structure = JSON.parse(json);
  } catch (error) {
    throw new SyntaxError(`Cannot read the structure as it must be the repr of a dictionary: ${error}`, {
      cause: error,
    });
  }
  return {
    lattice: Float64Array.from(structure.lattice.matrix.flat()),
    atomicNumbers: Uint8Array.from(structure.sites, ({ species }) => {
      if (species.length === 1 && species[0].occu === 1) return elementNumber(species[0].element);
      throw new SyntaxError(
        "Cannot read the structure as each site must hold one element with occupancy 1: " +
          `current value is ${JSON.stringify(species)}`,
      );
    }),
    positions: Float64Array.from(structure.sites.flatMap(({ abc }) => abc)),
  };
}

/** Rows without structure or without `eps_total` are left out. */
function readPhonons(text: string): LabelledCrystal[] {
  const columns = ["mpid", "eps_total", "last phdos peak", "structure"];
  return readCsvRecords(text, { columns }).flatMap((row) => {
    if (row.structure.trim() === "" || row.eps_total.trim() === "") return [];
    return [{
      id: row.mpid,
      crystal: readStructure(row.structure),
      properties: { peak: recordNumber(row, "last phdos peak"), eps_total: recordNumber(row, "eps_total") },
    }];
  });
}

/**
 * Phonons of 1 375 crystals of the Materials Project (probably Petretto et al. 2018): `peak`, the last peak
 * of the phonon density of states in cm⁻¹, and `eps_total` (which has absurd outliers). What became
 * `matbench_phonons` was made from the same source; these are not its rows or folds.
 *
 * Its stand-in has decorated lattices; their `peak` is made up from the energy of a pair potential.
 */
export const MP_PHONONS: readonly DataSet<readonly LabelledCrystal[]>[] = [
  {
    name: "mp-phonons/phonons",
    title: "Materials Project: 1 375 crystals with the last peak of their phonon spectrum",
    licence: "BSD-style, Lawrence Berkeley National Laboratory (repository hackingmaterials/automatminer); " +
      "the data's own was not checked",
    module: import.meta.url,
    folder: "mp-phonons",
    files: [{
      path: "phonon_dielectric_mp.csv.gz",
      sha256: "6f284119bed821793f892bac2e0256d9b3eff406647212423ae6b9fc35347245",
      bytes: 587445,
      gzip: true,
      unpackedBytes: 2578198,
      byHand:
        "mslearn/data/sources/phonon_dielectric_mp.csv of github.com/hackingmaterials/automatminer at commit " +
        "9cdee6df68dfa1b3c51d49feafeeeda5d61f888a, packed with gzip",
    }],
    parse: ([file]) => readPhonons(new TextDecoder().decode(file)),
    standIn: () =>
      decoratedLattices({ samples: 64, stream: stream(0, "mp-phonons") }).map(({ properties, ...rest }) => ({
        ...rest,
        properties: { peak: 400 * Math.exp(-properties.energy / 5), eps_total: 10 },
      })),
  },
];
