import assert from "node:assert/strict";
import { duration, lineProgress, type ProgressJob, TimeLeft } from "../../../../lib/harness/run/progress.ts";

const job = (label: string, cost: number, alone = false): ProgressJob => ({ label, cost, alone });

/** A {@link TimeLeft} with a clock that the test moves. */
function timed(jobs: readonly ProgressJob[], workers: number) {
  let now = 0;
  const left = new TimeLeft(jobs, workers, () => now);
  return { left, wait: (seconds: number) => void (now += seconds) };
}

const nearly = (value: number, wanted: number) =>
  assert.ok(Math.abs(value - wanted) < 0.01 * wanted, `${value} is not nearly ${wanted}`);

Deno.test("TimeLeft corrects the estimated costs by how long jobs took", () => {
  const jobs = [job("a", 1000), job("b", 1000), job("c", 2000), job("d", 500, true)];
  const { left, wait } = timed(jobs, 2);
  // 4000 s on two workers, then 500 s alone.
  assert.equal(left.seconds, 2000 + 500);
  for (const started of jobs.slice(0, 2)) left.started(started);
  wait(2000);
  left.ended(jobs[0], 2000); // twice as long as estimated
  left.ended(jobs[1], 2000);
  nearly(left.seconds, 2 * (2000 + 500));
  left.started(jobs[2]);
  wait(1000);
  left.progress(jobs[2], 0.5); // faster than thought: 1000 s for one half
  nearly(left.seconds, 1000 + 2 * 500);
  wait(1000);
  left.ended(jobs[2], 2000);
  nearly(left.seconds, 500 * 6000 / 4000);
  left.ended(jobs[3], 1000);
  assert.equal(left.seconds, 0);
});

Deno.test("TimeLeft does not take the start of a process for the length of all jobs", () => {
  const jobs = Array.from({ length: 100 }, (_, i) => job(`${i}`, 0.01));
  const { left, wait } = timed(jobs, 1);
  left.started(jobs[0]);
  wait(3);
  left.ended(jobs[0], 3);
  assert.ok(left.seconds < 2, `${left.seconds}`);
});

Deno.test("TimeLeft learns from finished jobs of the same experiment", () => {
  const jobs = [job("slow 1", 1000), job("slow 2", 1000), job("quick 1", 1000), job("quick 2", 1000)]
    .map((own) => ({ ...own, group: own.label.split(" ")[0] }));
  const { left, wait } = timed(jobs, 1);
  for (const [index, seconds] of [[0, 4000], [2, 500]]) {
    left.started(jobs[index]);
    wait(seconds);
    left.ended(jobs[index], seconds);
  }
  nearly(left.seconds, 4000 + 500);
});

Deno.test("TimeLeft counts down, is never below what a running job still takes, and grows only by much", () => {
  const jobs = [job("a", 100), job("b", 100)];
  const { left, wait } = timed(jobs, 1);
  left.started(jobs[0]);
  assert.equal(left.seconds, 200);
  wait(10);
  assert.equal(left.seconds, 190);
  wait(90);
  left.progress(jobs[0], 0.9); // 11 s more, instead of none
  assert.equal(left.seconds, 100, "a small growth is not shown");
  wait(1);
  left.progress(jobs[0], 0.3); // 236 s more
  assert.equal(Math.round(left.seconds), 336);
  // The last job is past its estimate, yet its own pace tells.
  left.ended(jobs[0], 101);
  left.started(jobs[1]);
  wait(150);
  left.progress(jobs[1], 0.75);
  assert.equal(left.seconds, 50);
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
    "paper: 2 jobs to run on 2 processes, 3 cached, about 1.0 s",
    "[4/5] a: 2.0 s, about 1.2 s left",
    "[5/5] b: FAILED: it broke",
    "downloading data: 0 % of 8.0 MB",
    "downloading data: 25 % of 8.0 MB",
    "downloading data: 100 % of 8.0 MB",
  ]);
});
