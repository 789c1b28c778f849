import assert from "node:assert/strict";
import { developmentFile } from "../../../_development_data.ts";
import { cellVolume, findNeighbours, findSymmetry } from "../../../../lib/crystals/mod.ts";
import {
  type CrystalSplits,
  decoratedLattices,
  type LabelledCrystal,
  loadDataSet,
  pairEnergy,
  reprValue,
} from "../../../../lib/data/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

const needs = async (path: string) => {
  const ignore = await developmentFile(path) === undefined;
  return { ignore, title: ignore ? " (needs REFIGURE_DATA)" : "" };
};

const perov = await needs("perov-5/test.csv.gz"), carbon = await needs("carbon-24/test.csv.gz");
const dielectric = await needs("mp-dielectric-piezo/diel_ref.csv.gz");
const phonons = await needs("mp-phonons/phonon_dielectric_mp.csv.gz");

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const centre = mean(values);
  return mean(values.map((x) => Math.abs(x - centre)));
};

Deno.test({
  name: `perov-5 has 3 787 and 3 785 crystals of five atoms${perov.title}`,
  ignore: perov.ignore,
  async fn() {
    const { value: { valid, test }, source } = await loadDataSet<CrystalSplits>(
      "perov-5/perovskites",
      "real",
    );
    assert.equal(source, "file");
    assert.deepEqual([valid.length, test.length], [3787, 3785]);
    const all = [...valid, ...test];
    assert.ok(all.every(({ crystal }) => crystal.atomicNumbers.length === 5));
    assert.equal(new Set(all.flatMap(({ crystal }) => [...crystal.atomicNumbers])).size, 56);
    const sides = all.map(({ crystal }) => Math.cbrt(cellVolume(crystal.lattice)));
    assert.ok(Math.abs(Math.min(...sides) - 3.3) < 0.01 && Math.abs(Math.max(...sides) - 5.71) < 0.01);
    assert.equal(
      valid.filter(({ properties }) => properties.dir_gap > 0 || properties.ind_gap > 0).length,
      143,
    );
    // The error of the mean of the validation part on the test part.
    const guess = mean(valid.map(({ properties }) => properties.heat_all));
    const error = mean(test.map(({ properties }) => Math.abs(properties.heat_all - guess)));
    assert.ok(Math.abs(error - 0.565) < 5e-4, `${error}`);
  },
});

Deno.test({
  name: `carbon-24 has 2 032 and 2 030 crystals of one element${carbon.title}`,
  ignore: carbon.ignore,
  async fn() {
    const { value: { valid, test } } = await loadDataSet<CrystalSplits>("carbon-24/carbon", "real");
    assert.deepEqual([valid.length, test.length], [2032, 2030]);
    assert.ok([...valid, ...test].every(({ crystal }) => crystal.atomicNumbers.every((z) => z === 6)));
    const spread = deviation(valid.map(({ properties }) => properties.energy_per_atom));
    assert.ok(Math.abs(spread - 0.113) < 5e-4, `${spread}`);
  },
});

Deno.test({
  name:
    `mp-dielectric-piezo has its crystals, and moyo finds their published space groups${dielectric.title}`,
  ignore: dielectric.ignore,
  async fn() {
    const { value: insulators } = await loadDataSet<LabelledCrystal[]>(
      "mp-dielectric-piezo/dielectric",
      "real",
    );
    assert.equal(insulators.length, 1056);
    assert.equal(new Set(insulators.map(({ properties }) => properties.spaceGroup)).size, 85);
    const gaps = insulators.map(({ properties }) => properties.band_gap);
    assert.ok(Math.abs(mean(gaps) - 2.119) < 5e-4 && Math.abs(deviation(gaps) - 1.247) < 5e-4);
    const { value: piezoelectrics } = await loadDataSet<LabelledCrystal[]>(
      "mp-dielectric-piezo/piezoelectric",
      "real",
    );
    assert.equal(piezoelectrics.length, 941);
    // Rounded coordinates cost a few crystals their symmetry at 0.01 Å.
    const some = insulators.filter((_, i) => i % 6 === 0);
    const same = some.filter(({ crystal, properties }) =>
      findSymmetry(crystal).spaceGroup === properties.spaceGroup
    );
    assert.ok(same.length >= 0.97 * some.length, `${same.length} of ${some.length}`);
  },
});

