import { readCif } from "../formats/mod.ts";
import { readCsvRecords, recordNumber } from "../formats/mod.ts";

import { decoratedLattices, perovskites } from "../generators/mod.ts";
import { stream } from "../../random/mod.ts";
import type { DataFile, DataSet } from "../types.ts";
import type { CrystalSplits, LabelledCrystal } from "./labelled_crystal.ts";

const LICENCE = "MIT (repository txie-93/cdvae, commit f857f598)";

function file(
  folder: string,
  part: string,
  content: Pick<DataFile, "sha256" | "bytes" | "unpackedBytes">,
): DataFile {
  return {
    path: `${part}.csv.gz`,
    ...content,
    gzip: true,
    byHand: `data/${folder}/${part}.csv of github.com/txie-93/cdvae at commit f857f598, packed with gzip`,
  };
}

/** A CSV with a CIF per row, `material_id` and some properties. */
function readCifTable(bytes: Uint8Array, names: readonly string[]): LabelledCrystal[] {
  const rows = readCsvRecords(new TextDecoder().decode(bytes), { columns: ["material_id", "cif", ...names] });
  return rows.map((row) => ({
    id: row.material_id,
    crystal: readCif(row.cif),
    properties: Object.fromEntries(names.map((name) => [name, recordNumber(row, name)])),
  }));
}

const splits = (names: readonly string[]) => ([valid, test]: readonly Uint8Array[]): CrystalSplits => ({
  valid: readCifTable(valid, names),
  test: readCifTable(test, names),
});

/**
 * Perov-5 (Castelli et al. 2012) as CDVAE publishes it: ABX₃ crystals in cubic cells of five atoms, 56
 * elements, with heats of formation `heat_all` and `heat_ref` and gaps `dir_gap` and `ind_gap`, in eV. Only
 * the validation and the test part, of 3 787 and 3 785 crystals: the training part of 11 356 rows was not at
 * hand.
 *
 * Its stand-in has made-up perovskites with energies of a pair potential in place of the heats, and gaps made
 * from them.
 */
export const PEROV5: readonly DataSet<CrystalSplits>[] = [
  {
    name: "perov-5/perovskites",
    title: "Perov-5: 7 572 perovskites with heats of formation and gaps",
    licence: LICENCE,
    module: import.meta.url,
    folder: "perov-5",
    files: [
      file("perov_5", "val", {
        sha256: "326f401219901270374b71e2faff63df3a29a99fd26f469993b9f476b693daf2",
        bytes: 405600,
        unpackedBytes: 3673814,
      }),
      file("perov_5", "test", {
        sha256: "a85878c685037f0a578257f6d4fcdde00e968dbab73c5f1e90ecef65218513f6",
        bytes: 405015,
        unpackedBytes: 3671842,
      }),
    ],
    parse: splits(["heat_all", "heat_ref", "dir_gap", "ind_gap"]),
    standIn: () => {
      const crystals = perovskites({ samples: 160, stream: stream(0, "perov-5") });
      return { valid: crystals.slice(0, 96), test: crystals.slice(96) };
    },
  },
];

/**
 * Carbon-24 (Pickard 2020) as CDVAE publishes it: carbon allotropes of 6 to 24 atoms, found by random search
 * at 10 GPa, with their energy per atom, `energy_per_atom`, in eV. Only the validation and the test part.
 *
 * Its stand-in has one element on decorated lattices, with energies of a pair potential.
 */
export const CARBON24: readonly DataSet<CrystalSplits>[] = [
  {
    name: "carbon-24/carbon",
    title: "Carbon-24: 4 062 carbon allotropes with energies",
    licence: `${LICENCE}; Materials Cloud 2020.0026/v1`,
    module: import.meta.url,
    folder: "carbon-24",
    files: [
      file("carbon_24", "val", {
        sha256: "36c00689cd63073c954a58bc6ed6e2adb7aeed5a630c994970959a1babffd50e",
        bytes: 465475,
        unpackedBytes: 2321923,
      }),
      file("carbon_24", "test", {
        sha256: "386b17c08816f434818d51e46687bf72ff3f92348f3ba24823e4758f1fe8a969",
        bytes: 464674,
        unpackedBytes: 2319350,
      }),
    ],
    parse: splits(["energy_per_atom"]),
    standIn: () => {
      const crystals = decoratedLattices({ samples: 96, elements: ["C"], stream: stream(0, "carbon-24") })
        .map((one) => ({ ...one, properties: { energy_per_atom: one.properties.energy } }));
      return { valid: crystals.slice(0, 48), test: crystals.slice(48) };
    },
  },
];
