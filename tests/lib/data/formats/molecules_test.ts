import assert from "node:assert/strict";
import { EigenvalueDecomposition } from "ml-matrix";
import {
  chargeMatrix,
  convertGdb9,
  loadDataSet,
  type Molecule,
  MOLECULE_LABELS,
  moleculeLabels,
  type Qm7Data,
  QM9_TARGETS,
  readAtomReferences,
  readGdb9,
  readGdb9Archive,
  readUncharacterized,
  readXyz,
  tholeMatrix,
} from "../../../../lib/data/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { mean, std } from "../../../../lib/stats/mod.ts";
import { developmentFile } from "../../../_development_data.ts";
import { GDB9_ARCHIVE } from "./_gdb9_archive.ts";

const near = (found: number, wanted: number, tolerance: number, what = "") =>
  assert.ok(Math.abs(found - wanted) <= tolerance, `${what}: ${found}, not ${wanted}`);

Deno.test("readXyz() reads frames and exponents, and says where a file is broken", () => {
  const frames = readXyz("1\nfirst\nHe 1 2 -3.5*^-2\n\n2\n\nC 0 0 0 9.9\nO 0 0 1.1e0\n");
  assert.deepEqual(frames.map(({ comment }) => comment), ["first", ""]);
  assert.deepEqual([...frames[0].positions], [1, 2, -0.035]);
  assert.deepEqual([...frames[1].atomicNumbers], [6, 8]);
  for (
    const [text, message] of [
      ["x\n", /line 1 must be the number/],
      ["3\ncut\nH 0 0 0\n", /atoms that follow/],
      ["1\n\nQq 0 0 0\n", /symbols/],
      ["1\n\nH 0 0 zero\n", /decimal/],
      ["1\n\nH 0 0\n", /decimal/],
    ] as const
  ) assert.throws(() => readXyz(text), message);
});

Deno.test("readGdb9Archive() reads a bzip2-compressed tar of GDB-9 files", () => {
  const molecules = readGdb9Archive(GDB9_ARCHIVE);
  assert.deepEqual(molecules.map(({ name }) => name), ["gdb_3", "gdb_7"]);
  const [fluoride, hydrogen] = molecules;
  assert.deepEqual([...fluoride.atomicNumbers], [9, 1]);
  assert.deepEqual([...hydrogen.positions], [0, 0, 0.37, 0, 0, -0.37]);
  assert.equal(fluoride.properties.mu, 1.8);
  assert.equal(hydrogen.properties.Cv, 5);
  assert.throws(() => readGdb9Archive(new Uint8Array(100)), /must be bzip2/);
});

Deno.test("readAtomReferences() and readUncharacterized() leave headings out", () => {
  const references = readAtomReferences(
    "=====\nEle-  ZPVE  U (0 K)  U  H  G  CV\nment Hartree Hartree Hartree Hartree Hartree Cal\n=====\n" +
      " H  0.000000 -0.500273 -0.498857 -0.497912 -0.510927 2.981\n C 0.0 -37.846772 -37.845355 -37.844411 -37.861317 2.981\n====\n",
  );
  assert.deepEqual([...references.keys()], [1, 6]);
  assert.equal(references.get(1)!.G, -0.510927);
  const heading = "3054 molecules that failed\n".repeat(9);
  assert.deepEqual([...readUncharacterized(`${heading}    58 N=O  A\n   61 CC B\n======\n`)], [58, 61]);
});

const sdfFile = developmentFile("qm9-mini/qm9_mini.sdf");

/**
 * The first 21 molecules of QM9 as GDB-9 texts, with an exponent in the archive's style in every line of
 * atoms.
 */
function miniTexts(): { texts: string[]; rows: Record<string, number>[] } {
  const [head, ...lines] = Deno.readTextFileSync(`${sdfFile}.csv`).trim().split("\n");
  const columns = head.split(",");
  const rows = lines.map((line) =>
    Object.fromEntries(line.split(",").map((text, i) => [columns[i], Number(text)]))
  );
  const blocks = Deno.readTextFileSync(sdfFile!).split("$$$$").filter((block) => block.trim() !== "");
  const texts = blocks.map((block, index) => {
    const atoms = [...block.matchAll(/^ *(-?\d+\.\d+) +(-?\d+\.\d+) +(-?\d+\.\d+) ([A-Z])/gm)]
      .map(([, x, y, z, symbol]) => `${symbol}\t${Number(x) * 1e6}*^-6\t${y}\t${z}\t0.1`);
    const row = rows[index];
    const values = "A B C mu alpha homo lumo gap r2 zpve u0 u298 h298 g298 cv".split(" ").map((key) =>
      row[key]
    );
    return `${atoms.length}\ngdb ${index + 1}\t${values.join("\t")}\t\n${atoms.join("\n")}\n1.0\nX\nX\n`;
  });
  return { texts, rows };
}

