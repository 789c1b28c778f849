/** How long one call should take, so that progress moves a few times a second. */
const TARGET_MILLISECONDS = 200;

/**
 * Chooses how many steps the next call takes from how long the last ones took. It moves only the borders
 * between calls: results do not depend on it.
 */
export class ChunkSizer {
  #count = 1;

  /** @param most Upper limit from memory. */
  constructor(readonly most: number) {}

  /** Number of steps of the next call, at most `remaining`. */
  next(remaining: number): number {
    return Math.min(this.#count, remaining);
  }

  /** Tells how long a call took. It grows by a factor of four at most, as first calls are slow. */
  record(steps: number, milliseconds: number): void {
    const wanted = Math.floor(TARGET_MILLISECONDS * steps / Math.max(milliseconds, 1e-3));
    this.#count = Math.max(1, Math.min(wanted, Math.max(4 * steps, this.#count), this.most));
  }
}
