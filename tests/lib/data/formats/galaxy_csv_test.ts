import assert from "node:assert/strict";
import { extendGalaxyCsv, generateGalaxies, readGalaxyCsv } from "../../../../lib/data/mod.ts";
import { sampleEllipticities, trainGalaxyGan } from "../../../../lib/methods/galaxy_graphs/mod.ts";

const HEADER = "x,y,z,group,log_mass,a_x,a_y,a_z,b_x,b_y,b_z,q,s";

Deno.test("readGalaxyCsv() reads what a synthetic catalogue writes", () => {
  const { catalogue } = generateGalaxies({ seed: 1, box: 30, mesh: 32, number: 0.01 });
  const { positions, groups, central, logSubhaloMass, logGroupMass, logStellarMass, shapes } = catalogue;
  const lines = Array.from({ length: catalogue.galaxies }, (_, i) =>
    [
      ...positions.subarray(3 * i, 3 * i + 3),
      100 - groups[i],
      logSubhaloMass[i],
      ...shapes.axes.subarray(9 * i, 9 * i + 6),
      shapes.intermediateRatio[i],
      shapes.minorRatio[i],
      central[i],
      logGroupMass[i],
      logStellarMass[i],
    ].join(","));
  const text = `${HEADER},central,log_group_mass,log_stellar_mass\n${lines.join("\n")}\n`;
  const read = readGalaxyCsv(text, { box: 30 });
  // Groups are numbered backwards, so they come out in reverse, each in its own order.
  read.rows.forEach((row, i) => {
    assert.equal(read.catalogue.groups[i], groups[catalogue.galaxies - 1] - groups[row]);
    assert.equal(read.catalogue.central[i], central[row]);
    assert.equal(read.catalogue.logGroupMass[i], logGroupMass[row]);
    assert.equal(read.catalogue.logStellarMass[i], logStellarMass[row]);
    assert.equal(read.catalogue.positions[3 * i + 1], positions[3 * row + 1]);
    for (let k = 0; k < 9; k++) {
      // The third axis is made from the other two: its sign may differ.
      const [found, wanted] = [read.catalogue.shapes.axes[9 * i + k], shapes.axes[9 * row + k]];
      assert.ok(Math.abs(k < 6 ? found - wanted : Math.abs(found) - Math.abs(wanted)) < 1e-12);
    }
  });
});

Deno.test("readGalaxyCsv() finds centrals by mass, makes axes orthonormal, and wraps positions", () => {
  const text = `${HEADER},note\n-1,2,12,7,11,0,3,0,1,1,0,0.8,0.5,1\n5,5,5,7,12,1,0,0,0,1,0,1,1,2\n`;
  const { catalogue, rows } = readGalaxyCsv(text, { box: 10 });
  assert.deepEqual([...rows], [1, 0]);
  assert.deepEqual([...catalogue.central], [1, 0]);
  assert.deepEqual([...catalogue.logGroupMass], [12, 12]);
  assert.deepEqual([...catalogue.positions.subarray(3)], [9, 2, 2]);
  assert.deepEqual([...catalogue.shapes.axes.subarray(9)], [0, 1, 0, 1, 0, 0, 0, 0, -1]);
  assert.deepEqual(catalogue.tides, []);
});

Deno.test("readGalaxyCsv() says what is wrong, and where", () => {
  const row = "1,2,3,7,11,0,3,0,1,1,0,0.8,0.5";
  const cases: [string, string, RegExp][] = [
    ["x,y\n1,2\n", "SyntaxError", /there must be columns .*: z, group, log_mass, .* missing/],
    [`${HEADER}\n${row}\n1,2,3,7,11,0,3,0,1,1,0,0.8,0.9\n`, "RangeError", /in line 3 are q = 0.8, s = 0.9/],
    [`${HEADER}\n1,2,3,7,11,0,0,0,1,1,0,0.8,0.5\n`, "RangeError", /two directions: in line 2 they are not/],
    [`${HEADER}\n1,2,3,7,11,0,2,0,0,1,0,0.8,0.5\n`, "RangeError", /two directions: in line 2 they are not/],
    [`${HEADER},central\n${row},0\n`, "RangeError", /one central: group 7 has 0/],
    [`${HEADER},central\n${row},1\n${row},1\n`, "RangeError", /one central: group 7 has 2/],
  ];
  for (const [text, name, message] of cases) {
    assert.throws(() => readGalaxyCsv(text, { box: 10 }), { name, message });
  }
});

Deno.test("a catalogue of one's own goes in as CSV and comes out with generated shapes, in ten lines", async () => {
  const row = (i: number) =>
    [i % 7, i % 5, i % 3, Math.floor(i / 3), 11 + i % 3, 1, i % 4, 0, 0, 0, 1, 0.8, 0.6].join(",");
  const input = `${HEADER}\n${Array.from({ length: 60 }, (_, i) => row(i)).join("\n")}\n`;
  const options = { seed: 1, iterations: 2, groupsPerBatch: 4, generatorWidths: [8], criticWidths: [8] };

  const { catalogue, rows } = readGalaxyCsv(input, { box: 100 });
  const { model } = await trainGalaxyGan(catalogue, options);
  const { e1, e2 } = await sampleEllipticities(model, catalogue, { seed: 2 });
  const output = extendGalaxyCsv(input, { rows, columns: { e1, e2 } });

  const [header, first] = output.split("\n");
  assert.equal(header, `${HEADER},e1,e2`);
  assert.ok(first.startsWith(row(0)));
  assert.equal(output.split("\n").length, 62);
  // The central of group 0 is its third row, and comes first in the catalogue.
  assert.equal(rows[0], 2);
  assert.equal(output.split("\n")[3].split(",").at(-1), String(e2[0]));
});
