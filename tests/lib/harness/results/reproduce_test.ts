import assert from "node:assert/strict";
import type { Summary } from "../../../../lib/harness/results/summary.ts";
import { filesBelow, refigure, withFolder } from "../_helpers.ts";

const PAPER = "0000.00000";

async function contents(folder: string): Promise<Record<string, string>> {
  const files = await filesBelow(folder);
  return Object.fromEntries(
    files.map((
      path,
    ) => [path.slice(folder.length + 1), new TextDecoder("latin1").decode(Deno.readFileSync(path))]),
  );
}

Deno.test("reproduce writes every figure, table and claim, and the second run is cached and equal", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", PAPER, "--profile", "smoke", "--executor", "eager", "--jobs", "4"];
    const first = await refigure({ args, folder });
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /14 jobs run, 0 cached, 0 failed/);
    assert.match(first.stdout, /growth +Section 1 +supported +The last is 10, the first 1\./);
    assert.match(first.stdout, /2 of 2 figures and tables: .*\/smoke\/0000\.00000\/index\.md/);
    assert.match(first.stdout, /On stand-in data instead of adbench\/42_WBC/);
    assert.match(first.stderr, /\[14\/14\] clock: all, seed 0: /);
    const outputs = `${folder}/out/smoke/${PAPER}`;
    const before = await contents(outputs);
    assert.deepEqual(
      Object.keys(before),
      [
        ".lock",
        "claims.md",
        "figure-1.png",
        "figure-1.svg",
        "figure-1.vl.json",
        "index.md",
        "results.json",
        "summary.json",
        "table-1.csv",
        "table-1.md",
      ],
    );
    assert.equal(before["figure-1.png"].slice(1, 4), "PNG");
    assert.match(before["figure-1.svg"], /^<svg /);
    assert.equal(JSON.parse(before["figure-1.vl.json"]).mark, "point");
    assert.match(before["table-1.csv"], /^part\r\n/);
    assert.match(before["table-1.md"], /Stand-in data, not the published sets: adbench\/42_WBC/);
    assert.match(before["index.md"], /!\[Squares\]\(figure-1\.png\)/);
    assert.match(before["claims.md"], /\| growth \| Section 1 \| .* \*\*supported\*\* \|/);
    assert.match(before["claims.md"], /\| speed \| .* \*\*not attempted\*\*.* a smoke run is too short/);

    const second = await refigure({ args, folder });
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /0 jobs run, 14 cached, 0 failed/);
    const after = await contents(outputs);
    for (
      const name of Object.keys(before).filter((name) =>
        !["index.md", "results.json", "summary.json"].includes(name)
      )
    ) {
      assert.ok(after[name] === before[name], name);
    }

    // Computed anew, the same bytes: but for what a clock says.
    const third = await refigure({ args: [...args, "--force", "--jobs", "2"], folder });
    assert.match(third.stdout, /14 jobs run, 0 cached/);
    const anew = await contents(outputs);
    for (const name of Object.keys(before).filter((name) => /^(figure|table)/.test(name))) {
      assert.ok(anew[name] === before[name], name);
    }
  }));

Deno.test("reproduce --json prints one summary and nothing else on standard output", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", PAPER, "--profile", "smoke", "--executor", "eager", "--seeds", "1", "--json"];
    const { code, stdout, stderr } = await refigure({ args, folder });
    assert.equal(code, 0, stderr);
    const summary: Summary = JSON.parse(stdout);
    assert.deepEqual(
      summary,
      JSON.parse(await Deno.readTextFile(`${folder}/out/smoke/${PAPER}/summary.json`)),
    );
    assert.deepEqual(Object.keys(summary), [
      ..."format paper title profile seeds only executor seconds jobs failures artefacts claims standIns"
        .split(" "),
      ..."data versions code machine started finished arguments".split(" "),
    ]);
    assert.equal(summary.paper, PAPER);
    assert.equal(summary.seeds, 1);
    assert.equal(summary.executor, "eager");
    assert.deepEqual(summary.jobs, { run: 11, cached: 0, failed: 0 });
    assert.deepEqual(summary.artefacts.map(({ id, kind, title, files }) => ({ id, kind, title, files })), [
      {
        id: "figure-1",
        kind: "figure",
        title: "Squares",
        files: ["figure-1.vl.json", "figure-1.svg", "figure-1.png"],
      },
      { id: "table-1", kind: "table", title: "Parts and data", files: ["table-1.csv", "table-1.md"] },
    ]);
    assert.deepEqual(summary.artefacts.map(({ standIns }) => standIns), [[], ["adbench/42_WBC"]]);
    assert.deepEqual(summary.claims.map(({ id, location, status }) => [id, location, status]), [
      ["growth", "Section 1", "supported"],
      ["speed", "Section 2", "not attempted"],
    ]);
    assert.deepEqual(summary.claims[0].numbers, { first: 1, last: 9 });
    assert.equal(summary.versions.deno, Deno.version.deno);
    assert.equal(summary.versions["@tensorflow/tfjs"], "4.22.0");
    assert.deepEqual(summary.standIns, ["adbench/42_WBC"]);
    assert.deepEqual(summary.arguments, args);
    assert.ok(Date.parse(summary.started) <= Date.parse(summary.finished));
  }));

