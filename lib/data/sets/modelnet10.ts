import { partShapeSplit, type PointClouds, type PointSplit } from "../generators/mod.ts";
import type { DataFile, DataSet } from "../types.ts";

/** What `index.json` says of a split. */
interface SplitIndex {
  readonly shapes: number;
  readonly labels: readonly number[];
}

const BY_HAND =
  "clouds made from github.com/molivas2022/modelNet10classifier at commit f5277c6: 1 024 points of each " +
  "`ModelNet10/pcd` file, centred, scaled to the unit sphere, as int16 of 32 767 x";

/** Reads int16 coordinates of 32 767 to the unit. */
function readClouds(
  bytes: Uint8Array,
  { index, classes, points }: { index: SplitIndex; classes: readonly string[]; points: number },
): PointClouds {
  const { shapes, labels } = index, size = shapes * points * 3;
  if (bytes.length !== 2 * size || labels.length !== shapes) {
    throw new SyntaxError(
      `Cannot read clouds as there must be ${2 * size} bytes and ${shapes} labels: ` +
        `current value is ${bytes.length} and ${labels.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const coordinates = Float32Array.from({ length: size }, (_, i) => view.getInt16(2 * i, true) / 32767);
  return { shapes, points, coordinates, labels: Uint8Array.from(labels), classes };
}

const file = (path: string, bytes: number, sha256: string): DataFile => ({
  path,
  bytes,
  sha256,
  byHand: BY_HAND,
});

/**
 * ModelNet10 as clouds of 1 024 points (Wu et al. 2015): `modelnet10/points` ({@link PointSplit}), the first
 * 120 training shapes of each class (bathtub has 106) and the whole official test split, upright.
 *
 * The stand-in has 20 and 10 procedural shapes of each of ten other classes, with 256 points.
 */
export const MODELNET10: readonly DataSet<PointSplit>[] = [{
  name: "modelnet10/points",
  title: "ModelNet10, 1 186 and 908 clouds of 1 024 points",
  licence: "for academic research only (Princeton); the copyright of the models is their authors'",
  module: import.meta.url,
  folder: "modelnet10-points",
  files: [
    file("index.json", 37578, "8af390f03b81b3b4cf0b5f0e92b96374487d3412a2fd7df17e89fdf5430f4b3e"),
    {
      ...file("train.i16.gz", 6884986, "509f5604d93345db0bcb14f97ab0753abd8d7cf18f51202787edf3c6ee6364c0"),
      gzip: true,
      unpackedBytes: 7286784,
    },
    {
      ...file("test.i16.gz", 5270565, "3488514a4bc89302337f265a10931cd580194fc25f76c5086270de38436add15"),
      gzip: true,
      unpackedBytes: 5578752,
    },
  ],
  parse([indexBytes, trainBytes, testBytes]) {
    const { classes, points, train, test } = JSON.parse(new TextDecoder().decode(indexBytes)) as {
      readonly classes: readonly string[];
      readonly points: number;
      readonly train: SplitIndex;
      readonly test: SplitIndex;
    };
    return {
      train: readClouds(trainBytes, { index: train, classes, points }),
      test: readClouds(testBytes, { index: test, classes, points }),
    };
  },
  standIn: () => partShapeSplit({ train: 20, test: 10, points: 256 }),
}];

/**
 * Procedural shapes with part labels ({@link PointSplit}), a stand-in for ShapeNet-Part of which nothing was
 * published: `part-shapes/ten`, 80 and 20 shapes of ten classes with 512 points, and `part-shapes/four`, 20
 * and 10 of four with 64.
 */
export const PART_SHAPES: readonly DataSet<PointSplit>[] = [
  ["ten", "Procedural shapes of ten classes with part labels", { train: 80, test: 20, points: 512 }] as const,
  ["four", "Procedural shapes of four classes with part labels", {
    train: 20,
    test: 10,
    points: 64,
    classes: ["chair", "table", "mug", "airplane"],
  }] as const,
].map(([name, title, options]): DataSet<PointSplit> => ({
  name: `part-shapes/${name}`,
  title,
  licence: "MIT (made by this project)",
  module: import.meta.url,
  folder: "part-shapes",
  files: [],
  standIn: () => partShapeSplit(options),
}));
