import { compile, type ExecutorName, type HostTree } from "../../../compile/mod.ts";
import type { Environment } from "../../../environments/mod.ts";
import { hostTensor } from "../../../nn/mod.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import type { HostTensor, Tensor } from "../../../tensor/mod.ts";
import { eluLayers } from "../control/mod.ts";
import { PixelReplay, stackFrames } from "./pixel_replay.ts";
import type { PixelModel } from "./sac_model.ts";
import { type PixelNetworks, pixelTrainer, type PixelTrainerOptions } from "./sac_training.ts";
import { squashedSample } from "./squashed_normal.ts";

/** Options of {@link learnFromPixels}. */
export interface LearnFromPixelsOptions {
  /** Draws the environment's state, `[size, size]`, values in [0, 1]. */
  readonly draw: (state: Float64Array) => Float32Array;
  /** K: steps of a window. */
  readonly horizon: number;
  /** Steps of an episode. @default the environment's */
  readonly episodeSteps?: number;
  /** Episodes, those with random actions included. */
  readonly episodes: number;
  /** Episodes with random actions, before anything is learned. */
  readonly randomEpisodes: number;
  /** Episodes without noise at the end. */
  readonly evaluations: number;
  /** Largest shift of an image, pixels. */
  readonly shift: number;
  /** Seeds everything. */
  readonly seed: number;
  /** How networks are trained. */
  readonly training?: Omit<PixelTrainerOptions, "horizon" | "seed" | "executor">;
  /** What runs the compiled programs. @default "native" */
  readonly executor?: ExecutorName;
  /** Gets the share that is done. */
  readonly onProgress?: (fraction: number) => void;
}

/** What an agent has come to. */
export interface LearntFromPixels {
  /** Sum of the rewards of each training episode. */
  readonly returns: readonly number[];
  /** Sums of the rewards of the episodes without noise. */
  readonly evaluations: readonly number[];
}

/**
 * Learns from rendered images while acting: episodes with random actions, then as many updates as there were
 * steps; from then on an episode of the policy, and an update for each of its steps. In the last episodes the
 * policy takes its median, tanh(μ).
 *
 * @throws {RangeError} If training diverges.
 */
export async function learnFromPixels<D>(
  environment: Environment,
  model: PixelModel<D>,
  options: LearnFromPixelsOptions,
): Promise<LearntFromPixels> {
  const { draw, horizon, episodes, randomEpisodes, shift, seed, executor, onProgress } = options;
  const { episodeSteps = environment.episodeSteps } = options;
  const { size, frames, actionSize } = model.options, { bound } = environment.action;
  const random = stream(seed, "sac episodes");
  await using trainer = await pixelTrainer(model, { ...options.training, horizon, seed, executor });
  const { critic, actor } = trainer.learners;
  const image = hostTensor(new Float32Array(size * size * frames), [1, size, size, frames]);
  const noise = hostTensor(new Float32Array(actionSize), [1, actionSize]);
  type Networks = { readonly critic: readonly Tensor[]; readonly actor: readonly Tensor[] };
  await using policy = await compile(
    (networks: Networks, image: Tensor, noise: Tensor) => {
      const z = model.encode(critic.tree(networks.critic), image);
      return squashedSample(eluLayers(actor.tree(networks.actor), z), noise).action;
    },
    [
      { critic: critic.start.parameters, actor: actor.start.parameters } as unknown as HostTree<Networks>,
      image,
      noise,
    ],
    { executor, name: "SAC's policy" },
  );
  const replay = new PixelReplay({ size, frames, actionSize, horizon, shift });

  /** One episode. @param act The action in ±1, of all frames so far. */
  const play = async (start: Stream, act: (seen: readonly Float32Array[]) => Promise<Float64Array>) => {
    environment.reset(start);
    const seen = [draw(environment.getState())], actions: number[] = [], rewards: number[] = [];
    for (let step = 0; step < episodeSteps; step++) {
      const action = await act(seen);
      const { reward, terminated } = environment.step(action.map((a) => a * bound));
      seen.push(draw(environment.getState()));
      actions.push(...action);
      rewards.push(reward);
      if (terminated) break;
    }
    return {
      episode: { frames: seen, actions: Float32Array.from(actions), rewards: Float32Array.from(rewards) },
      sum: rewards.reduce((sum, reward) => sum + reward, 0),
    };
  };
  const decide = async (networks: PixelNetworks, seen: readonly Float32Array[], draws?: Stream) => {
    stackFrames(seen, { last: seen.length - 1, size, frames, out: image.data });
    if (draws === undefined) noise.data.fill(0);
    else draws.normal(noise.data);
    const found = await policy.run(networks as unknown as HostTree<Networks>, image, noise);
    return Float64Array.from((found as unknown as HostTensor).data);
  };

  const returns: number[] = [], evaluations: number[] = [];
  let networks: PixelNetworks | undefined, steps = 0;
  for (let number = 0; number < episodes; number++) {
    const draws = random.split(`${number}`), explore = draws.split("noise");
    const { episode, sum } = await play(
      draws.split("start"),
      async (seen) =>
        networks === undefined
          ? explore.uniform(new Float64Array(actionSize), { low: -1 })
          : await decide(networks, seen, explore),
    );
    replay.add(episode);
    returns.push(sum);
    steps += episode.rewards.length;
    if (number + 1 >= randomEpisodes) {
      await trainer.update(replay, number + 1 === randomEpisodes ? steps : episode.rewards.length);
      networks = await trainer.networks();
    }
    onProgress?.((number + 1) / episodes);
  }
  for (let test = 0; test < options.evaluations && networks !== undefined; test++) {
    const own = networks;
    const { sum } = await play(random.split("evaluation", `${test}`), (seen) => decide(own, seen));
    evaluations.push(sum);
  }
  return { returns, evaluations };
}
