import type { Matrix } from "../stats/mod.ts";

/** A binary tree of bounding boxes over points (a k-d tree that keeps tight boxes), as flat arrays. */
export interface BoxTree {
  readonly columns: number;
  /** `[points]`, point indices leaf by leaf. */
  readonly order: Int32Array;
  /** `[points, columns]`, the points in that order. */
  readonly points: Float64Array;
  /** `[nodes, columns]`, least coordinate in each node. */
  readonly lower: Float64Array;
  /** `[nodes, columns]`, greatest coordinate in each node. */
  readonly upper: Float64Array;
  /** `[nodes]`, the node's points are `order[start..end−1]`. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** `[nodes]`, children; −1 in a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
}

const LEAF_SIZE = 32;

/** Builds the tree: a node of more than 32 points is halved at the median of its widest coordinate. */
export function buildBoxTree({ data, rows, columns }: Matrix): BoxTree {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const nodes: {
    start: number;
    end: number;
    left: number;
    right: number;
    lower: number[];
    upper: number[];
  }[] = [];

  function build(start: number, end: number): number {
    const lower: number[] = new Array(columns).fill(Infinity);
    const upper: number[] = new Array(columns).fill(-Infinity);
    for (let i = start; i < end; i++) {
      for (let j = 0; j < columns; j++) {
        const value = data[order[i] * columns + j];
        if (value < lower[j]) lower[j] = value;
        if (value > upper[j]) upper[j] = value;
      }
    }
    const node = { start, end, left: -1, right: -1, lower, upper };
    const id = nodes.push(node) - 1;
    if (end - start > LEAF_SIZE) {
      let widest = 0;
      for (let j = 1; j < columns; j++) {
        if (upper[j] - lower[j] > upper[widest] - lower[widest]) widest = j;
      }
      const key = (i: number) => data[i * columns + widest];
      order.subarray(start, end).sort((a, b) => key(a) - key(b) || a - b);
      const middle = (start + end) >> 1;
      node.left = build(start, middle);
      node.right = build(middle, end);
    }
    return id;
  }
  build(0, rows);

  const points = new Float64Array(data.length);
  order.forEach((i, at) => points.set(data.subarray(i * columns, (i + 1) * columns), at * columns));
  return {
    columns,
    order,
    points,
    lower: Float64Array.from(nodes.flatMap((node) => node.lower)),
    upper: Float64Array.from(nodes.flatMap((node) => node.upper)),
    start: Int32Array.from(nodes, (node) => node.start),
    end: Int32Array.from(nodes, (node) => node.end),
    left: Int32Array.from(nodes, (node) => node.left),
    right: Int32Array.from(nodes, (node) => node.right),
  };
}
