import type { Stream } from "../random/mod.ts";
import { checkNumbers } from "./_check.ts";
import type { Policy } from "./episodes.ts";
import type { Environment } from "./types.ts";

/** Options of {@link oscillatorPolicy}. */
export interface OscillatorOptions {
  /** Draws phases and noise. */
  readonly stream: Stream;
  /** A as a share of the action's bound. @default 0.5 */
  readonly amplitude?: number;
  /** f in Hz. @default 1 */
  readonly frequency?: number;
  /** σ of the Ornstein–Uhlenbeck noise, as a share of the bound. @default 0.3 */
  readonly noise?: number;
  /** φ, one for each action: a gait. @default drawn from `stream`, uniform */
  readonly phases?: ArrayLike<number>;
  /** θ of the noise: what it loses in a step. @default 0.15 */
  readonly pull?: number;
}

/**
 * A central pattern generator: a_k(t) = A sin(2π f t + φ_k) + noise, with random or given phases φ_k and
 * Ornstein–Uhlenbeck noise n ← (1 − θ) n + σ N(0, 1).
 *
 * It walks nowhere in particular, but moves all joints; a policy serves one episode.
 */
export function oscillatorPolicy(
  { action: { size, bound }, timeStep }: Environment,
  options: OscillatorOptions,
): Policy {
  const { stream, amplitude = 0.5, frequency = 1, noise: sigma = 0.3, pull = 0.15 } = options;
  const { phases = stream.split("phases").uniform(new Float64Array(size), { high: 2 * Math.PI }) } = options;
  checkNumbers("oscillate with the phases", phases, size);
  const draws = stream.split("noise");
  const noise = new Float64Array(size);
  return (_observation, step) => {
    const fresh = draws.normal(new Float64Array(size));
    for (let k = 0; k < size; k++) noise[k] += -pull * noise[k] + sigma * fresh[k];
    const angle = 2 * Math.PI * frequency * step * timeStep;
    return Array.from(phases, (phase, k) => bound * (amplitude * Math.sin(angle + phase) + noise[k]));
  };
}