Deno.test({
  name: "readGdb9() and convertGdb9() give QM9's own atomisation energies (needs REFIGURE_DATA)",
  ignore: sdfFile === undefined,
  fn() {
    const { texts, rows } = miniTexts();
    assert.equal(texts.length, 21);
    // Atomic energies in hartree: solved from the first molecules' raw and atomisation energies below.
    const hartree = 627.5095;
    const molecules = texts.map(readGdb9);
    assert.deepEqual(molecules.slice(0, 3).map(({ atomicNumbers }) => atomicNumbers.length), [5, 4, 3]);
    const references = new Map([
      [1, { zpve: 0, U0: -0.500273, U: -0.498857, H: -0.497912, G: -0.510927, Cv: 2.981 }],
      [6, { zpve: 0, U0: -37.846772, U: -37.845355, H: -37.844411, G: -37.861317, Cv: 2.981 }],
      [7, { zpve: 0, U0: -54.583861, U: -54.582445, H: -54.581501, G: -54.598897, Cv: 2.981 }],
      [8, { zpve: 0, U0: -75.064579, U: -75.063163, H: -75.062219, G: -75.079532, Cv: 2.981 }],
    ]);
    molecules.forEach((molecule, i) => {
      const { properties } = convertGdb9(molecule, references);
      for (
        const [own, theirs] of [["U0", "u0_atom"], ["U", "u298_atom"], ["H", "h298_atom"], ["G", "g298_atom"]]
      ) {
        near(properties[own] / 27.2114 * hartree, rows[i][theirs], 0.05, `${molecule.name} ${own}`);
      }
      near(properties.gap, 27.2114 * rows[i].gap, 1e-12);
      near(properties.zpve, 27211.4 * rows[i].zpve, 1e-9);
      assert.ok(Object.keys(QM9_TARGETS).every((name) => Number.isFinite(properties[name])));
    });
  },
});

Deno.test({
  name: "moleculeLabels() gives QM9's rotational constants (needs REFIGURE_DATA)",
  ignore: sdfFile === undefined,
  fn() {
    const { texts, rows } = miniTexts();
    let checked = 0;
    texts.map(readGdb9).forEach((molecule, i) => {
      const { logA, logB, logC } = moleculeLabels(molecule);
      // Linear molecules have no A (0 in the file). Coordinates in the file have four decimals.
      for (const [log, key] of [[logA, "A"], [logB, "B"], [logC, "C"]] as const) {
        if (!(rows[i][key] > 0 && rows[i][key] < 1e4)) continue;
        near(Math.exp(log) / rows[i][key], 1, 2e-3, `${molecule.name} ${key}`);
        checked++;
      }
    });
    assert.ok(checked > 50, `${checked}`);
  },
});

/** Two hydrogens, 0.74 Å apart. */
const HYDROGEN = { atomicNumbers: [1, 1], positions: [0, 0, 0.37, 0, 0, -0.37] };

Deno.test("moleculeLabels() has the closed forms of two equal atoms", () => {
  const labels = moleculeLabels(HYDROGEN);
  const r = 0.74, alpha = 0.4138;
  assert.deepEqual(Object.keys(labels), Object.keys(MOLECULE_LABELS));
  near(labels.dipole, 0, 1e-12);
  near(labels.electrostatic, 0, 1e-12);
  near(labels.nuclearRepulsion, 0.529177 / r, 1e-12);
  near(labels.extent, 2 * (r / 2) ** 2, 1e-12);
  near(labels.asphericity, (r / 2) ** 2, 1e-12);
  near(Math.exp(labels.logC), 505.379 / (2 * 1.00783 * (r / 2) ** 2), 1e-6);
  const s = 0.572 * r ** 3 / alpha, l3 = 1 - Math.exp(-s), l5 = 1 - (1 + s) * Math.exp(-s);
  const along = 2 / (1 / alpha + (l3 - 3 * l5) / r ** 3), across = 2 / (1 / alpha + l3 / r ** 3);
  near(labels.polarisability, (along + 2 * across) / 3, 1e-12);
  near(labels.anisotropy, Math.abs(along - across), 1e-9);
});

