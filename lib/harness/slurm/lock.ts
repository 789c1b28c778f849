import { HarnessError, Interrupted } from "../paper/mod.ts";

/** Options of {@link withLock}. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called if the file system has no locks, before it goes on without one. */
  readonly onUnsupported: (message: string) => void;
}

/** Milliseconds between two tries. */
const TRY_MS = 200;

/** Milliseconds after which a lock is taken for stuck. A submission takes seconds. */
const GIVE_UP_MS = 5 * 60_000;

/**
 * Does something while no other process, on any machine with this file system, does it. The system frees the
 * lock of a process that dies.
 *
 * @throws {HarnessError} If the lock cannot be had in five minutes.
 * @throws {Interrupted} If `signal` was raised before it could be had.
 */
export async function withLock<T>(
  path: string,
  action: () => Promise<T>,
  { signal, onUnsupported }: LockOptions,
): Promise<T> {
  using file = await Deno.open(path, { create: true, write: true });
  const start = performance.now();
  while (true) {
    try {
      if (await file.tryLock(true)) break;
    } catch (error) {
      // E.g. Lustre that was mounted without `flock`.
      onUnsupported((error as Error).message);
      return await action();
    }
    if (signal?.aborted) {
      throw new Interrupted("Interrupted while another process submits; nothing was begun");
    }
    if (performance.now() - start > GIVE_UP_MS) {
      throw new HarnessError(`Cannot submit as another process holds ${path}: end it, or remove that file`);
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  try {
    return await action();
  } finally {
    await file.unlock();
  }
}
