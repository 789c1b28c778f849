import { disposable } from "../../compile/mod.ts";
import { stream } from "../../random/mod.ts";
import { type Matrix, mean } from "../../stats/mod.ts";
import { type DteCategoricalOptions, fitDteCategorical } from "./dte_categorical.ts";
import type { Detector } from "../../anomaly/mod.ts";

/** Options of {@link fitDteEnsemble}. */
export interface DteEnsembleOptions extends DteCategoricalOptions {
  /** Number of bootstrap models. @default 5 */
  readonly members?: number;
  /** Passes over the training rows. @default 200 */
  readonly epochs?: number;
  /** T, number of diffusion steps. @default 300 */
  readonly steps?: number;
}

/**
 * Bagging of DTE-C: each member is trained on a bootstrap of the rows (N draws with replacement), scores are
 * summed.
 *
 * Released code (not in the tables of Livernoche et al. 2024). There it cannot run as committed, and each
 * bootstrap is drawn from the previous one; here each is drawn from the training rows.
 *
 * @param train `[N, d]` training rows; each member standardises by its own bootstrap, unless the options say
 *   that they are standardised.
 * @throws {RangeError} If `members` is not a positive integer, or training diverges.
 */
export async function fitDteEnsemble(train: Matrix, options: DteEnsembleOptions): Promise<Detector> {
  const { members: count = 5, epochs = 200, steps = 300, onProgress } = options;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(
      `Cannot train an ensemble as members must be an integer >= 1: current value is ${count}`,
    );
  }
  const members: Detector[] = [];
  const dispose = async () => {
    await Promise.all(members.map((member) => member.dispose()));
  };
  try {
    for (let k = 0; k < count; k++) {
      const random = stream(options.seed, "diffusion_time", "bagging", String(k));
      const member = await fitDteCategorical(bootstrap(train, random.split("rows")), {
        ...options,
        epochs,
        steps,
        seed: random.split("seed").nextInteger(2 ** 32),
        onProgress: onProgress &&
          ((progress) => onProgress({ ...progress, fraction: (k + progress.fraction) / count })),
      });
      members.push(member);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    // Members that stop early have fewer.
    epochLosses: Array.from(
      { length: Math.max(...members.map(({ epochLosses }) => epochLosses.length)) },
      (_, e) => mean(members.flatMap(({ epochLosses }) => epochLosses[e] ?? [])),
    ),
    async score(rows) {
      const sum = new Float64Array(rows.rows);
      for (const member of members) {
        (await member.score(rows)).forEach((value, i) => sum[i] += value);
      }
      return sum;
    },
    ...disposable(dispose),
  };
}

function bootstrap(
  { data, rows, columns }: Matrix,
  random: { integers(out: Int32Array, options: { high: number }): Int32Array },
): Matrix {
  const drawn = new Float64Array(data.length);
  random.integers(new Int32Array(rows), { high: rows }).forEach((row, i) => {
    drawn.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { data: drawn, rows, columns };
}
