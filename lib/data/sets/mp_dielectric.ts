import { stream } from "../../random/mod.ts";
import { readPoscar } from "../formats/mod.ts";
import { type CsvRecord, readCsvRecords, recordNumber } from "../formats/mod.ts";
import { decoratedLattices } from "../generators/mod.ts";
import type { DataSet } from "../types.ts";
import type { LabelledCrystal } from "./labelled_crystal.ts";

const LICENCE = "BSD-style, Lawrence Berkeley National Laboratory (repository hackingmaterials/matminer); " +
  "the data's own was not checked";

/** The value of a key in the repr that Python 2 makes of a dictionary: a text in quotes, or a number. */
export function reprValue(repr: string, key: string): string {
  const start = repr.search(new RegExp(`u?'${key}': `));
  const match = start < 0
    ? null
    : /^u?'\w+': (?:u?(['"])((?:\\.|(?!\1)[^\\])*)\1|([-+.\deE]+))/.exec(repr.slice(start));
  if (match === null) {
    throw new SyntaxError(
      `Cannot read the dictionary as it must have a text or number "${key}": it has none`,
    );
  }
  return match[3] ?? match[2].replace(/\\(.)/g, (_, escaped) => escaped === "n" ? "\n" : escaped);
}

function readDielectrics(text: string): LabelledCrystal[] {
  const names = ["band_gap", "n", "poly_electronic", "poly_total"];
  return readCsvRecords(text, { columns: ["meta", ...names] }).map((row) => ({
    id: reprValue(row.meta, "material_id"),
    crystal: readPoscar(reprValue(row.meta, "poscar")),
    properties: {
      ...numbers(row, names),
      spaceGroup: Number(reprValue(row.meta, "space_group")),
    },
  }));
}

function readPiezoelectrics(text: string): LabelledCrystal[] {
  // A comment comes first, and the header lacks the name of the first column.
  const table = text.replace(/^#.*\r?\n/, ",");
  return readCsvRecords(table, { columns: ["eij_max", "meta", "material_id"] }).map((row) => ({
    id: row.material_id,
    crystal: readPoscar(reprValue(row.meta, "poscar")),
    properties: { ...numbers(row, ["eij_max"]), spaceGroup: Number(reprValue(row.meta, "space_group")) },
  }));
}

const numbers = (row: CsvRecord, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, recordNumber(row, name)]));

const COMMON = { licence: LICENCE, module: import.meta.url, folder: "mp-dielectric-piezo" };

/**
 * Insulators and piezoelectrics of the Materials Project with their structures, as snapshots of 2017
 * (Petousis et al. 2017; de Jong et al. 2015). `dielectric`: `band_gap` in eV, refractive index `n`,
 * polycrystalline dielectric constants. `piezoelectric`: `eij_max` in C/m². With the published number of the
 * space group, `spaceGroup`.
 *
 * Their stand-ins have decorated lattices with the energy of a pair potential as every property.
 */
export const MP_DIELECTRIC_PIEZO: readonly DataSet<readonly LabelledCrystal[]>[] = [
  {
    ...COMMON,
    name: "mp-dielectric-piezo/dielectric",
    title: "Materials Project: 1 056 insulators with gaps and dielectric constants",
    files: [{
      path: "diel_ref.csv.gz",
      sha256: "7f3c4276d159e56eaf13231ad7580824f0512a9aba51e6d7fdad0de513691fad",
      bytes: 409632,
      gzip: true,
      unpackedBytes: 3211206,
      byHand: "diel_ref.csv of github.com/hackingmaterials/matminer at commit af45cc2d, packed with gzip",
    }],
    parse: ([file]) => readDielectrics(new TextDecoder().decode(file)),
    standIn: () => standIn(["band_gap", "n", "poly_electronic", "poly_total"]),
  },
  {
    ...COMMON,
    name: "mp-dielectric-piezo/piezoelectric",
    title: "Materials Project: 941 crystals without inversion centre, with piezoelectric constants",
    files: [{
      path: "piezoelectric_tensor.csv.gz",
      sha256: "4be45c8df76a9600f789255ddcb05a92fc3807e0b96fd01e85713a58c34a2ae1",
      bytes: 422589,
      gzip: true,
      unpackedBytes: 3055590,
      byHand:
        "piezoelectric_tensor.csv of github.com/hackingmaterials/matminer at commit 50636b82, packed with gzip",
    }],
    parse: ([file]) => readPiezoelectrics(new TextDecoder().decode(file)),
    standIn: () => standIn(["eij_max"]),
  },
];

function standIn(names: readonly string[]): LabelledCrystal[] {
  return decoratedLattices({ samples: 64, stream: stream(0, "mp-dielectric-piezo", ...names) })
    .map(({ properties: { energy }, ...rest }) => ({
      ...rest,
      properties: Object.fromEntries(names.map((name) => [name, energy])),
    }));
}
