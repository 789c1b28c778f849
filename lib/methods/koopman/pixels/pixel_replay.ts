import type { Stream } from "../../../random/mod.ts";
import type { HostTree } from "../../../tensor/mod.ts";
import type { PixelBatch } from "./sac_model.ts";

/** Options of {@link PixelReplay}. */
export interface PixelReplayOptions {
  /** Pixels of a side. */
  readonly size: number;
  /** Frames that are stacked. */
  readonly frames: number;
  /** p, numbers of an action. */
  readonly actionSize: number;
  /** K: steps of a window. */
  readonly horizon: number;
  /** Largest shift of an image to each side, pixels; what comes in is the border repeated. @default 0 */
  readonly shift?: number;
}

/** An episode in frames. */
export interface PixelEpisode {
  /** One frame of size² numbers before the first step, and after each. */
  readonly frames: readonly Float32Array[];
  /** `[steps, p]` */
  readonly actions: Float32Array;
  /** `[steps]` */
  readonly rewards: Float32Array;
}

/**
 * Copies a frame into one channel of an image, moved by whole pixels, its border repeated (the random shift
 * of Yarats et al. 2021: pad by the border, crop at random).
 *
 * @param out `[size, size, channels]`
 */
export function shiftedCopy(
  frame: Float32Array,
  { out, size, channels, channel, down, right }: {
    readonly out: Float32Array;
    readonly size: number;
    readonly channels: number;
    readonly channel: number;
    readonly down: number;
    readonly right: number;
  },
): void {
  const inside = (i: number) => Math.min(Math.max(i, 0), size - 1);
  for (let row = 0, at = channel; row < size; row++) {
    const from = inside(row - down) * size;
    for (let column = 0; column < size; column++, at += channels) {
      out[at] = frame[from + inside(column - right)];
    }
  }
}

/** Experience replay of images: all windows are equally likely, each image is shifted for itself. */
export class PixelReplay {
  readonly #episodes: PixelEpisode[] = [];
  readonly #windows: { readonly episode: number; readonly start: number }[] = [];

  /** Makes an empty one. */
  constructor(readonly options: PixelReplayOptions) {}

  /** Number of windows. */
  get count(): number {
    return this.#windows.length;
  }

  /** Adds all windows of an episode. */
  add(episode: PixelEpisode): void {
    const { horizon } = this.options;
    for (let start = 0; start + horizon <= episode.rewards.length; start++) {
      this.#windows.push({ episode: this.#episodes.length, start });
    }
    this.#episodes.push(episode);
  }

  /** Fills a batch with random windows. */
  fill(batch: HostTree<PixelBatch>, stream: Stream): void {
    const { size, frames, actionSize: p, horizon, shift = 0 } = this.options;
    const [images, actions, rewards] = [batch.images, batch.actions, batch.rewards].map(({ data }) =>
      data as Float32Array
    );
    const columns = rewards.length, pixels = size * size * frames;
    for (let column = 0; column < columns; column++) {
      const { episode, start } = this.#windows[stream.nextInteger(this.count)];
      const own = this.#episodes[episode];
      for (let k = 0; k <= horizon; k++) {
        const at = (k * columns + column) * pixels;
        const move = () => shift === 0 ? 0 : stream.nextInteger(2 * shift + 1) - shift;
        stackFrames(own.frames, {
          ...{ last: start + k, size, frames, out: images.subarray(at, at + pixels) },
          ...{ down: move(), right: move() },
        });
      }
      for (let k = 0; k < horizon; k++) {
        actions.set(own.actions.subarray((start + k) * p, (start + k + 1) * p), (k * columns + column) * p);
      }
      rewards[column] = own.rewards[start];
    }
  }
}

/** Writes the frames up to a time as channels, the oldest first; before the first it stands still. */
export function stackFrames(
  all: readonly Float32Array[],
  { last, frames, down = 0, right = 0, ...image }: {
    readonly last: number;
    readonly frames: number;
    readonly size: number;
    readonly out: Float32Array;
    readonly down?: number;
    readonly right?: number;
  },
): void {
  for (let channel = 0; channel < frames; channel++) {
    const frame = all[Math.max(0, last - frames + 1 + channel)];
    shiftedCopy(frame, { ...image, channels: frames, channel, down, right });
  }
}
