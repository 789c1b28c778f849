import type { PointClouds } from "../../../lib/data/mod.ts";
import { canonicalize, frozen, pointFrameCanonicalizer } from "../../../lib/methods/canonicalization/mod.ts";
import { dgcnn, type Network, pointNet, vnDgcnn, vnPointNet } from "../../../lib/nn/group/mod.ts";
import { hostTensor } from "../../../lib/nn/mod.ts";
import { type Stream, stream } from "../../../lib/random/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";
import type { Examples } from "./_fit.ts";
import { randomRotation, randomTurn, turnRows } from "./_rotations.ts";

/** How clouds are turned: about the upright axis, or in space. */
export type Turning = "z" | "SO(3)";

/** A network for clouds. */
export type CloudModel = {
  readonly network: "PointNet" | "DGCNN" | "VN-PointNet" | "VN-DGCNN";
  readonly canonicalizer?: "linear" | "nonlinear";
  /** The canonicalizer stays as it was drawn. */
  readonly frozen?: boolean;
};

/** Widths of all networks. */
export type CloudSizes = {
  /** k of all edges. */
  readonly neighbours: number;
  /** PointNet's layers on points. */
  readonly widths: readonly number[];
  readonly head: readonly number[];
  /**
   * Channels of VN-PointNet's vectors, on edges and then on points; absent: a third of PointNet's widths, the
   * number of floats being the same.
   */
  readonly vectors?: readonly number[];
  /** DGCNN's edge convolutions and its embedding. */
  readonly edges: readonly number[];
  readonly embedding: number;
  /** Channels of vectors of the nonlinear canonicalizer. */
  readonly channels: number;
  /** Probability that the canonicalizer leaves out a point's vector in training. */
  readonly dropout: number;
};

type Net = Network<unknown, unknown>;

/** A third of the channels, as vectors have three components. */
const third = (width: number) => Math.max(2, Math.floor(width / 3));

/** The network of a model. */
export function cloudNetwork(
  { network, canonicalizer, frozen: isFrozen = false }: CloudModel,
  { classes, sizes, segments = false }: {
    readonly classes: number;
    readonly sizes: CloudSizes;
    readonly segments?: boolean;
  },
): Net {
  const { neighbours, widths, head, edges, embedding, channels, dropout } = sizes;
  const { vectors = [widths[0], ...widths].map(third) } = sizes;
  const common = { classes, neighbours, head };
  const base: Net = network === "PointNet"
    ? pointNet({ classes, widths, head, segments })
    : network === "DGCNN"
    ? dgcnn({ ...common, widths: edges, embedding, segments })
    : network === "VN-PointNet"
    ? vnPointNet({ ...common, widths: vectors, segments })
    : vnDgcnn({ ...common, widths: edges.map(third), embedding: third(embedding), segments });
  if (canonicalizer === undefined) return base;
  const learned = pointFrameCanonicalizer({ network: canonicalizer, neighbours, channels, dropout });
  return canonicalize<unknown, unknown, unknown, unknown, Tensor, Tensor>(
    base,
    isFrozen ? frozen(learned) : learned,
  );
}

/** Clouds as examples; each is turned anew at each visit in training, and by a turn of its own in tests. */
export function cloudExamples(
  data: PointClouds,
  { points, turning, test, targets = "labels" }: {
    /** How many of a cloud's points are read, the first ones. */
    readonly points: number;
    readonly turning: Turning;
    readonly test: boolean;
    readonly targets?: "labels" | "parts";
  },
): Examples<Tensor> {
  const draw = (random: Stream) => turning === "z" ? randomTurn(random) : randomRotation(random);
  const fixed = test
    ? Array.from({ length: data.shapes }, (_, i) => draw(stream(2211, "test turns", turning, String(i))))
    : [];
  const kinds = targets === "labels" ? data.classes.length : data.partNames!.length;
  return {
    rows: data.shapes,
    shape: [points, 3],
    example: (batch) => hostTensor(new Float32Array(batch * points * 3), [batch, points, 3]),
    fill(x, rows, random) {
      const out = (x as { data: Float32Array }).data;
      rows.forEach((row, i) => {
        const to = out.subarray(i * points * 3, (i + 1) * points * 3);
        const from = row * data.points * 3;
        to.set(data.coordinates.subarray(from, from + points * 3));
        turnRows(to, test ? fixed[row] : draw(random!));
      });
    },
    targetSize: targets === "labels" ? kinds : points * kinds,
    target(out, row) {
      if (targets === "labels") out[data.labels[row]] = 1;
      else for (let i = 0; i < points; i++) out[i * kinds + data.parts![row * data.points + i]] = 1;
    },
  };
}

/** The first shapes of each class, and what is left: for choosing settings without the test split. */
export function heldOut(data: PointClouds, share: number): { train: PointClouds; valid: PointClouds } {
  const seen = new Map<number, number>(), total = new Map<number, number>();
  data.labels.forEach((label) => total.set(label, (total.get(label) ?? 0) + 1));
  const rows: [number[], number[]] = [[], []];
  data.labels.forEach((label, row) => {
    const count = seen.get(label) ?? 0;
    seen.set(label, count + 1);
    rows[count < (1 - share) * total.get(label)! ? 0 : 1].push(row);
  });
  return { train: takeShapes(data, rows[0]), valid: takeShapes(data, rows[1]) };
}

function takeShapes(data: PointClouds, rows: readonly number[]): PointClouds {
  const size = data.points * 3;
  const coordinates = new Float32Array(rows.length * size);
  rows.forEach((row, i) =>
    coordinates.set(data.coordinates.subarray(row * size, (row + 1) * size), i * size)
  );
  return {
    ...data,
    shapes: rows.length,
    coordinates,
    labels: Uint8Array.from(rows, (row) => data.labels[row]),
  };
}
