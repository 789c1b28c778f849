import type { ImageSplit, LabelledImages } from "../../../lib/data/mod.ts";
import { transformBox } from "../../../lib/methods/equivariant_adaptation/mod.ts";
import type { Box } from "../../../lib/methods/equivariant_adaptation/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import type { Photos } from "./_batches.ts";
import { GROUP, turned } from "./_photos.ts";

/** Side of a scene, and of a digit in it. */
export const SCENE = 64;
const DIGIT = 28;
/** Digits that no turn makes another digit. */
export const KINDS: readonly number[] = [2, 3, 4, 5, 7];
/** Grey from which a pixel belongs to a digit. */
const INK = 100;
const MOST_OBJECTS = 3;

/** An object of a scene. */
export interface SceneObject {
  readonly scene: number;
  /** 0 … KINDS.length − 1 */
  readonly kind: number;
  readonly box: Box;
}

/** Scenes of upright digits on a noisy ground, with a class for every pixel. */
export interface Scenes {
  /** Without labels of its own. */
  readonly photos: Photos;
  /** `[count, side²]`: 0 is the ground, k + 1 the kind k. */
  readonly classes: Uint8Array;
  readonly objects: readonly SceneObject[];
}

/** Draws scenes: one to three digits that do not overlap. */
function drawScenes(images: LabelledImages, count: number, random: Stream): Scenes {
  const area = SCENE * SCENE,
    digits = KINDS.map((digit) => [...images.labels.keys()].filter((i) => images.labels[i] === digit));
  const data = random.split("ground").uniform(new Float32Array(count * area), { high: 0.3 });
  const classes = new Uint8Array(count * area);
  const objects: SceneObject[] = [];
  const places = random.split("places");
  for (let scene = 0; scene < count; scene++) {
    const taken: Box[] = [];
    const wanted = 1 + places.nextInteger(MOST_OBJECTS);
    for (let attempt = 0; attempt < 20 && taken.length < wanted; attempt++) {
      const [x, y] = [places.nextInteger(SCENE - DIGIT + 1), places.nextInteger(SCENE - DIGIT + 1)];
      const kind = places.nextInteger(KINDS.length), of = digits[kind];
      const digit = of[places.nextInteger(of.length)];
      const clear = taken.every(([x0, y0, x1, y1]) =>
        x + DIGIT <= x0 || x >= x1 || y + DIGIT <= y0 || y >= y1
      );
      if (!clear) continue;
      taken.push([x, y, x + DIGIT, y + DIGIT]);
      let [left, top, right, bottom] = [SCENE, SCENE, 0, 0];
      for (let v = 0; v < DIGIT; v++) {
        for (let u = 0; u < DIGIT; u++) {
          const grey = images.pixels[(digit * DIGIT + v) * DIGIT + u];
          const at = scene * area + (y + v) * SCENE + x + u;
          data[at] = Math.max(data[at], grey / 255);
          if (grey < INK) continue;
          classes[at] = kind + 1;
          [left, top] = [Math.min(left, x + u), Math.min(top, y + v)];
          [right, bottom] = [Math.max(right, x + u + 1), Math.max(bottom, y + v + 1)];
        }
      }
      objects.push({ scene, kind, box: [left, top, right, bottom] });
    }
  }
  return {
    photos: { data, count, size: SCENE, channels: 1, labels: new Uint8Array(count) },
    classes,
    objects,
  };
}

/** Training scenes of training digits, test scenes of test digits; the same for all seeds of networks. */
export function scenesOf(
  { train, test }: ImageSplit,
  counts: { readonly train: number; readonly test: number },
): { readonly train: Scenes; readonly test: Scenes } {
  const random = stream(2310, "scenes");
  return {
    train: drawScenes(train, counts.train, random.split("train")),
    test: drawScenes(test, counts.test, random.split("test")),
  };
}

/** All scenes turned by quarters, their classes and boxes along with them. */
export function turnScenes({ photos, classes, objects }: Scenes, quarters: number): Scenes {
  const asPhotos: Photos = { ...photos, data: Float32Array.from(classes) };
  return {
    photos: turned(photos, 90 * quarters),
    classes: Uint8Array.from(turned(asPhotos, 90 * quarters).data),
    objects: objects.map((object) => ({
      ...object,
      box: transformBox(object.box, { group: GROUP, element: quarters, size: SCENE }),
    })),
  };
}
