import type { Stream } from "../../random/mod.ts";

/** Options of {@link augmentImage}. */
export interface AugmentOptions {
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** Numbers of a pixel. */
  readonly channels: number;
  /** Decides what happens to this image. */
  readonly stream: Stream;
  /** Pixels of padding on each side before a crop of the old size. @default 4 */
  readonly pad?: number;
  /** What the padding holds, by channel, e.g. black after normalisation. @default 0 */
  readonly padding?: readonly number[];
  /** Side of the square that is set to 0; it may reach over the edge. 0: none. @default 16 */
  readonly cutout?: number;
}

/**
 * Random crop after padding, horizontal flip with probability ½, and cutout (DeVries and Taylor 2017).
 *
 * As in the released code of Shakerinava et al. 2024, but without its AutoAugment policy.
 *
 * @param out Gets the new image, [height, width, channels].
 * @param image Normalised, of the same layout; not `out`.
 */
export function augmentImage(out: Float32Array, image: Float32Array, options: AugmentOptions): void {
  const { height, width, channels, stream, pad = 4, padding = [], cutout = 16 } = options;
  const down = stream.nextInteger(2 * pad + 1) - pad;
  const right = stream.nextInteger(2 * pad + 1) - pad;
  const flip = stream.nextInteger(2) === 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromY = y + down, fromX = (flip ? width - 1 - x : x) + right;
      const inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
      for (let c = 0; c < channels; c++) {
        out[(y * width + x) * channels + c] = inside
          ? image[(fromY * width + fromX) * channels + c]
          : padding[c] ?? 0;
      }
    }
  }
  if (cutout === 0) return;
  const top = stream.nextInteger(height) - Math.floor(cutout / 2);
  const left = stream.nextInteger(width) - Math.floor(cutout / 2);
  for (let y = Math.max(0, top); y < Math.min(height, top + cutout); y++) {
    const [from, to] = [Math.max(0, left), Math.min(width, left + cutout)];
    out.fill(0, (y * width + from) * channels, (y * width + to) * channels);
  }
}
