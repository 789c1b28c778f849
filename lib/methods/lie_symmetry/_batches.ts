import type { HostTensor, HostTree } from "../../compile/mod.ts";
import { hostTensor } from "../../nn/mod.ts";
import type { Stream } from "../../random/mod.ts";
import type { OperatorBatch } from "./_loss.ts";
import type { FourierSeries } from "./initial_conditions.ts";
import type { Objective, OperatorProblem } from "./objectives.ts";
import type { SolutionTable } from "./solutions.ts";

/** What a training step reads. */
export interface OperatorBatchOptions {
  /** The equation on its domain. */
  readonly problem: OperatorProblem;
  /** The loss, see {@link objectiveOf}. */
  readonly objective: Objective;
  /** Training functions. */
  readonly initial: FourierSeries;
  /** So many of them, drawn anew, in every step. @default all */
  readonly functionsPerStep?: number;
  /** N_r: interior points in every step, of all functions or of each ({@link pointsOf}). */
  readonly interiorPoints: number;
  /**
   * `fixed`: the interior points are drawn once, so that their number limits what training can know;
   * `fresh`: drawn anew for every step, which makes their number a matter of noise only. @default "fixed"
   */
  readonly points?: "fixed" | "fresh";
  /**
   * Whether all functions have the same interior points, which carries derivatives through one trunk for all
   * of them, or each has its own, at the cost of as many trunks as functions. @default "shared"
   */
  readonly pointsOf?: "shared" | "per function";
  /** Points at t = 0 per step. @default 200 */
  readonly initialPoints?: number;
  /** Times per step at which periodicity is asked for. @default 100 */
  readonly boundaryTimes?: number;
  /** Seeds all random numbers. */
  readonly seed: number;
  /** True solutions of `initial`, for a supervised objective: points are drawn from its grid. */
  readonly truth?: SolutionTable;
}

/** Largest |ε| of the scaling e^ε and of the boost f + ε in augmentation. */
const AUGMENTATION_RANGE = 0.3;

/** Draws what the steps read, in order. */
export class BatchSource {
  readonly example: HostTree<OperatorBatch>;
  readonly #options: OperatorBatchOptions;
  /** Drawn for the last step. */
  #drawn?: { readonly interior: Float32Array; readonly truth?: Float32Array };
  readonly #streams: Readonly<Record<"interior" | "initial" | "boundary" | "augment" | "functions", Stream>>;

  constructor(options: OperatorBatchOptions, random: Stream) {
    this.#options = options;
    const { objective, initial, interiorPoints, initialPoints = 200, boundaryTimes = 100 } = options;
    const own = options.pointsOf === "per function";
    const { rows: all, columns } = initial.coefficients;
    const rows = options.functionsPerStep ?? all;
    const zeros = (...shape: number[]): HostTensor =>
      hostTensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);
    const hasData = (objective.data ?? 0) > 0;
    this.example = {
      coefficients: zeros(rows, columns),
      interior: own ? zeros(rows, interiorPoints, 2) : zeros(interiorPoints, 2),
      ...hasData && { initial: zeros(initialPoints), boundary: zeros(boundaryTimes) },
      ...(objective.supervised ?? 0) > 0 && { truth: zeros(rows, interiorPoints) },
    } as unknown as HostTree<OperatorBatch>;
    this.#streams = {
      interior: random.split("interior"),
      initial: random.split("initial"),
      boundary: random.split("boundary"),
      augment: random.split("augment"),
      functions: random.split("functions"),
    };
  }

  fill(tree: HostTree<OperatorBatch>): void {
    const { problem: { length, duration }, objective, pointsOf } = this.#options;
    const batch = tree as unknown as Readonly<
      Record<keyof OperatorBatch, { data: Float32Array } | undefined>
    >;
    const select = this.#select();
    select(batch.coefficients!.data, this.#options.initial.coefficients.data);
    if (objective.augment) this.#augment(batch.coefficients!.data);
    if (this.#drawn === undefined || this.#options.points === "fresh") this.#drawn = this.#draw();
    if (pointsOf === "per function") select(batch.interior!.data, this.#drawn.interior);
    else batch.interior!.data.set(this.#drawn.interior);
    if (batch.truth !== undefined) select(batch.truth.data, this.#drawn.truth!);
    if (batch.initial !== undefined) this.#streams.initial.uniform(batch.initial.data, { high: length });
    if (batch.boundary !== undefined) this.#streams.boundary.uniform(batch.boundary.data, { high: duration });
  }

  /** Draws the functions of a step, and copies what belongs to them from what belongs to all. */
  #select(): (to: Float32Array, from: ArrayLike<number>) => void {
    const { initial: { coefficients: { rows } }, functionsPerStep } = this.#options;
    if (functionsPerStep === undefined) return (to, from) => to.set(from);
    const chosen = this.#streams.functions.choice(rows, { size: functionsPerStep });
    return (to, from) => {
      const size = from.length / rows;
      chosen.forEach((row, i) => {
        for (let k = 0; k < size; k++) to[i * size + k] = from[row * size + k];
      });
    };
  }

  /** Interior points; with true solutions, points of their grid and the values there. */
  #draw(): { readonly interior: Float32Array; readonly truth?: Float32Array } {
    const { problem: { length, duration }, truth, objective, initial, interiorPoints, pointsOf } =
      this.#options;
    const functions = initial.coefficients.rows, sets = pointsOf === "per function" ? functions : 1;
    const random = this.#streams.interior;
    const interior = new Float32Array(2 * sets * interiorPoints);
    if (!((objective.supervised ?? 0) > 0)) {
      random.uniform(interior);
      return { interior: interior.map((value, i) => value * (i % 2 === 0 ? length : duration)) };
    }
    const { positions, times, values } = truth!;
    const total = positions.length * times.length;
    const wanted = new Float32Array(functions * interiorPoints);
    for (let i = 0; i < sets * interiorPoints; i++) {
      const at = random.nextInteger(total);
      interior[2 * i] = positions[at % positions.length];
      interior[2 * i + 1] = times[Math.floor(at / positions.length)];
      const [set, point] = [Math.floor(i / interiorPoints), i % interiorPoints];
      for (let k = set; k < (sets === 1 ? functions : set + 1); k++) {
        wanted[k * interiorPoints + point] = values[k * total + at];
      }
    }
    return { interior, truth: wanted };
  }

  /** Moves each function along the equation's periodic symmetries by random parameters. */
  #augment(coefficients: Float32Array): void {
    const { initial: { length, coefficients: { columns } }, problem: { equation } } = this.#options;
    const draw = () => (2 * this.#streams.augment.nextUniform() - 1) * AUGMENTATION_RANGE;
    for (let start = 0; start < coefficients.length; start += columns) {
      const row = coefficients.subarray(start, start + columns);
      for (const action of equation.augmentations ?? []) {
        if (action === "scale") {
          const factor = Math.exp(draw());
          row.forEach((value, i) => row[i] = factor * value);
        } else if (action === "boost") row[0] += draw();
        else {
          // f(x − ε): each pair of coefficients turns by κε.
          const epsilon = length * this.#streams.augment.nextUniform();
          for (let l = 1; 2 * l < columns; l++) {
            const angle = 2 * Math.PI * l * epsilon / length;
            const [sine, cosine] = [row[2 * l - 1], row[2 * l]];
            row[2 * l - 1] = sine * Math.cos(angle) + cosine * Math.sin(angle);
            row[2 * l] = cosine * Math.cos(angle) - sine * Math.sin(angle);
          }
        }
      }
    }
  }
}
