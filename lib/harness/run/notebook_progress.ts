import { duration, type Progress, type ProgressJob, silentProgress, TimeLeft } from "./progress.ts";

/** Milliseconds between two updates of the display. */
const INTERVAL = 250;
let displays = 0;

/** One line below the cell, rewritten in place; in the end it tells how many jobs have a result. */
export function notebookProgress(): Progress {
  const id = `refigure-progress-${displays++}`;
  const running = new Set<ProgressJob>();
  const problems: string[] = [];
  let [title, total, cached, done, failed] = ["", 0, 0, 0, 0];
  let left: TimeLeft;
  let shown: number | null = null;
  let last = Promise.resolve();

  function show(text: string, force = false): void {
    if (!force && shown !== null && performance.now() - shown < INTERVAL) return;
    const type = shown === null ? "display_data" : "update_display_data";
    shown = performance.now();
    const data = { "text/plain": [text, ...problems].join("\n") };
    // In order; a lost update does no harm.
    last = last.then(() =>
      Deno.jupyter.broadcast(type, { data, metadata: {}, transient: { display_id: id } })
    )
      .catch(() => {});
  }
  function refresh(): void {
    const now = [...running].slice(0, 2).map(({ label }) => label).join(" · ");
    show(
      `${title}: ${cached + done} of ${cached + total} jobs, about ${duration(left.seconds)} left  ${now}`,
    );
  }

  return {
    ...silentProgress,
    start(run) {
      [title, total, cached] = [run.title, run.jobs.length, run.cached];
      left = new TimeLeft(run.jobs, run.workers);
      refresh();
    },
    jobStarted(job) {
      left.started(job);
      running.add(job);
      refresh();
    },
    jobProgress(job, fraction) {
      left.progress(job, fraction);
      refresh();
    },
    jobEnded(job, seconds, failure) {
      running.delete(job);
      left.ended(job, seconds);
      done++;
      if (failure) {
        failed++;
        problems.push(`${job.label}: FAILED: ${failure}`);
      }
      refresh();
    },
    download: (name, received, all) => show(`downloading ${name}: ${Math.round(100 * received / all)} %`),
    note(text) {
      problems.push(text);
    },
    // The same text whether jobs ran or were cached, so that notebooks do not change for nothing.
    stop: () => show(`${title}: ${cached + done - failed} of ${cached + total} jobs have results`, true),
  };
}
