/**
 * One Ctrl-C can arrive several times within this time, as `deno task` passes on what the whole group gets.
 */
const SAME_MS = 1000;

/**
 * Runs an action with a signal that Ctrl-C or a request to end raises. A later Ctrl-C ends the process at
 * once.
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
  try {
    return await action(controller.signal);
  } finally {
    for (const name of signals) Deno.removeSignalListener(name, stop);
  }
}