Deno.test("reproduce --only makes one figure and runs only its jobs", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", PAPER, "--profile", "smoke"];
    const one = await refigure({ args: [...args, "--only", "figure 1"], folder });
    assert.equal(one.code, 0, one.stderr);
    assert.match(one.stdout, /6 jobs run, 0 cached/);
    assert.match(one.stdout, /1 of 1 figures and tables/);
    const outputs = `${folder}/out/smoke/${PAPER}`;
    // Files of other runs stay, and the page says so.
    await Deno.writeTextFile(`${outputs}/table-9.csv`, "old");
    const claim = await refigure({ args: [...args, "--only", "growth"], folder });
    assert.match(claim.stdout, /0 jobs run, 6 cached/);
    assert.match(
      await Deno.readTextFile(`${outputs}/index.md`),
      /Limited to growth; other files .* earlier runs/,
    );
    assert.equal(await Deno.readTextFile(`${outputs}/table-9.csv`), "old");
    // A run of everything cleans up.
    const all = await refigure({ args: [...args, "--executor", "eager"], folder });
    assert.equal(all.code, 0, all.stderr);
    assert.equal((await filesBelow(outputs)).includes(`${outputs}/table-9.csv`), false);
  }));

Deno.test("reproduce --dry-run says what would run and why, and writes nothing", () =>
  withFolder(async (folder) => {
    const dry = ["reproduce", PAPER, "--profile", "smoke", "--executor", "eager", "--dry-run"];
    const before = await refigure({ args: dry, folder });
    assert.equal(before.code, 0, before.stderr);
    assert.match(before.stdout, /to run +slow: 5, seed 0 +never run/);
    assert.match(before.stdout, /14 of 14 jobs to run/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);

    await refigure({ args: dry.slice(0, -1), folder });
    const files = await filesBelow(folder);
    const json = await refigure({ args: [...dry, "--json"], folder });
    const { jobs } = JSON.parse(json.stdout);
    assert.deepEqual([...new Set(jobs.map(({ state }: { state: string }) => state))], ["cached"]);
    const other = await refigure({ args: dry.map((arg) => arg === "eager" ? "wasm" : arg), folder });
    assert.match(other.stdout, /6 of 14 jobs to run/);
    assert.match(other.stdout, /to run +slow: 0, seed 0 +executor eager → wasm/);
    assert.deepEqual(await filesBelow(folder), files);
  }));

Deno.test("reproduce --no-cache neither reads nor writes cached results", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", PAPER, "--profile", "smoke", "--only", "Figure 1"];
    await refigure({ args, folder });
    const cached = await contents(`${folder}/out/cache`);
    const again = await refigure({ args: [...args, "--seeds", "3", "--no-cache"], folder });
    assert.match(again.stdout, /9 jobs run, 0 cached/);
    assert.deepEqual(await contents(`${folder}/out/cache`), cached);
  }));

Deno.test("reproduce says which change makes a job run again", () =>
  withFolder(async (folder) => {
    const papers = `${folder}/papers`;
    const write = (name: string, text: string) => Deno.writeTextFile(`${papers}/1111.11111/${name}`, text);
    await Deno.mkdir(`${papers}/1111.11111`, { recursive: true });
    await write("constant.ts", "export const constant: number = 1;");
    await write("types.ts", "export type Config = null;");
    await write(
      "experiments.ts",
      `import type { Config } from "./types.ts"; import { constant } from "./constant.ts";
       export const fit = { id: "fit", title: "fit", module: import.meta.url, usesExecutor: false,
         run: (_: Config) => Promise.resolve(constant) };`,
    );
    await write(
      "mod.ts",
      `import { fit } from "./experiments.ts";
       const profile = { data: "stand-in", summary: "" };
       const claim = { id: "one", location: "Section 1", statement: "It is one.", test: "Is it?", safeguards: "One.",
         jobs: () => [{ experiment: "fit", config: null, seed: 0 }],
         evaluate: (results) => ({ status: results.of(fit)[0].result === 1 ? "supported" : "contradicted",
           numbers: {}, because: "" }) };
       export default { id: "1111.11111", title: "One", authors: "", venue: "", read: "", experiments: [fit], artefacts: [],
         claims: [claim], profiles: { smoke: profile, laptop: profile, paper: profile } };`,
    );
    const run = async (...more: string[]) =>
      (await refigure({ args: ["reproduce", "1111.11111", ...more], folder, papers })).stdout;
    assert.match(await run(), /one +Section 1 +supported/);
    await write("types.ts", "export type Config = null; // of no effect");
    assert.match(await run("--dry-run"), /cached +fit, seed 0\n/);
    await write("constant.ts", "export const constant: number = 2;");
    assert.match(
      await run("--dry-run"),
      /to run +fit, seed 0 +code changed: .*\/1111\.11111\/constant\.ts\n/,
    );
    assert.match(await run(), /one +Section 1 +contradicted/);
    await write("constant.ts", "export const constant: number = 1;");
    assert.match(await run(), /0 jobs run, 1 cached/);
  }));
