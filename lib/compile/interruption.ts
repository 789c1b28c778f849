/** The ■ of a notebook. */

/** Whether this is Deno's Jupyter kernel. */
export function isKernel(): boolean {
  try {
    return typeof (Deno as { jupyter?: unknown }).jupyter === "object";
  } catch {
    return false; // outside the kernel, asking is an error
  }
}

/** What computes until ■ is pressed. */
let current = new AbortController();

// ■ sends SIGINT, which ends the kernel unless something listens to it.
if (isKernel()) {
  Deno.addSignalListener("SIGINT", () => {
    const pressed = current;
    current = new AbortController();
    pressed.abort(new Interruption());
  });
}

/** Why a computation ended before its time: the reader of the notebook has pressed ■. */
class Interruption extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("Interrupted by ■: run the cell again to start over");
  }
}

/**
 * The signal that pressing ■ in a notebook raises, for what starts now; what starts later gets a new one.
 * Trainings and runs of compiled programs listen to it by themselves. Outside of a notebook it is never
 * raised.
 *
 * @example
 * ```ts
 * import { interruption } from "@refigure/refigure/compile";
 *
 * const signal = interruption();
 * for (let step = 0; step < 1000; step++) {
 *   signal.throwIfAborted();
 *   // … a step of one's own that awaits something
 * }
 * ```
 */
export function interruption(): AbortSignal {
  return current.signal;
}
