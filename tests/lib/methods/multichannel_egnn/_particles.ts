/** Few particles to train on in seconds. */
import {
  chargedParticles,
  type DynamicsData,
  type DynamicsModel,
  type DynamicsTrainingOptions,
  type Splits,
  trainDynamics,
} from "../../../../lib/nn/graphs/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

/** Three particles that drift and are pushed apart or together a little by their charges. */
export function particles(samples: number, name: string): DynamicsData {
  const random = stream(0, name), nodes = 3;
  const positions = random.normal(new Float64Array(samples * nodes * 3));
  const velocities = random.normal(new Float64Array(samples * nodes * 3), { std: 0.5 });
  const charges = Array.from({ length: samples * nodes }, () => random.nextUniform() < 0.5 ? -1 : 1);
  const targets = positions.map((x, k) => x + velocities[k]);
  for (let i = 0; i < samples * nodes; i++) {
    const first = i - i % nodes;
    for (let j = first; j < first + nodes; j++) {
      for (let axis = 0; axis < 3; axis++) {
        targets[3 * i + axis] += 0.3 * charges[i] * charges[j] *
          (positions[3 * i + axis] - positions[3 * j + axis]);
      }
    }
  }
  return chargedParticles({ nodes, positions, velocities, targets }, charges);
}

/** Samples of them. */
export const splits: Splits<DynamicsData> = {
  train: particles(130, "train"),
  valid: particles(30, "valid"),
  test: particles(25, "test"),
};

/** A training of seconds. */
export const OPTIONS = { seed: 1, epochs: 60, batchSize: 30, learningRate: 5e-3, executor: "wasm" } as const;

/** Trains, and keeps nothing open. */
export async function fit(
  model: DynamicsModel,
  options: Partial<DynamicsTrainingOptions> = {},
  data = splits,
) {
  const trained = await trainDynamics(data, { model, ...OPTIONS, ...options });
  await trained.dispose();
  return trained;
}
