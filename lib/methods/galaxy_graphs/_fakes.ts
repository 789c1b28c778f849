import { type Tensor, tf, zipTrees } from "../../tensor/mod.ts";
import type { aggregatesOf, GraphBatch } from "./_batch.ts";
import { generate, type Generator, type GeneratorStatistics } from "./generator.ts";
import type { FilledModelOptions } from "./options.ts";

/** Labels for a batch, normalised by the batch, as in training. */
export function fakes(
  generator: Generator,
  batch: GraphBatch,
  { options, aggregates }: {
    readonly options: FilledModelOptions;
    readonly aggregates: ReturnType<typeof aggregatesOf>;
  },
): { labels: Tensor; statistics: GeneratorStatistics } {
  return generate(generator, {
    features: tf.concat([batch.conditions, batch.noise], 1),
    mask: batch.mask,
    aggregate: aggregates.generator,
    output: options.output,
  });
}

/** Weight of a new batch in the running statistics. */
const MOMENTUM = 0.05;

/** r ← (1 − 0.05) r + 0.05 s. */
export function runningStatistics(old: GeneratorStatistics, now: GeneratorStatistics): GeneratorStatistics {
  return zipTrees([old, now], ([r, s]) =>
    tf.add(
      tf.mul(r as unknown as Tensor, 1 - MOMENTUM),
      tf.mul(s as unknown as Tensor, MOMENTUM),
    )) as unknown as GeneratorStatistics;
}
