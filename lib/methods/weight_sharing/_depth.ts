/** Counts the dependent operations of a straight-line tensor program while it is traced. */
export class Depth {
  rounds = 0;
  operations = 0;

  /** `count` element-wise operations or gathers, each needing the one before. */
  elementwise(count = 1): void {
    this.rounds += count;
    this.operations += count;
  }

  /** A scan or a reduction of n numbers: log₂ n rounds on n processors. */
  combine(n: number): void {
    this.rounds += Math.max(1, Math.ceil(Math.log2(n)));
    this.operations++;
  }
}
