/**
 * One Ctrl-C can arrive several times within this time, as `deno task` passes on what the whole group gets.
 */
const SAME_MS = 1000;

/** How often it is looked whether the task that started this process is still there. */
const WATCH_MS = 500;

/**
 * Runs an action with a signal that Ctrl-C, a request to end or the end of the task that started it raises. A
 * later Ctrl-C ends the process at once.
 */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let first = 0;
  const stop = () => {
    if (controller.signal.aborted && performance.now() - first > SAME_MS) Deno.exit(130);
    if (!controller.signal.aborted) first = performance.now();
    controller.abort();
  };
  const signals: Deno.Signal[] = ["SIGINT", "SIGTERM"];
  for (const name of signals) Deno.addSignalListener(name, stop);
  const parent = Deno.env.get("REFIGURE_PARENT");
  const watch = parent === undefined ? undefined : setInterval(() => {
    if (String(Deno.ppid) !== parent) stop();
  }, WATCH_MS);
  try {
    return await action(controller.signal);
  } finally {
    clearInterval(watch);
    for (const name of signals) Deno.removeSignalListener(name, stop);
  }
}
