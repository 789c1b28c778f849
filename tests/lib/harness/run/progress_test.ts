import assert from "node:assert/strict";
import { duration, lineProgress, type ProgressJob, TimeLeft } from "../../../../lib/harness/run/progress.ts";

const job = (label: string, cost: number, alone = false): ProgressJob => ({ label, cost, alone });

Deno.test("TimeLeft corrects the declared costs by how long jobs took", () => {
  const jobs = [job("a", 10), job("b", 10), job("c", 20), job("d", 5, true)];
  const left = new TimeLeft(jobs, 2);
  assert.equal(left.seconds, null);
  left.ended(jobs[0], 20); // twice as long as declared
  // 30 s on two workers, but c alone is 20 s; then 5 s alone; all doubled.
  assert.equal(left.seconds, 2 * (20 + 5));
  left.progress(jobs[2], 0.5);
  assert.equal(left.seconds, 2 * (10 + 5));
  left.ended(jobs[2], 40);
  left.ended(jobs[1], 20);
  assert.equal(left.seconds, 10);
  left.ended(jobs[3], 10);
  assert.equal(left.seconds, 0);
});

Deno.test("duration() reads well", () => {
  assert.deepEqual([0.04, 9.9, 9.96, 59.7, 200, 7500].map(duration), [
    "0.0 s",
    "9.9 s",
    "10 s",
    "1 min 0 s",
    "3 min 20 s",
    "2 h 5 min",
  ]);
});

Deno.test("lineProgress() writes one line per job", () => {
  const lines: string[] = [];
  const progress = lineProgress((line) => lines.push(line));
  const jobs = [job("a", 1), job("b", 1)];
  progress.start({ title: "paper", jobs, cached: 3, workers: 2 });
  progress.jobStarted(jobs[0]);
  progress.jobProgress(jobs[0], 0.5);
  progress.jobEnded(jobs[0], 2);
  progress.jobEnded(jobs[1], 1, "it broke");
  for (const received of [0, 1e6, 2e6, 2.1e6, 8e6]) progress.download("data", received, 8e6);
  assert.deepEqual(lines, [
    "paper: 2 jobs to run on 2 processes, 3 cached",
    "[1/2] a: 2.0 s, about 2.0 s left",
    "[2/2] b: FAILED: it broke",
    "downloading data: 0 % of 8.0 MB",
    "downloading data: 25 % of 8.0 MB",
    "downloading data: 100 % of 8.0 MB",
  ]);
});
