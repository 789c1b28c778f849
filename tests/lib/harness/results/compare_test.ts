import assert from "node:assert/strict";
import { readProvenance } from "../../../../lib/harness/results/trace.ts";
import { refigure, withFolder } from "../_helpers.ts";
import { EXAMPLES } from "../../figures/_examples.ts";
import { renderPng } from "../../../../lib/figures/mod.ts";

const PAPER = "0000.00000";
const REPRODUCE = ["reproduce", PAPER, "--profile", "smoke", "--executor", "eager", "--jobs", "1"];

/** Runs a paper, and puts a changed copy of its results beside them. */
async function twoResultSets(folder: string, change: (text: string) => string): Promise<[string, string]> {
  const { code, stderr } = await refigure({ args: REPRODUCE, folder });
  assert.equal(code, 0, stderr);
  const own = `${folder}/out/smoke/${PAPER}`;
  const text = await Deno.readTextFile(`${own}/results.json`);
  const changed = change(text);
  assert.notEqual(changed, text);
  await Deno.writeTextFile(`${folder}/changed.json`, changed);
  return [own, `${folder}/changed.json`];
}

Deno.test("compare finds nothing between equal results", () =>
  withFolder(async (folder) => {
    const [own, copy] = await twoResultSets(
      folder,
      // A processor's name that would clear the terminal.
      (text) => text.replace(/"seconds":[\d.]+/, '"seconds":77').replace(/"cpu":"/, "$&\\u001b[2J\\u009b2J"),
    );
    const { code, stdout, stderr } = await refigure({ args: ["compare", own, copy], folder });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Claims: 0 of 2 changed/);
    assert.match(
      stdout,
      /Results: 0 numbers differ .* in 13 shared jobs; on other data: 0, only in A: 0, only in B: 0/,
    );
    assert.match(stdout, /Tables: 0 cells differ/);
    assert.match(stdout, /\\u001b\[2J\\u009b2J/);
    // deno-lint-ignore no-control-regex -- these are what must be gone
    assert.doesNotMatch(stdout, /[\x1b\x9b]/);
  }));

Deno.test("compare shows changed numbers, cells and verdicts, the largest first, and exits with 1", () =>
  withFolder(async (folder) => {
    const [own, copy] = await twoResultSets(folder, (text) =>
      text
        .replace('{"x":3},"seed":1},"result":10', '{"x":3},"seed":1},"result":10.5')
        .replace('{"x":2},"seed":0},"result":4', '{"x":2},"seed":0},"result":8')
        .replace(/("part":5.*?"result":\{"part":)5/, "$159")
        .replace('"id":"growth","status":"supported"', '"id":"growth","status":"contradicted"'));
    const { code, stdout, stderr } = await refigure({ args: ["compare", own, copy], folder });
    assert.equal(code, 1, stderr);
    assert.match(stdout, /Claims: 1 of 2 changed\n +growth +supported → contradicted/);
    assert.match(
      stdout,
      /Results: 3 numbers differ by more than 0.01 .*\n.*slow: 5, seed 0.part: 5 → 59.*\n.*x = 2, seed 0: 4 → 8.*\n.*: 10 → 10.5/,
    );
    assert.match(stdout, /Tables: 1 cells differ .*\n +table-1 +row \(6\), Part +5.00 → 59.00/);

    const wide = await refigure({ args: ["compare", own, copy, "--tolerance", "0.1", "--json"], folder });
    const { differences, jobs, claims } = JSON.parse(wide.stdout);
    assert.deepEqual(differences.map(({ old }: { old: number }) => old), [4, 5]);
    assert.deepEqual(jobs, { shared: 13, otherData: 0, onlyBefore: 0, onlyAfter: 0 });
    assert.equal(claims[0].after.status, "contradicted");
  }));

Deno.test("compare does not compare numbers on a stand-in with numbers on the published data", () =>
  withFolder(async (folder) => {
    const [own, copy] = await twoResultSets(
      folder,
      (text) => text.replace('"adbench/42_WBC":"stand-in"', '"adbench/42_WBC":"file"'),
    );
    const { stdout } = await refigure({ args: ["compare", own, copy], folder });
    assert.match(stdout, /in 12 shared jobs; on other data: 1,/);
  }));

Deno.test("compare explains names that are no results, and files that are damaged", () =>
  withFolder(async (folder) => {
    const [own, copy] = await twoResultSets(folder, (text) => text.slice(0, text.length / 2));
    for (
      const [name, message, exitCode] of [
        ["nothing", /Cannot open the results "nothing" as there are none: the name must be/, 2],
        ["no-such-commit:2305.18593/smoke", /Cannot open the results "no-such-commit:/, 2],
        [folder, /must hold results.json/, 1],
        [copy, /must be a whole file of results/, 1],
      ] as const
    ) {
      const { code, stdout, stderr } = await refigure({ args: ["compare", own, name], folder });
      assert.match(stderr, message);
      assert.deepEqual([code, stdout, stderr.trim().split("\n").length], [exitCode, "", 1]);
    }
  }));

Deno.test("trace follows a figure to its jobs, data and code", () =>
  withFolder(async (folder) => {
    await refigure({ args: REPRODUCE, folder });
    const own = `${folder}/out/smoke/${PAPER}`;
    for (const file of ["figure-1.svg", "figure-1.png", "figure-1.vl.json"]) {
      const { code, stdout, stderr } = await refigure({ args: ["trace", `${own}/${file}`], folder });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /figure +Figure 1: Squares\n/);
      assert.match(stdout, /code +[0-9a-f]{40}/);
      assert.match(stdout, new RegExp(`results in +${own}/results.json`));
      assert.match(stdout, /experiments +tests\/lib\/harness\/_fake_paper\/0000.00000\/experiments.ts/);
      assert.match(stdout, /6 jobs:\n +square: x = 1, seed 0 \(/);
      assert.match(
        stdout,
        /To make it again: git checkout [0-9a-f]{40} && deno task reproduce .* --executor eager\n/,
      );
    }
  }));

Deno.test("trace says so where the results that made a figure are gone", () =>
  withFolder(async (folder) => {
    await refigure({ args: REPRODUCE, folder });
    const own = `${folder}/out/smoke/${PAPER}`;
    const text = await Deno.readTextFile(`${own}/results.json`);
    await Deno.writeTextFile(
      `${own}/results.json`,
      text.replace('{"x":2},"seed":0},"result":4', '{"x":2},"seed":0},"result":8'),
    );
    const { code, stdout } = await refigure({ args: ["trace", `${own}/figure-1.svg`], folder });
    assert.equal(code, 0);
    assert.match(stdout, /No results with these digests are here/);
  }));

Deno.test("trace refuses files that say nothing of where they come from", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.svg`, "<svg></svg>");
    const png = await renderPng(EXAMPLES.lineChart);
    await Deno.writeFile(`${folder}/other.png`, png);
    await Deno.writeFile(`${folder}/half.png`, png.subarray(0, png.length / 2));
    const nothing = /says nothing of where it comes from/;
    for (
      const [file, message] of [
        ["a.svg", nothing],
        ["other.png", nothing],
        ["half.png", nothing],
        ["b.svg", /no such file/],
      ] as const
    ) {
      const { code, stderr } = await refigure({ args: ["trace", `${folder}/${file}`], folder });
      assert.match(stderr, message);
      assert.equal(code, 2);
    }
  }));

Deno.test("readProvenance() says which part of a figure's provenance is damaged, and makes no command of it", () =>
  withFolder(async (folder) => {
    const sound = {
      paper: PAPER,
      artefact: "figure-1",
      profile: "smoke",
      commit: `${"0123456789abcdef".repeat(2)}01234567+`,
      seeds: [0],
      digests: {},
      standIns: [],
    };
    const write = (provenance: unknown) =>
      Deno.writeTextFile(
        `${folder}/a.svg`,
        `<svg><metadata>${JSON.stringify({ provenance })}</metadata></svg>`,
      );
    await write(sound);
    assert.deepEqual(await readProvenance(`${folder}/a.svg`), sound);
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ commit: "HEAD; rm -rf ~" }, /damaged: commit must be a commit or null: current value is "HEAD; rm/],
      [{ commit: 5 }, /commit must be/],
      [{ profile: "smoke; rm -rf ~" }, /profile must be smoke or laptop or paper: current value is/],
      [{ seeds: null }, /seeds must be a list: current value is null/],
      [{ seeds: ["0"] }, /seeds\[0\] must be a whole number/],
      [{ digests: undefined }, /digests must be an object: current value is nothing/],
      [{ standIns: {} }, /standIns must be a list/],
      [{ paper: null }, /paper must be a text/],
      [{ artefact: [] }, /artefact must be a text/],
    ];
    for (const [part, message] of cases) {
      await write({ ...sound, ...part });
      await assert.rejects(readProvenance(`${folder}/a.svg`), { name: "UsageError", message });
    }
    for (const [text] of [["<metadata>null</metadata>"], ["null"], ["[]"], ["<metadata>{</metadata>"]]) {
      await Deno.writeTextFile(`${folder}/a.svg`, text);
      await assert.rejects(readProvenance(`${folder}/a.svg`), /says nothing of where it comes from/);
    }
  }));
