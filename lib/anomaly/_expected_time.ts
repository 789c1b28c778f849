import { type Stream, stream } from "../random/mod.ts";
import { type Matrix, selectRows } from "../stats/mod.ts";

/** Fewer rows are not tried out: what a detector takes for them can be waited for. */
const LEAST_ROWS = 20_000;
/** Rows of the first sample; each further one is twice as large. */
const FIRST_SAMPLE = 500;
const LARGEST_SAMPLE = 8000;
/** So many rows tell enough if they take so long: of fewer each may seem to take the same. */
const [TELLING_ROWS, TELLING_SECONDS] = [4000, 0.5];
/** What takes as long tells enough in any case. */
const LONG_SECONDS = 5;
/** Powers of the number of rows that time may grow with. */
const [LEAST_POWER, MOST_POWER] = [1, 3];

/** What something is expected to take for many rows. */
export interface ExpectedTime {
  readonly seconds: number;
  /** Most rows that are expected to take so long. */
  rowsWithin(seconds: number): number;
}

/**
 * How long something takes for all rows, from random samples of 500, 1000, … rows: the time of the last one,
 * with the power by which it grew. `undefined` for at most 20 000 rows, which are not tried out.
 *
 * @param work What is timed.
 */
export async function expectedTime(
  rows: Matrix,
  work: (sample: Matrix) => Promise<void>,
  random: Stream = stream(0, "rows that a detector is tried out on"),
): Promise<ExpectedTime | undefined> {
  if (rows.rows <= LEAST_ROWS) return undefined;
  const order = random.permutation(rows.rows);
  const tried: { readonly size: number; readonly seconds: number }[] = [];
  for (let size = FIRST_SAMPLE; size <= LARGEST_SAMPLE; size *= 2) {
    const sample = selectRows(rows, order.subarray(0, size).toSorted());
    const start = performance.now();
    await work(sample);
    tried.push({ size, seconds: (performance.now() - start) / 1000 });
    const { seconds } = tried.at(-1)!;
    const tells = (size >= TELLING_ROWS && seconds >= TELLING_SECONDS) || seconds >= LONG_SECONDS;
    if (tried.length > 1 && tells) break;
  }
  return extrapolate(tried, rows.rows);
}

/** From the last two sizes to `rows`. */
export function extrapolate(
  tried: readonly { readonly size: number; readonly seconds: number }[],
  rows: number,
): ExpectedTime {
  const [before, last] = tried.slice(-2);
  // seconds ~ size^power
  const grown = Math.log(last.seconds / before.seconds) / Math.log(last.size / before.size);
  const power = Math.min(MOST_POWER, Math.max(LEAST_POWER, grown || LEAST_POWER));
  return {
    seconds: last.seconds * (rows / last.size) ** power,
    rowsWithin: (seconds) => Math.floor(last.size * (seconds / last.seconds) ** (1 / power)),
  };
}
