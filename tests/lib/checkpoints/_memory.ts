import assert from "node:assert/strict";
import type { CheckpointStore } from "../../../lib/checkpoints/mod.ts";

/** A store that keeps files in memory, and stops a training when so many were written. */
export function memory(
  files: Map<string, Uint8Array>,
  { stopAfter = Infinity }: { readonly stopAfter?: number } = {},
): { readonly store: CheckpointStore; readonly signal: AbortSignal } {
  const stop = new AbortController();
  let written = 0;
  const store: CheckpointStore = {
    note: (text) => assert.fail(text),
    read: (name) => Promise.resolve(files.get(name)),
    write(name, bytes) {
      files.set(name, bytes);
      if (++written === stopAfter) stop.abort(new Error("killed"));
      return Promise.resolve();
    },
  };
  return { store, signal: stop.signal };
}
