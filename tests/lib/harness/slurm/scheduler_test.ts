import assert from "node:assert/strict";
import { stateInLog } from "../../../../lib/harness/slurm/ends.ts";
import { parseSbatchOptions, sets } from "../../../../lib/harness/slurm/options.ts";
import { parseQueue, parseSubmitted, refusal } from "../../../../lib/harness/slurm/scheduler.ts";

Deno.test("parseQueue() reads elements, ranges, and what squeue prints besides", () => {
  const queue = parseQueue([
    "CLUSTER: big",
    "4711|0|RUNNING|None|n1",
    "4711|1-3,7%2|PENDING|Resources|",
    "4711|N/A|CANCELLED|None|",
    "4712|0|TIMEOUT|TimeLimit|n[1-2]",
    "",
  ].join("\n"));
  assert.deepEqual([...queue.keys()], ["4711", "4712"]);
  assert.deepEqual([...queue.get("4711")!.keys()], [0, 1, 2, 3, 7]);
  assert.deepEqual(queue.get("4711")!.get(7), { state: "PENDING", reason: "Resources", nodes: "" });
  assert.deepEqual(queue.get("4712")!.get(0), { state: "TIMEOUT", reason: "TimeLimit", nodes: "n[1-2]" });
  assert.equal(parseQueue("").size, 0);
});

Deno.test("parseSubmitted() finds the number and the cluster", () => {
  assert.deepEqual(parseSubmitted("4711"), { id: "4711" });
  assert.deepEqual(parseSubmitted("a site's greeting\n4711;big\n"), { id: "4711", cluster: "big" });
  assert.throws(() => parseSubmitted("hello"), { name: "HarnessError", message: /current value is hello$/ });
});

Deno.test("refusal() keeps what sbatch says, on one line, and adds what to do", () => {
  const failed = "sbatch: error: Batch job submission failed:";
  const cases: readonly [string, RegExp][] = [
    [
      `sbatch: error: invalid partition specified: x\n${failed} Invalid partition name specified`,
      /^Slurm refused the jobs: invalid partition specified: x; Batch .*: choose one that `deno task doctor`/,
    ],
    [
      `${failed} Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)`,
      /submit fewer elements, with --jobs/,
    ],
    [`sbatch: error: AssocMaxSubmitJobLimit\n${failed} Job violates`, /submit fewer elements/],
    [`${failed} Invalid job array specification`, /submit fewer elements/],
    [`${failed} Invalid account or account/partition combination specified`, /"--account=…"/],
    [`${failed} Requested time limit is invalid (missing or exceeds some limit)`, /"--time=…"/],
    [`${failed} Requested node configuration is not available`, /"--gres=…"/],
    [`${failed} Unable to contact slurm controller (connect failure)`, /try again in a minute$/],
    ["", /sbatch said nothing$/],
  ];
  for (const [stderr, expected] of cases) {
    assert.match(refusal(stderr), expected);
    assert.ok(!refusal(stderr).includes("\n"));
  }
});

Deno.test("parseSbatchOptions() splits as a shell does, and refuses what refigure rests on", () => {
  assert.deepEqual(parseSbatchOptions(`--partition=gpu  -t 2:00:00 --comment="two words" -C 'a|b'`), [
    "--partition=gpu",
    "-t",
    "2:00:00",
    "--comment=two words",
    "-C",
    "a|b",
  ]);
  assert.deepEqual(parseSbatchOptions(""), []);
  for (const text of ["--array=0-3", "-a0-3", "--wrap=hostname", "-p x --output=y", "gpu", "-J name"]) {
    assert.throws(() => parseSbatchOptions(text), {
      name: "UsageError",
      message: /^Cannot pass .* to sbatch/,
    });
  }
  assert.ok(sets(["-t5"], "--time") && sets(["--time=5"], "--time") && sets(["-G", "1"], "--gres", "--gpus"));
  assert.ok(!sets(["--time-min=5", "-p", "x"], "--time"));
});

Deno.test("stateInLog() knows what Slurm writes into logs, and takes the last", () => {
  const stepd = (text: string) =>
    `slurmstepd: error: *** JOB 4 ON n1 CANCELLED AT 2026-11-28T22:00:00${text} ***`;
  assert.equal(stateInLog(stepd(" DUE TO TIME LIMIT")), "TIMEOUT");
  assert.equal(stateInLog(stepd("")), "CANCELLED");
  assert.equal(stateInLog(`${stepd(" DUE TO PREEMPTION")}\nerror: out\n${stepd("")}\n`), "CANCELLED");
  assert.equal(
    stateInLog("slurmstepd: error: Detected 1 oom-kill event(s) in StepId=4.batch cgroup."),
    "OUT_OF_MEMORY",
  );
  assert.equal(stateInLog("error: Cannot write"), null);
});