Deno.test({
  name: `mp-phonons has 1 375 crystals with a peak${phonons.title}`,
  ignore: phonons.ignore,
  async fn() {
    const { value } = await loadDataSet<LabelledCrystal[]>("mp-phonons/phonons", "real");
    assert.equal(value.length, 1375);
    assert.equal(new Set(value.map(({ id }) => id)).size, 1375);
    const peaks = value.map(({ properties }) => properties.peak);
    assert.ok(Math.abs(mean(peaks) - 589.1) < 0.05 && Math.abs(deviation(peaks) - 332.8) < 0.05);
    const sites = value.map(({ crystal }) => crystal.atomicNumbers.length).sort((a, b) => a - b);
    assert.deepEqual([sites[0], sites[687], sites.at(-1)], [2, 8, 48]);
  },
});

Deno.test("stand-ins of the crystal sets have the published fields", async () => {
  const { value, source } = await loadDataSet<CrystalSplits>("perov-5/perovskites", "stand-in");
  assert.equal(source, "stand-in");
  assert.deepEqual(Object.keys(value.valid[0].properties), ["heat_all", "heat_ref", "dir_gap", "ind_gap"]);
  const carbons = await loadDataSet<CrystalSplits>("carbon-24/carbon", "stand-in");
  assert.ok(carbons.value.test.every(({ crystal }) => crystal.atomicNumbers.every((z) => z === 6)));
  for (const name of ["mp-dielectric-piezo/dielectric", "mp-phonons/phonons"]) {
    const set = await loadDataSet<LabelledCrystal[]>(name, "stand-in");
    assert.ok(set.value.every(({ properties }) => Object.values(properties).every(Number.isFinite)));
  }
});

Deno.test("pairEnergy() is the same for a supercell, and the atoms of decorated lattices keep their distance", () => {
  const made = decoratedLattices({ samples: 14, stream: stream(7, "energies") });
  for (const { crystal, properties } of made) {
    const doubled = {
      lattice: crystal.lattice.map((x, k) => k < 3 ? 2 * x : x),
      atomicNumbers: Uint8Array.from([...crystal.atomicNumbers, ...crystal.atomicNumbers]),
      positions: Float64Array.from(
        [0, 1].flatMap((copy) => Array.from(crystal.positions, (x, k) => k % 3 === 0 ? (x + copy) / 2 : x)),
      ),
    };
    assert.ok(Math.abs(pairEnergy(doubled) - properties.energy) < 1e-9);
    const nearest = Math.min(...findNeighbours(crystal, { cutoff: 6 }).distances);
    assert.ok(nearest > 1, `${nearest}`);
  }
  const again = decoratedLattices({ samples: 14, stream: stream(7, "energies") });
  assert.deepEqual(again, made);
  assert.throws(() => decoratedLattices({ samples: -1, stream: stream(7, "x") }), /integer >= 0/);
});

Deno.test("pairEnergy() of a pair at the sum of the radii is the depth of the well", () => {
  // Two argon atoms, no charges, in a cell so large that images do not count; the mean over both atoms.
  const sum = 2 * 1.06, side = 40;
  const crystal = {
    lattice: Float64Array.of(side, 0, 0, 0, side, 0, 0, 0, side),
    atomicNumbers: Uint8Array.of(18, 18),
    positions: Float64Array.of(0, 0, 0, sum / side, 0, 0),
  };
  const shift = 4 * 0.3 * ((sum / 2 ** (1 / 6) / 9) ** 12 - (sum / 2 ** (1 / 6) / 9) ** 6);
  assert.ok(Math.abs(pairEnergy(crystal) - (-0.3 - shift) / 2) < 1e-12);
});

Deno.test("reprValue() reads texts and numbers of a Python dictionary", () => {
  const repr = String.raw`{u'a': u'x\ny\'z', 'b': 3.5e-2, u'c': u"it's"}`;
  assert.deepEqual(["a", "b", "c"].map((key) => reprValue(repr, key)), ["x\ny'z", "3.5e-2", "it's"]);
  assert.throws(() => reprValue(repr, "d"), /must have a text or number "d"/);
});
