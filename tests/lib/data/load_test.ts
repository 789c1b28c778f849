import assert from "node:assert/strict";
import { basename, delimiter, join } from "node:path";
import {
  ADBENCH,
  type AnomalyData,
  dataFolder,
  dataRoots,
  dataSets,
  findDataSet,
  type ImageSplit,
  loadDataSet,
  resolveDataSet,
  sha256,
} from "../../../lib/data/mod.ts";
import type { Matrix } from "../../../lib/stats/mod.ts";

const DATA = Deno.env.get("REFIGURE_DATA");
const CARDIO = "adbench/Classical/6_cardio.npz";

/** The first folder of REFIGURE_DATA that has the file. */
const root = (DATA ?? "").split(delimiter).find((folder) => {
  try {
    return folder !== "" && Deno.statSync(join(folder, CARDIO)).isFile;
  } catch {
    return false;
  }
});

/** Runs `body` with an empty folder, and the option to look for data nowhere else. */
async function withFolder(
  body: (folder: string, only: { readonly roots: readonly string[] }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder, { roots: [folder] });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const testOnData = (name: string, fn: () => Promise<void>) =>
  Deno.test({
    name: root === undefined ? `${name} (skipped: REFIGURE_DATA has no ${CARDIO})` : name,
    ignore: root === undefined,
    fn,
  });

Deno.test("the catalogue's names are unique and every entry can be had", () => {
  assert.equal(new Set(dataSets.map(({ name }) => name)).size, dataSets.length);
  for (const { name, title, licence, files, parse, generate, standIn } of dataSets) {
    assert.match(name, /^[a-z0-9-]+\/[\w.-]+$/);
    assert.ok(title.length > 0 && licence.length > 0, name);
    assert.ok(files.length > 0 ? parse : generate ?? standIn, name);
    for (const { path, sha256, bytes, url } of files) {
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.ok(Number.isInteger(bytes) && bytes > 0);
      // A file keeps its name, if not always its folder; Figshare numbers its files.
      const known = url === undefined || url.endsWith(`/${basename(path)}`) ||
        /^[^?]*figshare\.com\/files\/\d+$/.test(url);
      assert.ok(known && (url ?? "https://").startsWith("https://"), name);
    }
  }
});

// Row names of the per-data-set tables of Livernoche et al. 2024 that stand for one table each.
const REPORTED_TABLES =
  "aloi annthyroid breastw campaign cardio cardiotocography celeba cover donors fault glass " +
  "hepatitis http internetads ionosphere landsat letter lymphography magic.gamma mammography mnist musk optdigits " +
  "pageblocks pendigits pima satellite satimage-2 shuttle skin smtp spambase stamps thyroid vertebral vowels " +
  "waveform wbc wdbc wilt wine wpbc yeast";

Deno.test("ADBENCH maps every set to its name in the paper's tables", () => {
  const classical = ADBENCH.filter(({ group }) => group === "Classical").map((set) => set.reportedName);
  assert.deepEqual(classical.toSorted(), REPORTED_TABLES.split(" ").toSorted());
  const families = ADBENCH.filter(({ group }) => group !== "Classical").map((set) => set.reportedName);
  assert.deepEqual([...new Set(families)].toSorted(), ["20news", "CIFAR10", "MVTec-AD", "SVHN"]);
  assert.equal(families.filter((family) => family === "MVTec-AD").length, 15);
});

Deno.test({
  name: `ADBENCH's reported names are rows of the reported tables${
    root ? "" : " (skipped: no REFIGURE_DATA)"
  }`,
  ignore: root === undefined,
  fn() {
    const csv = Deno.readTextFileSync(join(root!, "dte-reported/semi_auroc_mean.csv"));
    const rows = new Set(csv.split("\n").map((line) => line.split(",")[0]));
    assert.deepEqual(ADBENCH.filter((set) => !rows.has(set.reportedName)), []);
  },
});

Deno.test("findDataSet() suggests the nearest name", () => {
  for (
    const [wrong, near] of [
      ["adbench/6_cardo", "adbench/6_cardio"],
      ["cardio", "adbench/6_cardio"],
      ["glas", "adbench/14_glass"],
      ["dte-toy/spirale", "dte-toy/spiral"],
    ]
  ) {
    assert.throws(() => findDataSet(wrong), {
      name: "RangeError",
      message: new RegExp(`current value is "${wrong}"; did you mean ${near}\\?$`),
    });
  }
});

Deno.test("dataRoots() lists the folders of REFIGURE_DATA, then the project's data folder", () => {
  assert.deepEqual(dataRoots(), dataRoots(DATA ?? ""));
  assert.deepEqual(dataRoots(""), [dataFolder()]);
  assert.deepEqual(dataRoots(["a", "", "/b c"].join(delimiter)), [
    join(dataFolder(), "..", "a"),
    "/b c",
    dataFolder(),
  ]);
});

testOnData("loadDataSet() reads a column-major file row by row", async () => {
  const { value, source } = await loadDataSet<AnomalyData>("adbench/6_cardio", "real");
  assert.equal(source, "file");
  assert.deepEqual([value.rows.rows, value.rows.columns], [1831, 21]);
  // numpy.load("6_cardio.npz")["X"][0, :3] and [1830, 20]
  assert.deepEqual([...value.rows.data.subarray(0, 3)], [
    0.004912314661768384,
    0.6931907749193863,
    -0.20364048566636067,
  ]);
  assert.equal(value.rows.data.at(-1), -0.49329396944014214);
});

testOnData("loadDataSet() finds n, d and the anomalies of every published set", async () => {
  for (const set of ADBENCH) {
    // The few sets of several 100 000 rows would take most of the time; one of them is enough.
    if (set.rows > 60_000 && set.reportedName !== "smtp") continue;
    const { value } = await loadDataSet<AnomalyData>(set.name, "real");
    const { rows, labels } = value;
    const anomalies = labels.reduce((sum, label) => sum + label, 0);
    assert.deepEqual([rows.rows, rows.columns, anomalies], [set.rows, set.columns, set.anomalies], set.name);
    assert.equal(rows.data.length, set.rows * set.columns);
    assert.ok(rows.data.every(Number.isFinite), set.name);
  }
});

testOnData("loadDataSet() looks in the folders in order", () =>
  withFolder(async (folder) => {
    const bytes = await Deno.readFile(join(root!, CARDIO));
    await Deno.mkdir(join(folder, "adbench/Classical"), { recursive: true });
    await Deno.writeFile(join(folder, CARDIO), bytes.subarray(0, 1000));
    const load = (roots: readonly string[]) => loadDataSet("adbench/6_cardio", "real", { roots });
    assert.equal((await load([root!, folder])).source, "file");
    await assert.rejects(load([folder, root!]), { name: "SyntaxError" });
  }));

Deno.test("loadDataSet() says how to get a missing file", () =>
  withFolder(async (folder, only) => {
    await assert.rejects(loadDataSet("adbench/6_cardio", "real", only), (error: Error) => {
      assert.ok(error instanceof Deno.errors.NotFound);
      assert.match(
        error.message,
        /must be in one of the data folders .*`deno task data fetch adbench\/6_cardio`$/,
      );
      assert.ok(error.message.includes(folder) && !error.message.includes("\n"));
      return true;
    });
  }));

Deno.test("loadDataSet() names a damaged file, both digests and the way out", () =>
  withFolder(async (folder, only) => {
    await Deno.mkdir(join(folder, "adbench/Classical"), { recursive: true });
    await Deno.writeTextFile(join(folder, CARDIO), "damaged");
    const [{ sha256: expected }] = findDataSet("adbench/6_cardio").files;
    await assert.rejects(loadDataSet("adbench/6_cardio", "real", only), (error: Error) => {
      assert.equal(error.name, "SyntaxError");
      for (
        const part of [
          join(folder, CARDIO),
          `68471 bytes with SHA-256 ${expected}`,
          `7 bytes with ${sha256("damaged")}`,
          "delete it, then run `deno task data fetch adbench/6_cardio`",
        ]
      ) assert.ok(error.message.includes(part), `${part} in ${error.message}`);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  }));

Deno.test("resolveDataSet() tells what loading would give, and a digest of the content", () =>
  withFolder(async (folder, only) => {
    const missing = await resolveDataSet("adbench/6_cardio", "real", only);
    assert.deepEqual([missing.source, missing.downloadable], ["missing", true]);
    await Deno.mkdir(join(folder, "adbench/Classical"), { recursive: true });
    await Deno.writeTextFile(join(folder, CARDIO), "it is not read");
    const there = await resolveDataSet("adbench/6_cardio", "real", only);
    assert.deepEqual(there, { ...missing, source: "file" });
    const other = await resolveDataSet("adbench/14_glass", "real", only);
    const standIn = await resolveDataSet("adbench/6_cardio", "stand-in", only);
    assert.equal(standIn.source, "stand-in");
    assert.match(standIn.digest, /^stand-in/);
    assert.equal(new Set([there.digest, other.digest, standIn.digest]).size, 3);
    await assert.rejects(resolveDataSet("adbench/none", "real"), RangeError);
  }));

Deno.test("what was never published is a stand-in under every policy, and says so", async () => {
  for (const policy of ["real", "stand-in"] as const) {
    assert.equal((await resolveDataSet("dte-toy/spiral", policy)).source, "stand-in");
    assert.equal((await loadDataSet<Matrix>("dte-toy/spiral", policy)).source, "stand-in");
  }
});

Deno.test("loadDataSet() gives each who asks a copy of its own of what is generated", async () => {
  const load = async () => (await loadDataSet<ImageSplit>("mnist/digits", "stand-in")).value;
  const first = await load();
  first.train.pixels.fill(7);
  first.train.labels[0] = 9;
  const [second, third] = await Promise.all([load(), load()]);
  assert.deepEqual(second, await findDataSet("mnist/digits").standIn!());
  assert.deepEqual(second, third);
  assert.notEqual(second.test.pixels, third.test.pixels);
});

Deno.test("what is generated survives being copied: no class and no function is lost", async () => {
  // Of the large sets that one function makes, one is as good as all.
  const large = /^(adbench\/(?!6_)|dte-toy\/embedding|nbody\/(?!short)|solar\/\d)/;
  for (const { name, generate, standIn } of dataSets.filter(({ name }) => !large.test(name))) {
    const made = await (generate ?? standIn)?.();
    assert.deepEqual(structuredClone(made), made, name);
  }
});