const WATER = { atomicNumbers: [8, 1, 1], positions: [0, 0, 0.12, 0, 0.76, -0.48, 0, -0.76, -0.48] };

Deno.test("moleculeLabels() is invariant under rotation, translation and order of atoms; others move it", () => {
  const wanted = moleculeLabels(WATER);
  const [c, s] = [Math.cos(1), Math.sin(1)];
  const order = [2, 0, 1];
  const moved = {
    atomicNumbers: order.map((i) => WATER.atomicNumbers[i]),
    positions: order.flatMap((i) => {
      const [x, y, z] = WATER.positions.slice(3 * i, 3 * i + 3);
      return [c * x - s * z + 5, y - 3, s * x + c * z + 1];
    }),
  };
  const found = moleculeLabels(moved);
  const stretched = moleculeLabels({ ...WATER, positions: WATER.positions.map((x) => 1.1 * x) });
  for (const name of Object.keys(wanted) as (keyof typeof wanted)[]) {
    near(found[name], wanted[name], 1e-9 * Math.max(1, Math.abs(wanted[name])), name);
    assert.ok(Math.abs(stretched[name] - wanted[name]) > 1e-3, name);
  }
  assert.ok(wanted.dipole > 0.2 && wanted.dipole < 4);
  assert.throws(() => moleculeLabels({ atomicNumbers: [9], positions: [0, 0, 0] }), /H, C, N, O, S/);
});

const qm7File = developmentFile("qm7/qm7.xyz.gz");
const least = (matrix: number[][]) =>
  Math.min(...new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues);

Deno.test({
  name: "QM7 and its labels have the known statistics (needs REFIGURE_DATA)",
  ignore: qm7File === undefined,
  async fn() {
    const { value: { molecules, train, test } } = await loadDataSet<Qm7Data>("qm7/molecules", "real");
    assert.deepEqual([molecules.length, train.length, test.length], [7101, 5680, 1421]);
    assert.equal(new Set([...train, ...test]).size, 7101);
    const energies = molecules.map(({ properties }) => properties.atomisation);
    near(Math.min(...energies), -2188.25, 0);
    near(Math.max(...energies), -403.695, 0);
    near(mean(energies), -1536.33, 0.005);
    const counts: Record<number, number> = {};
    for (const { atomicNumbers } of molecules) {
      for (const z of atomicNumbers) counts[z] = (counts[z] ?? 0) + 1;
    }
    assert.deepEqual(counts, { 1: 61340, 6: 35425, 7: 6600, 8: 5937, 16: 298 });
    const chosen = molecules.filter((_, i) => i % 20 === 0);
    const labels = chosen.map(moleculeLabels);
    assert.equal(chosen.length, 356);
    const dipoles = labels.map(({ dipole }) => dipole);
    near(mean(dipoles), 1.4019, 5e-5);
    near(std(dipoles), 0.8852, 2e-3);
    near(Math.max(...dipoles), 3.988, 5e-4);
    const polarisabilities = labels.map(({ polarisability }) => polarisability);
    near(mean(polarisabilities), 10.09, 5e-4);
    near(std(polarisabilities), 1.219, 3e-3);
    near(Math.min(...chosen.map((molecule) => least(chargeMatrix(molecule)))), 8.11, 5e-3);
    const small = chosen.filter(({ atomicNumbers }) => atomicNumbers.length <= 12);
    assert.ok(small.every((molecule) => least(tholeMatrix(molecule)) > 0.148 - 5e-4));
  },
});

Deno.test("qm7's stand-in has valid, distinct molecules of its elements", async () => {
  const { value: { molecules, train, test }, source } = await loadDataSet<Qm7Data>(
    "qm7/molecules",
    "stand-in",
  );
  assert.equal(source, "stand-in");
  assert.deepEqual([molecules.length, train.length, test.length], [100, 80, 20]);
  const random = stream(3, "pairs");
  for (const molecule of molecules) {
    const { positions: x, atomicNumbers } = molecule as Molecule;
    assert.equal(x.length, 3 * atomicNumbers.length);
    const [i] = random.integers(new Int32Array(1), { high: atomicNumbers.length - 1 });
    const last = atomicNumbers.length - 1;
    assert.ok(Math.hypot(...[0, 1, 2].map((a) => x[3 * i + a] - x[3 * last + a])) >= 0.9);
    assert.ok(Number.isFinite(moleculeLabels(molecule).anisotropy));
  }
  assert.equal(new Set(molecules.map(({ properties }) => properties.atomisation)).size, 100);
});
