import assert from "node:assert/strict";
import { findSymmetry } from "../../../../lib/crystals/mod.ts";
import { readCif, readPoscar } from "../../../../lib/data/mod.ts";

const CELL = `data_test
_cell_length_a 4.594(1)
_cell_length_b 4.594(1)
_cell_length_c 2.959(1)
_cell_angle_alpha 90
_cell_angle_beta 90.
_cell_angle_gamma 90.00(0)
`;

/** Rutile with symmetry operations, quotes, comments, a text field and columns in an unusual order. */
const RUTILE = `# a comment
${CELL}_symmetry_space_group_name_H-M   'P 42/m n m'
_symmetry_Int_Tables_number   136
_chemical_name_systematic
;
titanium dioxide, with a loop_ and a data_ that are none
;
loop_
 _symmetry_equiv_pos_site_id
 _symmetry_equiv_pos_as_xyz
1 'x, y, z'
2 '-x, -y, z'
3 '-y+1/2, x+1/2, z+1/2'
4 'y+1/2, -x+1/2, z+1/2'
5 "-x+1/2, y+1/2, -z+1/2"
6 '1/2+x, 0.5-y, .5-z'
7 'y,x,-z'
8 '-y,-x,-z'
loop_
_atom_site_fract_z _atom_site_fract_x _atom_site_fract_y _atom_site_label _atom_site_occupancy
0.0 0.0 0.0 Ti1 1.0 # the metal
0 0.3053(2) 0.3053(2) O2- 1
`;

Deno.test("readCif() applies symmetry operations and reads what real files hold", () => {
  const rutile = readCif(RUTILE);
  assert.deepEqual([...rutile.atomicNumbers], [22, 22, 8, 8, 8, 8]);
  assert.deepEqual([...rutile.lattice.filter((x) => x > 0)], [4.594, 4.594, 2.959]);
  assert.equal(findSymmetry(rutile).spaceGroup, 136);
  // The same on other line ends.
  assert.deepEqual(readCif(RUTILE.replaceAll("\n", "\r\n")), rutile);
});

Deno.test("readCif() reads the first data block only", () => {
  const both = RUTILE + "data_other\n_cell_length_a 1\n";
  assert.deepEqual(readCif(both), readCif(RUTILE));
});

Deno.test("readCif() says what is wrong", () => {
  const atoms = "loop_ _atom_site_type_symbol _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z\n";
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /must have a line data_/],
    ["data_x\n", /must give _cell_length_a/],
    [CELL, /must have a table of atoms/],
    [`${CELL}${atoms}Fe 0 0\n`, /table in line 8 must have a multiple of 4 values: current value is 3/],
    [`${CELL}${atoms}Xx 0 0 0\n`, /symbol must be one of H to Lr: current value is "Xx"/],
    [`${CELL}${atoms}Fe 0 0 ?\n`, /a coordinate must be a number: current value is "\?"/],
    [CELL.replace("4.594(1)", "-1") + `${atoms}Fe 0 0 0\n`, /lengths must be positive/],
    [`${CELL}_symmetry_Int_Tables_number 225\n${atoms}Fe 0 0 0\n`, /must come with its operations/],
    [RUTILE.replace("O2- 1", "O2- 0.5"), /must have occupancy 1: current value is 0.5/],
    [RUTILE.replace("'y,x,-z'", "'y,w,-z'"), /operation must be of x, y, z and numbers/],
    [`${CELL}stray\n`, /line 8 must start with a tag/],
    [`${CELL}_x\n;\nno end`, /text field in line 9 must end/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => readCif(text), { name: "SyntaxError", message }, text);
  }
});

const POSCAR = `rutile
1.0
4.594 0 0
0 4.594 0
0 0 2.959
Ti O
2 4
direct
0 0 0 Ti
0.5 0.5 0.5 Ti
0.3053 0.3053 0 O
0.6947 0.6947 0 O
0.8053 0.1947 0.5 O
0.1947 0.8053 0.5 O
`;

Deno.test("readPoscar() reads VASP 5 and VASP 4, direct and cartesian, scales and selective dynamics", () => {
  const crystal = readPoscar(POSCAR);
  assert.deepEqual([...crystal.atomicNumbers], [22, 22, 8, 8, 8, 8]);
  assert.equal(findSymmetry(crystal).spaceGroup, 136);
  assert.deepEqual(readPoscar(POSCAR.replace("Ti O\n", "")), crystal);
  const selective = POSCAR.replace("direct", "Selective dynamics\nDirect").replaceAll(
    /(\d) (Ti|O)\n/g,
    "$1 T T F\n",
  );
  assert.deepEqual(readPoscar(selective), crystal);
  const scaled = readPoscar(POSCAR.replace("\n1.0\n", "\n2\n"));
  assert.ok(scaled.lattice.every((x, k) => x === 2 * crystal.lattice[k]));
  const volume = readPoscar(POSCAR.replace("\n1.0\n", `\n${-8 * 4.594 * 4.594 * 2.959}\n`));
  assert.ok(volume.lattice.every((x, k) => Math.abs(x - scaled.lattice[k]) < 1e-12));
  const cartesian = readPoscar(`x\n2\n1 0 0\n0 2 0\n0 1 1\nFe\n1\nCartesian\n0.5 1.5 0.5\n`);
  const wanted = [0.5, 0.5, 0.5];
  assert.ok(cartesian.positions.every((x, k) => Math.abs(x - wanted[k]) < 1e-12), `${cartesian.positions}`);
});

Deno.test("readPoscar() says what is wrong, and in which line", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /line 2 must start with 1 numbers/],
    [POSCAR.replace("0 0 2.959", "0 0"), /line 5 must start with 3 numbers/],
    [POSCAR.replace("2 4\n", "2\n"), /line 7 must hold 2 numbers/],
    [POSCAR.replace("2 4\n", "two\n"), /line 7 must hold the numbers of atoms/],
    [POSCAR.replace("direct", "fractional"), /line 8 must be direct or cartesian/],
    [POSCAR.replace("0.1947 0.8053 0.5 O\n", ""), /line 14 must start with 3 numbers/],
    [POSCAR.replace("4.594 0 0", "0 0 0"), /independent lattice vectors/],
    [POSCAR.replace("Ti O\n", "").replace("0 0 0 Ti", "0 0 0"), /line 8 must name the element/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => readPoscar(text), { name: "SyntaxError", message }, text);
  }
});
