import process from "node:process";
// @ts-types="@types/cli-progress"
import { MultiBar, type SingleBar } from "cli-progress";
import { duration, type Progress, type ProgressJob, TimeLeft } from "../run/mod.ts";

/** Progress bars on standard error: one for the run, one for each running job. */
export function barProgress(): Progress {
  let bars: MultiBar | null = null;
  let overall: SingleBar | null = null;
  let left: TimeLeft;
  const running = new Map<ProgressJob, SingleBar>();
  const downloads = new Map<string, SingleBar>();

  const open = () =>
    bars ??= new MultiBar({
      stream: process.stderr,
      format: "{bar} {value}/{total} {text}",
      barsize: 24,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      clearOnComplete: false,
      hideCursor: true,
      forceRedraw: true,
      gracefulExit: false,
      // Else long messages would be cut off at the right margin.
      linewrap: true,
    });
  const close = () => {
    bars?.stop();
    bars = overall = null;
    running.clear();
    downloads.clear();
  };
  const refresh = (step = 0) => {
    const rest = left.seconds;
    overall?.increment(step, { text: `jobs${!rest ? "" : `, about ${duration(rest)} left`}` });
  };
  const fit = (label: string) => {
    const width = Math.max(20, (process.stderr.columns ?? 80) - 42);
    return label.length > width ? `${label.slice(0, width - 1)}…` : label;
  };

  return {
    start({ title, jobs, cached, workers }) {
      left = new TimeLeft(jobs, workers);
      open().log(`${title}: ${jobs.length} jobs to run on ${workers} processes, ${cached} cached\n`);
      if (jobs.length > 0) overall = open().create(jobs.length, 0, { text: "jobs" });
    },
    jobStarted(job) {
      // A repeated try of a job keeps its bar.
      const bar = running.get(job) ??
        open().create(100, 0, { text: fit(job.label) }, { format: "{bar} {percentage} % {text}" });
      running.set(job, bar);
    },
    jobProgress(job, fraction) {
      left.progress(job, fraction);
      running.get(job)?.update(Math.round(100 * fraction));
      refresh();
    },
    jobEnded(job, seconds, failure) {
      left.ended(job, seconds);
      const bar = running.get(job);
      if (bar) open().remove(bar);
      running.delete(job);
      if (failure) open().log(`${job.label}: FAILED: ${failure}\n`);
      refresh(1);
    },
    download(name, received, total) {
      let bar = downloads.get(name);
      if (!bar) {
        const format = "{bar} {percentage} % {text}";
        downloads.set(name, bar = open().create(total, 0, { text: `downloading ${fit(name)}` }, { format }));
      }
      bar.update(received);
      if (received >= total) open().remove(bar);
    },
    note(text) {
      open().log(`${text}\n`);
    },
    stop: close,
  };
}
