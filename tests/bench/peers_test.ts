import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import {
  compareVersions,
  newest,
  peerEnvironment,
  pythons,
  torchCompilePeer,
  unfair,
} from "../../bench/_peers.ts";

Deno.test("peerEnvironment() drops what holds libraries to older kernels, and gives one thread", () => {
  const environment = peerEnvironment({
    PATH: "/bin",
    OPENBLAS_CORETYPE: "Haswell",
    OPENBLAS_L2_SIZE: "256",
    MKL_ENABLE_INSTRUCTIONS: "SSE4_2",
    ATEN_CPU_CAPABILITY: "default",
    OMP_NUM_THREADS: "8",
  });
  assert.equal(environment.PATH, "/bin");
  for (
    const name of ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_ENABLE_INSTRUCTIONS", "ATEN_CPU_CAPABILITY"]
  ) {
    assert.ok(!(name in environment), name);
  }
  for (const name of ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]) {
    assert.equal(environment[name], "1");
  }
});

Deno.test("pythons() names each Python once, by its first name, and a virtual environment's own", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["usr", "venv", "empty"]) await Deno.mkdir(`${folder}/${name}`);
    await Deno.symlink(`${folder}/usr`, `${folder}/bin`);
    for (const name of ["python3.11", "python3.12", "python3-config"]) {
      await Deno.writeTextFile(`${folder}/usr/${name}`, "");
    }
    await Deno.symlink("python3.11", `${folder}/usr/python3`);
    await Deno.symlink(`${folder}/usr/python3.11`, `${folder}/venv/python3`);
    await Deno.symlink(`${folder}/nowhere`, `${folder}/venv/python3.9`);
    const path = ["usr", "bin", "none", "empty", "venv"].map((name) => `${folder}/${name}`).join(delimiter);
    assert.deepEqual(
      pythons(path).map((found) => found.slice(folder.length)),
      ["/usr/python3", "/usr/python3.12", "/venv/python3", "/venv/python3.9"],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("newest() takes the highest version, the first of equals", () => {
  const versions = ["1.13.0a0", "2.13.0+cpu", "2.9.1", "2.13.0"];
  assert.equal(newest(versions.map((version, i) => ({ version, i }))).i, 1);
  assert.ok(compareVersions("2.10", "2.9.1") > 0 && compareVersions("1.13.0a0", "2.0") < 0);
  assert.equal(compareVersions("2.6.0+cpu", "2.6.0"), 0);
});

Deno.test("unfair() refuses a reference BLAS, by its name or by its rate", () => {
  const found = { python: "python3", version: "2.0", blas: "OpenBLAS", reference: false, gflops: 100 };
  assert.equal(unfair(found, { gflops: 200 }), undefined);
  assert.equal(unfair({ python: "python3", version: "1.0" }, { gflops: 200 }), undefined); // has none
  assert.match(
    unfair({ ...found, blas: "reference BLAS", reference: true, gflops: 13 }, { gflops: 200 })!,
    /computed by the reference BLAS \(13\.0 GFLOP\/s beside our 200\), which is no fair comparison: install OpenBLAS/,
  );
  assert.match(unfair({ ...found, gflops: 13 }, { gflops: 200 })!, /computed by OpenBLAS \(13\.0 GFLOP\/s/);
});

Deno.test("torchCompilePeer() wants PyTorch 2", () => {
  const torch = { python: "python3", version: "2.6.0" };
  assert.equal(torchCompilePeer(torch), torch);
  assert.equal(torchCompilePeer({ ...torch, version: "1.13.1" }), "PyTorch 1.13.1 has none");
  assert.equal(torchCompilePeer("no module"), "no module");
});

Deno.test({
  name: "_describe.py tells the BLAS by the library's path, and NumPy's",
  async fn() {
    const folder = fileURLToPath(new URL("../../bench/peers/", import.meta.url));
    const program = [
      "import json, sys",
      "sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True",
      "from _describe import blas",
      "paths = ['/usr/lib/blas/libblas.so.3.11', '/opt/libmkl_rt.so.2', '/usr/lib/libblis.so.4']",
      "print(json.dumps([blas(paths[:1]), blas(paths[1:2]), blas(paths[2:]), blas([])]))",
    ].join("\n");
    let output;
    try {
      output = await new Deno.Command("python3", { args: ["-c", program, folder] }).output();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return; // no Python, no peers
      throw error;
    }
    const { success, stdout, stderr } = output;
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
      ["reference BLAS", true],
      ["MKL", false],
      ["BLIS", false],
      ["unknown BLAS", false],
    ]);
  },
});
