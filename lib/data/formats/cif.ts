import { type Crystal, elementNumber, latticeFromParameters, toCartesian } from "../../crystals/mod.ts";
import { decimal } from "./_decimal.ts";
import { type CifToken, cifTokens } from "./_cif_tokens.ts";

/** A data block: single values by tag, and tables. Tags are in lower case. */
interface CifBlock {
  readonly values: ReadonlyMap<string, string>;
  readonly loops: readonly CifLoop[];
}

interface CifLoop {
  readonly tags: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** An operation r → R f + t on fractional coordinates. */
type Operation = readonly (readonly [x: number, y: number, z: number, shift: number])[];

/** Atoms nearer than this, in ångström, are one, put there by different operations. */
const SAME = 1e-2;

/** Those of F m -3 m in its usual cell, the most of all space groups. */
const MOST_OPERATIONS = 192;

const LENGTHS = ["a", "b", "c"], ANGLES = ["alpha", "beta", "gamma"];

/**
 * Reads the crystal in a CIF (Crystallographic Information File): cell, atoms with fractional coordinates,
 * and symmetry operations, which are applied. Standard uncertainties, `5.43(2)`, are left out.
 *
 * @param text The first data block is read.
 * @throws {SyntaxError} If cell or atoms are missing or cannot be read, an atom's place is shared (occupancy
 *   below 1), or the file names a space group other than P 1 and gives no operations.
 *
 * @example
 * ```ts
 * import { readCif } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const { atomicNumbers } = readCif(`data_iron
 * _cell_length_a 2.866
 * _cell_length_b 2.866
 * _cell_length_c 2.866
 * _cell_angle_alpha 90
 * _cell_angle_beta 90
 * _cell_angle_gamma 90
 * loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
 * Fe1 0 0 0
 * Fe2 0.5 0.5 0.5`);
 * assert.deepEqual([...atomicNumbers], [26, 26]);
 * ```
 */
export function readCif(text: string): Crystal {
  const block = readBlock(cifTokens(text));
  const number = (tag: string) => {
    const value = block.values.get(tag);
    if (value === undefined) fail(`it must give ${tag}`, "none");
    return parseNumber(value!, tag);
  };
  const [a, b, c] = LENGTHS.map((name) => number(`_cell_length_${name}`));
  const [alpha, beta, gamma] = ANGLES.map((name) => number(`_cell_angle_${name}`));
  let lattice;
  try {
    lattice = latticeFromParameters({ a, b, c, alpha, beta, gamma });
  } catch (error) {
    throw new SyntaxError(`Cannot read the CIF: ${(error as Error).message}`, { cause: error });
  }
  const sites = readSites(block);
  const operations = readOperations(block);
  if (operations.length > MOST_OPERATIONS) {
    fail(`there must be at most ${MOST_OPERATIONS} symmetry operations`, operations.length);
  }
  const numbers: number[] = [], places: number[][] = [];
  for (const { z, place } of sites) {
    const first = places.length;
    for (const operation of operations) {
      const image = operation.map(([x, y, w, shift]) => x * place[0] + y * place[1] + w * place[2] + shift);
      const taken = operations.length > 1 && places.slice(first).some((other) => {
        const apart = image.map((f, k) => f - other[k] - Math.round(f - other[k]));
        return Math.hypot(...toCartesian(apart, lattice)) < SAME;
      });
      if (taken) continue;
      numbers.push(z);
      places.push(image);
    }
  }
  return {
    lattice,
    atomicNumbers: Uint8Array.from(numbers),
    positions: Float64Array.from(places.flat()),
  };
}

function fail(wanted: string, current: unknown): never {
  throw new SyntaxError(`Cannot read the CIF as ${wanted}: current value is ${current}`);
}

/** A decimal number; what follows in parentheses is its uncertainty. */
function parseNumber(text: string, what: string): number {
  const value = decimal(text.replace(/\(\d*\)$/, ""));
  return Number.isFinite(value) ? value : fail(`${what} must be a number`, JSON.stringify(text));
}

function readBlock(tokens: readonly CifToken[]): CifBlock {
  const values = new Map<string, string>(), loops: CifLoop[] = [];
  const isWord = (token: CifToken | undefined, pattern: RegExp) =>
    token !== undefined && !token.quoted && pattern.test(token.text);
  const start = tokens.findIndex((token) => isWord(token, /^data_/i));
  if (start < 0) fail("it must have a line data_…", "none");
  for (let at = start + 1; at < tokens.length && !isWord(tokens[at], /^data_/i);) {
    if (isWord(tokens[at], /^loop_$/i)) {
      const tags: string[] = [];
      const { line } = tokens[at++];
      while (isWord(tokens[at], /^_/)) tags.push(tokens[at++].text.toLowerCase());
      const cells: string[] = [];
      while (at < tokens.length && !isWord(tokens[at], /^(_.*|loop_|data_.*)$/i)) {
        cells.push(tokens[at++].text);
      }
      if (tags.length === 0 || cells.length % tags.length !== 0) {
        fail(`the table in line ${line} must have a multiple of ${tags.length} values`, cells.length);
      }
      loops.push({
        tags,
        rows: Array.from(
          { length: cells.length / tags.length },
          (_, row) => cells.slice(row * tags.length, (row + 1) * tags.length),
        ),
      });
    } else if (isWord(tokens[at], /^_/) && at + 1 < tokens.length) {
      values.set(tokens[at].text.toLowerCase(), tokens[at + 1].text);
      at += 2;
    } else {
      fail(`line ${tokens[at].line} must start with a tag or loop_`, JSON.stringify(tokens[at].text));
    }
  }
  return { values, loops };
}

function readSites({ loops }: CifBlock): { readonly z: number; readonly place: readonly number[] }[] {
  const loop = loops.find(({ tags }) => tags.includes("_atom_site_fract_x"));
  if (loop === undefined || loop.rows.length === 0) {
    return fail("it must have a table of atoms with fractional coordinates", "none");
  }
  const column = (name: string) => loop.tags.indexOf(`_atom_site_${name}`);
  const symbol = column("type_symbol") >= 0 ? column("type_symbol") : column("label");
  if (symbol < 0) fail("atoms must have a type symbol or a label", "neither");
  const places = ["fract_x", "fract_y", "fract_z"].map(column), occupancy = column("occupancy");
  return loop.rows.map((row) => {
    // Fe3+ and Fe1 are iron.
    const z = elementNumber(row[symbol].match(/^[A-Z][a-z]?/)?.[0] ?? row[symbol]);
    if (occupancy >= 0 && !["?", "."].includes(row[occupancy])) {
      const share = parseNumber(row[occupancy], "an occupancy");
      if (Math.abs(share - 1) > 1e-6) fail("every atom must have occupancy 1", share);
    }
    const place = places.map((index) =>
      index < 0 ? fail("atoms must have three coordinates", "fewer") : parseNumber(row[index], "a coordinate")
    );
    return { z, place };
  });
}

const OPERATION_TAGS = ["_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz"];
const GROUP_TAGS = ["_symmetry_int_tables_number", "_space_group_it_number"];

function readOperations({ values, loops }: CifBlock): readonly Operation[] {
  for (const tag of OPERATION_TAGS) {
    const loop = loops.find(({ tags }) => tags.includes(tag));
    if (loop !== undefined) return loop.rows.map((row) => parseOperation(row[loop.tags.indexOf(tag)]));
    const single = values.get(tag);
    if (single !== undefined) return [parseOperation(single)];
  }
  const group = GROUP_TAGS.map((tag) => values.get(tag)).find((value) => value !== undefined) ?? "1";
  if (group !== "1" && group !== "?") fail("a space group other than 1 must come with its operations", group);
  return [parseOperation("x,y,z")];
}

/** E.g. `-y, x-y, z+1/3`. */
function parseOperation(text: string): Operation {
  const parts = text.toLowerCase().replace(/\s/g, "").split(",");
  if (parts.length !== 3) fail("an operation must have three parts", JSON.stringify(text));
  return parts.map((part) => {
    const row: [number, number, number, number] = [0, 0, 0, 0];
    const terms = part.match(/[+-]?(?:[xyz]|[\d.]+(?:\/[\d.]+)?)/g) ?? [];
    if (terms.join("") !== part || part === "") fail("an operation must be of x, y, z and numbers", text);
    for (const term of terms) {
      const sign = term.startsWith("-") ? -1 : 1, body = term.replace(/^[+-]/, "");
      const axis = "xyz".indexOf(body);
      const [above, below = "1"] = body.split("/");
      if (axis >= 0) row[axis] += sign;
      else row[3] += sign * decimal(above) / decimal(below);
    }
    if (!Number.isFinite(row[3])) {
      fail("a shift of an operation must be a finite number", JSON.stringify(text));
    }
    return row;
  });
}
