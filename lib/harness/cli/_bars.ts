import process from "node:process";
// @ts-types="@types/cli-progress"
import { MultiBar, type SingleBar } from "cli-progress";
import { duration, type Progress, type ProgressJob, startLine, TimeLeft } from "../run/mod.ts";
import { wrap } from "./_wrap.ts";

/** Widest bar, in characters; it takes a quarter of the line at most. */
const BAR = 24;

/** Characters beside a bar's own and its text: spaces, and a percentage or a count of jobs. */
const BESIDE = 12;

/** A label that fits: of a longer one its first word and its end, in which the settings differ. */
export function shortened(label: string, width: number): string {
  if (label.length <= width) return label;
  const head = /^[^ ]* /.exec(label)?.[0] ?? "";
  const kept = head.length <= width / 3 ? head : "";
  return `${kept}…${label.slice(label.length - (width - kept.length - 1))}`;
}

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
      barsize: bar(),
      barCompleteChar: "█",
      barIncompleteChar: "░",
      clearOnComplete: false,
      hideCursor: true,
      forceRedraw: true,
      gracefulExit: false,
      // Else long messages would be cut off at the right margin.
      linewrap: true,
    });
  const log = (text: string) => open().log(`${wrap(text, width())}\n`);
  const close = () => {
    bars?.stop();
    bars = overall = null;
    running.clear();
    downloads.clear();
  };
  const width = () => process.stderr.columns ?? 80;
  const bar = () => Math.min(BAR, Math.floor(width() / 4));
  const fit = (label: string) => shortened(label, Math.max(10, width() - bar() - BESIDE));
  const refresh = (step = 0) => {
    const time = `${duration(left.seconds)} left`;
    overall?.increment(step, { text: width() < 60 ? time : `jobs, about ${time}` });
  };

  return {
    start(run) {
      const { jobs, cached, workers } = run;
      left = new TimeLeft(jobs, workers);
      log(startLine(run));
      if (jobs.length > 0) overall = open().create(cached + jobs.length, cached, { text: "jobs" });
    },
    jobStarted(job) {
      left.started(job);
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
      if (failure) log(`${job.label}: FAILED: ${failure}`);
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
    note: log,
    stop: close,
  };
}
