import type { Tile } from "../../../lib/figures/mod.ts";

/** Classes of CIFAR-10, in short. */
export const CLASS_NAMES: readonly string[] = [
  "plane",
  "car",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** A picture of a result: grey bytes, base 64, of a square image. */
export function tileOf(encoded: string): Tile {
  const bytes = Uint8Array.fromBase64(encoded), side = Math.round(Math.sqrt(bytes.length));
  return { rows: side, columns: side, values: Array.from(bytes), domain: [0, 255] };
}

/** A histogram as a small picture: dark bars on white, each as high as its share. */
export function barsTile(counts: readonly number[], { height = 24, width = 5, gap = 2 } = {}): Tile {
  const total = Math.max(1, counts.reduce((sum, count) => sum + count, 0));
  const columns = counts.length * (width + gap) - gap;
  const values = Array.from({ length: height * columns }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)], bar = Math.floor(x / (width + gap));
    if (x % (width + gap) >= width) return 255;
    const top = height - Math.round(height * counts[bar] / total);
    return y >= top || y === height - 1 ? 40 : 255;
  });
  return { rows: height, columns, values, domain: [0, 255] };
}
