/** Holds native memory until it is disposed of: by `dispose()`, or at the end of a block by `await using`. */
export interface NativeResource extends AsyncDisposable {
  /** Frees the memory; calling it again does nothing more. */
  dispose(): Promise<void>;
}

/** The two ways to dispose of a resource; `free` runs once. */
export function disposable(free: () => Promise<void>): NativeResource {
  let freed: Promise<void> | undefined;
  const dispose = () => freed ??= free();
  return { dispose, [Symbol.asyncDispose]: dispose };
}
