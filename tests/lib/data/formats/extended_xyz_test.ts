import assert from "node:assert/strict";
import {
  atomicNumber,
  type ExtendedXyzFrame,
  readExtendedXyz,
  readXyz,
  writeExtendedXyz,
} from "../../../../lib/data/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

/** Written by hand: a molecule with forces, and a crystal with a lattice and further columns. */
const BY_HAND = `3
Properties=species:S:1:pos:R:3:forces:R:3 energy=-76.5 charge=0 method="made up" relaxed=F pbc="F F F" dipole="0 0 1.85"
O   0.000  0.000  0.119    0.00  0.00  -0.20
H   0.000  0.763 -0.477    0.00 -0.05   0.10
H   0.000 -0.763 -4.77e-1  0.00  0.05   1e-1
2
Lattice="4.2 0 0  0 4.2 0  0 0 4.2" Properties=species:S:1:fixed:L:1:pos:R:3:tag:I:2:site:S:1 name=CsCl converged
Cs T 0   0   0    1 -2  corner
Cl F 2.1 2.1 2.1  3  4  centre
`;

Deno.test("readExtendedXyz() reads what was written by hand", () => {
  const [water, salt] = readExtendedXyz(BY_HAND);
  assert.deepEqual(water, {
    atomicNumbers: Uint8Array.of(8, 1, 1),
    positions: Float64Array.of(0, 0, 0.119, 0, 0.763, -0.477, 0, -0.763, -0.477),
    forces: Float64Array.of(0, 0, -0.2, 0, -0.05, 0.1, 0, 0.05, 0.1),
    energy: -76.5,
    periodic: [false, false, false],
    info: { charge: 0, method: "made up", relaxed: false, dipole: [0, 0, 1.85] },
    columns: {},
  });
  assert.deepEqual(salt, {
    atomicNumbers: Uint8Array.of(55, 17),
    positions: Float64Array.of(0, 0, 0, 2.1, 2.1, 2.1),
    lattice: Float64Array.of(4.2, 0, 0, 0, 4.2, 0, 0, 0, 4.2),
    info: { name: "CsCl", converged: true },
    columns: {
      fixed: { kind: "L", width: 1, values: [true, false] },
      tag: { kind: "I", width: 2, values: Float64Array.of(1, -2, 3, 4) },
      site: { kind: "S", width: 1, values: ["corner", "centre"] },
    },
  });
});

Deno.test("readExtendedXyz() takes other names of energy and forces, plain xyz, and other line ends", () => {
  const text = BY_HAND.replaceAll("forces", "REF_forces").replace("energy", "REF_energy");
  const [plain] = readExtendedXyz(text);
  assert.deepEqual([plain.forces, plain.energy, plain.info.REF_energy], [undefined, undefined, -76.5]);
  const names = { energy: "REF_energy", forces: "REF_forces" };
  assert.deepEqual(readExtendedXyz(text, names), readExtendedXyz(BY_HAND));
  assert.deepEqual(readExtendedXyz(BY_HAND.replaceAll("\n", "\r\n")), readExtendedXyz(BY_HAND));
  const [atom] = readExtendedXyz("1\n\nOg 1 2 3\n");
  assert.deepEqual([atom.atomicNumbers[0], ...atom.positions], [118, 1, 2, 3]);
});

Deno.test("writeExtendedXyz() writes what readExtendedXyz() reads, to the last bit", () => {
  const frames = readExtendedXyz(BY_HAND);
  assert.deepEqual(readExtendedXyz(writeExtendedXyz(frames)), frames);
  const random = stream(0, "xyz");
  const drawn = Array.from({ length: 20 }, (_, k): ExtendedXyzFrame => {
    const count = 1 + random.nextInteger(12);
    const numbers = () => random.normal(new Float64Array(3 * count)).map((x) => x * 10 ** (k - 10));
    return {
      atomicNumbers: Uint8Array.from({ length: count }, () => 1 + random.nextInteger(118)),
      positions: numbers(),
      forces: numbers(),
      energy: random.nextUniform() * 1e-7,
      lattice: random.normal(new Float64Array(9)),
      periodic: [true, k % 2 === 0, false],
      info: { step: k, list: [1e-30, -2], text: "a b=c {d}", empty: "", yes: true },
      columns: { "initial-charge": { kind: "R", width: 1, values: random.normal(new Float64Array(count)) } },
    };
  });
  assert.deepEqual(readExtendedXyz(writeExtendedXyz(drawn)), drawn);
  // What knows symbols and positions only reads it, too.
  assert.deepEqual(readXyz(writeExtendedXyz(drawn))[7].positions, drawn[7].positions);
  const names = { energy: "E", forces: "F" };
  assert.deepEqual(readExtendedXyz(writeExtendedXyz(drawn, names), names), drawn);
});

Deno.test("atomicNumber() knows all 118 elements", () => {
  assert.deepEqual(["H", "Kr", "Lr", "Rf", "Og"].map(atomicNumber), [1, 36, 103, 104, 118]);
  assert.throws(() => atomicNumber("Xx"), /symbols must be of elements, H to Og: current value is "Xx"/);
});

