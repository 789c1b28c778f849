/** What needs no Slurm: batch files for other engines, and what an element does. */
import assert from "node:assert/strict";
import type { Summary } from "../../../../lib/harness/results/mod.ts";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { refigure, withFolder } from "../_helpers.ts";

const papers = `${PROJECT}tests/lib/harness/slurm/_papers`;
const SMOKE = ["reproduce", "0000.00003", "--profile", "smoke"];

Deno.test("batch files run anywhere, in any environment, and their results are found", () =>
  withFolder(async (folder) => {
    const written = await refigure({ args: [...SMOKE, "--on", "files", "--jobs", "2"], folder, papers });
    assert.equal(written.code, 0, written.stderr);
    assert.match(written.stderr, /9 jobs wait in 2 batch files/);
    assert.match(
      written.stderr,
      /Collect the results with: deno task reproduce 0000\.00003 --profile smoke --jobs 2\n$/,
    );
    const commands = [...written.stderr.matchAll(/^ {2}sh (\S+) (\d)$/gm)].map(([, ...words]) => words);
    assert.equal(commands.length, 2);
    const codes = [];
    // One after the other, so that their failure is not told by the machine's load; without any environment.
    for (const args of commands) {
      const { code, stderr } = await new Deno.Command("/bin/sh", { args, clearEnv: true }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      codes.push(code);
    }
    // The element with the job that fails says so.
    assert.deepEqual(codes.sort(), [0, 1]);
    const { stdout } = await refigure({ args: [...SMOKE, "--only", "naps", "--json"], folder, papers });
    assert.deepEqual((JSON.parse(stdout) as Summary).jobs, { run: 0, cached: 8, failed: 0 });
  }));

Deno.test("--dry-run says what would be submitted, and submits and writes nothing", () =>
  withFolder(async (folder) => {
    const args = [...SMOKE, "--on", "slurm", "--jobs", "2", "--slurm", "--partition=gpu", "--dry-run"];
    const { code, stdout, stderr } = await refigure({ args, folder, papers });
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /9 of 9 jobs to run, about 1\.8 s of one core\n\(not yet measured on this machine: .*\)\n9 jobs in 2 elements, at most 11 min each\n/,
    );
    assert.match(stdout, / {2}sbatch --array=0-1 .*--time=11 --mem-per-cpu=1792 --partition=gpu job\.sh\n/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("an element that is not there: said so on one line", () =>
  withFolder(async (folder) => {
    const { code, stderr } = await refigure({ args: ["work", `${folder}/out/nothing`, "3"], folder, papers });
    assert.equal(code, 1);
    assert.match(stderr, /^error: Cannot work on element 3 as .*\/nothing must hold batch-3\.json: .*\n$/);
  }));
