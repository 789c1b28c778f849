/** A mask of pixels that is said to be an object. */
export interface DetectedMask {
  /** Which image it is in. */
  readonly image: number;
  /** Its class. @default 0 */
  readonly label?: number;
  /** Higher = more certain. */
  readonly score: number;
  /** `[pixels]`, not 0 within the object. */
  readonly mask: Uint8Array;
}

/** An object's true mask. */
export type TrueMask = Omit<DetectedMask, "score">;

/** IoU thresholds 0.5, 0.55, …, 0.95. */
const THRESHOLDS = Array.from({ length: 10 }, (_, k) => (50 + 5 * k) / 100);
/** Recalls 0, 0.01, …, 1 at which precision is read. */
const RECALLS = 101;

/**
 * Intersection over union of two masks: 0 where both are empty.
 *
 * @throws {TypeError} If they differ in size.
 */
export function maskIou(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) {
    throw new TypeError(
      `Cannot compare masks as they must have the same number of pixels: current values are ${a.length} and ${b.length}`,
    );
  }
  let both = 0, either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) either++;
  }
  return either === 0 ? 0 : both / either;
}

/**
 * COCO's average precision of masks, AP@[.5:.95]: the mean over IoU thresholds 0.5, 0.55, …, 0.95 (and over
 * the classes that occur) of the area under the precision–recall curve, read at 101 recalls, where a
 * precision counts as the best of all recalls that are no lower (Lin et al. 2014).
 *
 * Detections are taken in the order of their scores; each finds the free object of its image and class with
 * which it overlaps most, if the overlap reaches the threshold, or is wrong.
 *
 * Differs from COCO's tool: no crowds, no ranges of areas, no limit on detections.
 *
 * @returns in [0, 1].
 * @throws {RangeError} If there is no object.
 *
 * @example
 * ```ts
 * import { maskAveragePrecision } from "@refigure/refigure/stats";
 * import assert from "node:assert/strict";
 *
 * const truth = [{ image: 0, mask: Uint8Array.of(1, 1, 1, 0) }];
 * // An overlap of 2/3 counts at 0.5, 0.55, 0.6 and 0.65.
 * const found = [{ image: 0, score: 0.9, mask: Uint8Array.of(1, 1, 0, 0) }];
 * assert.ok(Math.abs(maskAveragePrecision(found, truth) - 0.4) < 1e-12);
 * ```
 */
export function maskAveragePrecision(
  detections: readonly DetectedMask[],
  objects: readonly TrueMask[],
): number {
  if (objects.length === 0) {
    throw new RangeError("Cannot rate masks as there must be an object: current value is none");
  }
  const labels = new Set(objects.map(({ label = 0 }) => label));
  const each = [...labels].map((label) => {
    const of = <T extends { readonly label?: number }>(all: readonly T[]) =>
      all.filter((item) => (item.label ?? 0) === label);
    return ofOneClass(of(detections), of(objects));
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

function ofOneClass(detections: readonly DetectedMask[], objects: readonly TrueMask[]): number {
  const order = detections.toSorted((a, b) => b.score - a.score);
  const overlaps = order.map(({ image, mask }) =>
    objects.flatMap((object, k) => object.image === image ? [{ k, iou: maskIou(mask, object.mask) }] : [])
      .sort((a, b) => b.iou - a.iou)
  );
  const areas = THRESHOLDS.map((threshold) => {
    const taken = new Set<number>();
    const right = overlaps.map((candidates) => {
      const match = candidates.find(({ k, iou }) => iou >= threshold && !taken.has(k));
      if (match !== undefined) taken.add(match.k);
      return match !== undefined;
    });
    return precisionArea(right, objects.length);
  });
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/** The mean over 101 recalls of the best precision at that recall or a higher one. */
function precisionArea(right: readonly boolean[], count: number): number {
  let hits = 0;
  const points = right.map((hit, i) => {
    if (hit) hits++;
    return { recall: hits / count, precision: hits / (i + 1) };
  });
  for (let i = points.length - 2; i >= 0; i--) {
    points[i].precision = Math.max(points[i].precision, points[i + 1].precision);
  }
  let sum = 0;
  for (let k = 0, at = 0; k < RECALLS; k++) {
    while (at < points.length && points[at].recall < k / (RECALLS - 1) - 1e-12) at++;
    if (at < points.length) sum += points[at].precision;
  }
  return sum / RECALLS;
}