const WATER = "Properties=species:S:1:pos:R:3:forces:R:3 energy=-1\nO 0 0 0 1 2 3\n";
const refused: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ["no count", "x\n\nO 0 0 0\n", /frame 0 as line 1 is wrong: it must be a number of atoms >= 1.*"x"/],
  ["no atom", "0\n\n", /line 1 is wrong: it must be a number of atoms >= 1.*"0"/],
  ["too few rows", `2\n${WATER}`, /line 1 is wrong: .*that follow \(1 lines are left\).*"2"/],
  [
    "a column too few",
    `1\n${WATER.replace(" 3\n", "\n")}`,
    /line 3 is wrong: it must hold 7 columns.*"O 0 0 0 1 2"/,
  ],
  ["a column too many", `1\n${WATER.replace("3\n", "3 4\n")}`, /line 3 is wrong: it must hold 7 columns/],
  [
    "an unknown element",
    `1\n${WATER.replace("\nO", "\nQq")}`,
    /line 3 is wrong: symbols must be of elements.*"Qq"/,
  ],
  [
    "no number",
    `1\n${WATER.replace("1 2 3", "1 two 3")}`,
    /line 3 is wrong: its numbers must be decimal.*"two"/,
  ],
  ["a decimal comma", `1\n${WATER.replace("1 2 3", "1 2,5 3")}`, /"2,5"; write decimal commas as points/],
  ["not a number", `1\n${WATER.replace("1 2 3", "1 NaN 3")}`, /line 3 is wrong: .*"NaN"/],
  [
    "two forces",
    `1\n${WATER.replace("forces:R:3", "forces:R:2").replace(" 3\n", "\n")}`,
    /line 2 is wrong: the column forces must be R:3.*"R:2"/,
  ],
  ["forces of texts", `1\n${WATER.replace("forces:R", "forces:S")}`, /the column forces must be R:3.*"S:3"/],
  ["a kind too many", `1\n${WATER.replace("forces:R", "forces:Z")}`, /kind of R, I, S or L .*"forces:Z:3"/],
  ["half a triple", `1\n${WATER.replace("forces:R:3", "forces:R")}`, /must be name:kind:width triples/],
  ["no positions", `1\n${WATER.replace("pos:R:3", "place:R:3")}`, /Properties must have pos:R:3/],
  ["a column twice", `1\n${WATER.replace("forces:R:3", "pos:R:3")}`, /name each column once.*"pos"/],
  ["a key twice", `1\n${WATER.replace("energy=-1", "energy=-1 energy=2")}`, /keys must stand once.*"energy"/],
  [
    "a quote left open",
    `1\n${WATER.replace("energy=-1", 'note="open')}`,
    /line 2 is wrong: it must be pairs of key=value/,
  ],
  ["an energy in words", `1\n${WATER.replace("energy=-1", "energy=low")}`, /energy must be a number.*"low"/],
  [
    "a lattice of eight",
    `1\n${WATER.replace("energy=-1", 'Lattice="1 0 0 0 1 0 0 0"')}`,
    /Lattice must be nine numbers/,
  ],
  ["two directions", `1\n${WATER.replace("energy=-1", 'pbc="T F"')}`, /pbc must be three truths.*"T F"/],
  ["half a truth", `1\n${WATER.replace("energy=-1", 'pbc="T F maybe"')}`, /truths must be T or F.*"maybe"/],
  [
    "a whole number with a point",
    "1\nProperties=species:S:1:pos:R:3:tag:I:1\nO 0 0 0 1.5\n",
    /line 3 is wrong: integers must have digits only.*"1.5"/,
  ],
];
for (const [name, text, message] of refused) {
  Deno.test(`readExtendedXyz() refuses ${name}`, () => {
    assert.throws(() => readExtendedXyz(text), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("readExtendedXyz() names file, frame and line", () => {
  assert.throws(
    () => readExtendedXyz(`${BY_HAND}1\n\nO 0 0\n`, { file: "md.xyz" }),
    new SyntaxError(
      'Cannot read frame 2 of md.xyz as line 12 is wrong: it must hold 4 columns: current value is "O 0 0"',
    ),
  );
});

Deno.test("writeExtendedXyz() refuses what would not be read back", () => {
  const [frame] = readExtendedXyz(BY_HAND);
  const at = (change: Partial<ExtendedXyzFrame>) => () => writeExtendedXyz([{ ...frame, ...change }]);
  assert.throws(
    at({ forces: new Float64Array(3) }),
    /frame 0 as forces must have 9 values: current value is 3/,
  );
  assert.throws(at({ energy: NaN }), /frame 0 as energy must be finite: current value is NaN/);
  assert.throws(at({ atomicNumbers: Uint8Array.of(8, 1, 0) }), /integer in \[1, 118\]: current value is 0/);
  assert.throws(at({ info: { "a b": 1 } }), /names must have no space.*"a b"/);
  assert.throws(at({ info: { note: 'a "b"' } }), /text of note must have no double quote/);
  assert.throws(at({ info: { note: "12" } }), /be no number or truth: current value is "12"/);
  assert.throws(
    at({ info: { one: [1] } }),
    /lists must have two numbers or more: current value of one has 1/,
  );
  const columns = { site: { kind: "S", width: 1, values: ["a", "b c", "d"] } } as const;
  assert.throws(at({ columns }), /texts in site must have no space: current value is "b c"/);
});
