/** The last advantages, and their percentiles (WGCSL's released code, `adv_que.py`). */
export class AdvantageQueue {
  readonly #values: Float32Array;
  #next = 0;
  #count = 0;

  /** @param size Advantages that are kept. */
  constructor(readonly size = 50_000) {
    this.#values = new Float32Array(size);
  }

  /** Adds values, which push out the oldest. */
  add(values: Float32Array): void {
    for (const value of values) {
      this.#values[this.#next] = value;
      this.#next = (this.#next + 1) % this.size;
    }
    this.#count = Math.min(this.size, this.#count + values.length);
  }

  /**
   * A percentile of what is kept, between neighbours by linear interpolation; −∞ of nothing.
   *
   * @param percent 0 to 100.
   */
  percentile(percent: number): number {
    if (this.#count === 0) return -Infinity;
    const sorted = this.#values.slice(0, this.#count).sort();
    const position = (this.#count - 1) * percent / 100, below = Math.floor(position);
    const above = Math.min(below + 1, this.#count - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
  }
}
