import { BATCH, eachNearPair, eachPair, type PairBatch } from "./_pairs.ts";
import type { PairPlaces } from "./_tally.ts";
import { cubicRegions } from "./jackknife.ts";
import type { CorrelationOptions, GalaxySample } from "./orientation_correlations.ts";

/** Selected pairs within the bins. */
export interface BinnedPairs extends PairBatch, PairPlaces {
  count: number;
  /** Galaxies of each that have an axis, 0 to 2. */
  readonly ends: Uint8Array;
  /** 1 where both have. */
  readonly both: Uint8Array;
}

/** Gets the pairs batch by batch; the batch is the same object every time. */
export type BinnedPairVisitor = (pairs: BinnedPairs) => void;

/** Options of {@link eachBinnedPair}. */
export interface BinnedPairOptions extends CorrelationOptions {
  /** Take separations across z, of pairs that are less far apart along it, Mpc/h. @default undefined */
  readonly depth?: number;
}

/**
 * Visits the selected pairs of a sample.
 *
 * @throws {RangeError} If the edges do not rise from 0 or more, or do not fit into half the box.
 * @throws {TypeError} If pairs are to be selected by group, and there are no groups.
 */
export function eachBinnedPair(
  sample: GalaxySample,
  options: BinnedPairOptions,
  visit: BinnedPairVisitor,
): void {
  const { box, positions, groups } = sample;
  const { edges, depth, pairs: selection = "all", oriented, regionsPerSide = 3, search = "grid" } = options;
  checkSample(sample);
  checkEdges(edges, box);
  if (selection !== "all" && groups === undefined) {
    throw new TypeError(`Cannot select ${selection} pairs as groups must be given: they are not`);
  }
  const group = selection === "all" ? undefined : groups, wanted = selection === "one-halo";
  const squaredEdges = Float64Array.from(edges, (edge) => edge * edge);
  const region = cubicRegions(positions, { box, perSide: regionsPerSide });
  const has = orientedOf(sample, oriented);
  const bins = edges.length - 1, regions = regionsPerSide ** 3;
  const find = search === "grid" ? eachNearPair : eachPair;
  let places: BinnedPairs | undefined;
  find(positions, { box, radius: edges.at(-1)!, depth }, (pairs) => {
    places ??= {
      ...pairs,
      bin: new Int32Array(BATCH),
      firstPlace: new Int32Array(BATCH),
      secondPlace: new Int32Array(BATCH),
      ends: new Uint8Array(BATCH),
      both: new Uint8Array(BATCH),
    };
    const { count, first, second, dx, dy, dz, square } = pairs;
    const { bin, firstPlace, secondPlace, ends, both } = places;
    let kept = 0;
    for (let p = 0; p < count; p++) {
      const i = first[p], j = second[p], own = binOf(squaredEdges, square[p]);
      if (own < 0 || (group !== undefined && (group[i] === group[j]) !== wanted)) continue;
      if (kept < p) {
        first[kept] = i;
        second[kept] = j;
        dx[kept] = dx[p];
        dy[kept] = dy[p];
        dz[kept] = dz[p];
        square[kept] = square[p];
      }
      const k = region[i], l = region[j];
      bin[kept] = own;
      firstPlace[kept] = k * bins + own;
      secondPlace[kept] = (k === l ? regions : l) * bins + own;
      ends[kept] = has[i] + has[j];
      both[kept] = has[i] & has[j];
      kept++;
    }
    places.count = kept;
    if (kept > 0) visit(places);
  });
}

/** 1 for each galaxy that has an axis, else 0 `[N]`. */
export function orientedOf(
  { positions }: GalaxySample,
  oriented: CorrelationOptions["oriented"],
): Uint8Array {
  return Uint8Array.from(
    { length: positions.length / 3 },
    (_, i) => oriented === undefined || oriented[i] === 1 ? 1 : 0,
  );
}

/**
 * The bin of a squared separation, or −1 outside; edges are squared, too. Most pairs are in the outer bins.
 */
function binOf(squaredEdges: Float64Array, square: number): number {
  let bin = squaredEdges.length - 1;
  if (square >= squaredEdges[bin]) return -1;
  while (bin >= 0 && square < squaredEdges[bin]) bin--;
  return bin;
}

/** @throws {RangeError} If the box is not positive, or a position not finite: no pair would be found. */
function checkSample({ box, positions, groups }: GalaxySample): void {
  if (!(box > 0 && box < Infinity)) {
    throw new RangeError(`Cannot correlate as box must be finite and > 0: current value is ${box}`);
  }
  const wrong = Array.prototype.findIndex.call(positions, (value: number) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot correlate as positions must be finite: current value of galaxy ${Math.floor(wrong / 3)} is ` +
        `${positions[wrong]}`,
    );
  }
  if (groups !== undefined && groups.length !== positions.length / 3) {
    throw new RangeError(
      `Cannot correlate as there must be a group for each of ${positions.length / 3} galaxies: ` +
        `current value is ${groups.length}`,
    );
  }
}

/** @throws {RangeError} If the edges do not rise from 0 or more, or do not fit into half the box. */
function checkEdges(edges: readonly number[], box: number): void {
  const rising = edges.length >= 2 && edges[0] >= 0 &&
    edges.every((edge, b) => b === 0 || edge > edges[b - 1]);
  if (!rising) {
    throw new RangeError(
      `Cannot correlate as the bins' edges must rise from >= 0: current value is ${edges}`,
    );
  }
  if (edges.at(-1)! > box / 2) {
    throw new RangeError(
      `Cannot correlate as bins must end within half the box, ${box / 2}: current value is ${edges.at(-1)}`,
    );
  }
}
