import {
  compile,
  disposable,
  type ExecutorName,
  type HostTree,
  type NativeResource,
} from "../../compile/mod.ts";
import { type Dense, hostTensor, type TrainOptions } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Matrix, selectRows } from "../../stats/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import type { DiffusionSchedule } from "./schedule.ts";
import type { StopEarlyOptions, TimeObjective } from "./time_network.ts";

/** Noised rows that the held-out loss is taken on: held-out rows in turn, each with its time and noise. */
const DRAWS = 2048;

/** Rows that are not trained on, and what their loss says. */
export interface HeldOut extends NativeResource {
  /** The rows that are left to train on. */
  readonly training: Matrix;
  /** Their loss after each epoch, without dropout. */
  readonly losses: readonly number[];
  /** The parameters of the epoch of the least loss. */
  readonly best: HostTree<Dense[]>;
  /** All that `afterEpoch` changes. */
  readonly carried: Record<string, unknown>;
  /** Takes the loss; whether training is to end. */
  readonly afterEpoch: NonNullable<TrainOptions<Dense[], unknown, Record<never, Tensor>>["afterEpoch"]>;
}

interface NoisedRows {
  readonly noisy: Tensor;
  readonly target: Tensor;
  readonly weights: Tensor;
}

/**
 * Holds rows out, and watches their loss: times and noise are drawn once, so that epochs differ in the
 * network only.
 *
 * @param example Parameters of the network's form.
 * @param network From noised rows to raw outputs, without dropout.
 * @throws {RangeError} If an option is out of range, or too few rows are left.
 */
export async function holdOut(
  data: Matrix,
  { share = 0.1, patience = 20, example, network, objective, schedule, random, executor }:
    & StopEarlyOptions
    & {
      readonly example: HostTree<Dense[]>;
      readonly network: (rows: Tensor, layers: readonly Dense[]) => Tensor;
      readonly objective: TimeObjective;
      readonly schedule: DiffusionSchedule;
      readonly random: Stream;
      readonly executor?: ExecutorName;
    },
): Promise<HeldOut> {
  const count = Math.round(share * data.rows);
  if (!(share > 0 && share <= 0.5) || !Number.isInteger(patience) || patience < 1 || count < 1) {
    throw new RangeError(
      `Cannot stop ${objective.name} early as share must be in (0, 0.5] and hold a row of ${data.rows}, and ` +
        `patience an integer >= 1: current values are ${share} and ${patience}`,
    );
  }
  const order = random.split("rows").permutation(data.rows);
  const rows = noisedRows(selectRows(data, order.subarray(0, count)), { objective, schedule, random });
  const program = await compile(
    (layers: Dense[], { noisy, target, weights }: NoisedRows) =>
      objective.loss(network(noisy, layers), { target, weights }),
    [example, rows],
    { executor, name: `${objective.name}: held-out loss` },
  );
  const losses: number[] = [];
  const course: { readonly losses: number[]; best?: HostTree<Dense[]>; bestEpoch: number } = {
    losses,
    bestEpoch: -1,
  };
  return {
    carried: course,
    training: selectRows(data, order.subarray(count).toSorted()),
    losses,
    get best() {
      return course.best ?? example;
    },
    async afterEpoch({ readState }) {
      const { parameters } = await readState();
      const { data: [loss] } = await program.run(parameters, rows);
      if (course.bestEpoch < 0 || loss < losses[course.bestEpoch]) {
        course.best = parameters;
        course.bestEpoch = losses.length;
      }
      losses.push(loss);
      return losses.length - 1 - course.bestEpoch >= patience;
    },
    ...disposable(() => program.dispose()),
  };
}

/** x_t = x_0 + √v_t ε of the rows in turn, with what is to be learned about t. */
function noisedRows(
  { data, rows, columns }: Matrix,
  { objective: { targetWidth, writeTarget }, schedule, random }: {
    readonly objective: TimeObjective;
    readonly schedule: DiffusionSchedule;
    readonly random: Stream;
  },
): HostTree<NoisedRows> {
  const times = random.split("times");
  const noisy = random.split("noise").normal(new Float32Array(DRAWS * columns));
  const target = new Float32Array(DRAWS * targetWidth);
  for (let i = 0; i < DRAWS; i++) {
    const time = times.nextInteger(schedule.steps), deviation = Math.sqrt(schedule.variances[time]);
    for (let j = 0; j < columns; j++) {
      noisy[i * columns + j] = data[(i % rows) * columns + j] + deviation * noisy[i * columns + j];
    }
    writeTarget(target.subarray(i * targetWidth, (i + 1) * targetWidth), time, schedule);
  }
  return {
    noisy: hostTensor(noisy, [DRAWS, columns]),
    target: hostTensor(target, [DRAWS, targetWidth]),
    weights: hostTensor(new Float32Array(DRAWS).fill(1), [DRAWS]),
  };
}
