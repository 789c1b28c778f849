import type { DynamicsData, TrainedDynamics } from "../../../lib/nn/graphs/mod.ts";

/** Predicted positions of the first samples, [rows][n * 3], to five decimals: they are only drawn. */
export async function predictionsOf(
  trained: Pick<TrainedDynamics, "predict">,
  data: DynamicsData,
  rows: number,
): Promise<number[][]> {
  const predicted = await trained.predict(data);
  const size = 3 * data.nodes;
  return Array.from(
    { length: Math.min(rows, data.samples) },
    (_, row) =>
      Array.from(predicted.subarray(row * size, (row + 1) * size), (x) => Math.round(1e5 * x) / 1e5),
  );
}
