/** The last advantages, and their percentiles (WGCSL's released code, `adv_que.py`). */
export class AdvantageQueue {
  /** All that changes. */
  readonly state: { readonly values: Float32Array; next: number; count: number };

  /** @param size Advantages that are kept. */
  constructor(readonly size = 50_000) {
    this.state = { values: new Float32Array(size), next: 0, count: 0 };
  }

  /** Adds values, which push out the oldest. */
  add(values: Float32Array): void {
    for (const value of values) {
      this.state.values[this.state.next] = value;
      this.state.next = (this.state.next + 1) % this.size;
    }
    this.state.count = Math.min(this.size, this.state.count + values.length);
  }

  /**
   * A percentile of what is kept, between neighbours by linear interpolation; −∞ of nothing.
   *
   * @param percent 0 to 100.
   */
  percentile(percent: number): number {
    if (this.state.count === 0) return -Infinity;
    const sorted = this.state.values.slice(0, this.state.count).sort();
    const position = (this.state.count - 1) * percent / 100, below = Math.floor(position);
    const above = Math.min(below + 1, this.state.count - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
  }
}
