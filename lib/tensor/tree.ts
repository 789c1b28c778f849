/** What makes a value a leaf of a tree: tensors and host tensors both have it. */
export interface Leaf {
  /** Element type. */
  readonly dtype: string;
  /** Length of each axis. */
  readonly shape: readonly number[];
}

/** The tree `T` with every leaf replaced by `R`. */
export type MapLeaves<T, R> = T extends Leaf ? R : { [K in keyof T]: MapLeaves<T[K], R> };

/** The leaf type of the tree `T`. */
export type LeafOf<T> = T extends Leaf ? T
  : T extends readonly (infer Item)[] ? LeafOf<Item>
  : { [K in keyof T]: LeafOf<T[K]> }[keyof T];

/** A tree taken apart, see {@link flattenTree}. */
export interface FlatTree<L extends Leaf = Leaf> {
  /** Leaves in deterministic order: list entries by index, record entries by sorted key. */
  readonly leaves: readonly L[];
  /** Where each leaf is, e.g. `layers[0].weight` (empty for a tree that is one leaf). */
  readonly paths: readonly string[];
}

function isLeaf(value: unknown): value is Leaf {
  const leaf = value as Partial<Leaf> | null;
  return typeof leaf === "object" && leaf !== null && typeof leaf.dtype === "string" &&
    Array.isArray(leaf.shape);
}

/** Children in order, each with its key as text for a path. Entries that are `undefined` count as absent. */
function children(tree: unknown, path: string): [key: string | number, child: unknown, path: string][] {
  if (Array.isArray(tree)) return tree.map((child, index) => [index, child, `${path}[${index}]`]);
  const prototype = typeof tree === "object" && tree !== null ? Object.getPrototypeOf(tree) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `Cannot read the tree as its leaf "${path}" must be a tensor: current value is ${String(tree)}`,
    );
  }
  const record = tree as Record<string, unknown>;
  return Object.keys(record).filter((key) => record[key] !== undefined).sort()
    .map((key) => [key, record[key], path === "" ? key : `${path}.${key}`]);
}

function rebuild(tree: unknown, path: string, leaf: (leaf: Leaf, path: string) => unknown): unknown {
  if (isLeaf(tree)) return leaf(tree, path);
  const entries = children(tree, path).map(
    ([key, child, childPath]) => [key, rebuild(child, childPath, leaf)] as const,
  );
  return Array.isArray(tree) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

/**
 * Lists the leaves of a tree (nested records and lists) with their paths.
 *
 * @param tree Nested records and lists whose leaves are tensors or host tensors.
 * @throws {TypeError} If a leaf is something else (the message names its path).
 *
 * @example
 * ```ts
 * import { flattenTree, tf } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const params = { layers: [{ weight: tf.zeros([2, 3]), bias: tf.zeros([3]) }] };
 * assert.deepEqual(flattenTree(params).paths, ["layers[0].bias", "layers[0].weight"]);
 * tf.dispose(params);
 * ```
 */
export function flattenTree<T>(tree: T): FlatTree<LeafOf<T> & Leaf>;
/** Where the tree's type is not known, its leaves' is given: `flattenTree<HostTensor>(tree)`. */
export function flattenTree<L extends Leaf>(tree: unknown): FlatTree<L>;
export function flattenTree(tree: unknown): FlatTree {
  const leaves: Leaf[] = [];
  const paths: string[] = [];
  rebuild(tree, "", (leaf, path) => {
    leaves.push(leaf);
    paths.push(path);
  });
  return { leaves, paths };
}

/**
 * Builds a tree of the form of `like` from leaves in the order of {@link flattenTree}.
 *
 * @param like Any tree of the wanted form; only its records, lists and number of leaves matter.
 * @param leaves As many leaves as `like` has.
 * @throws {RangeError} If the number of leaves differs.
 */
export function unflattenTree<T, R>(like: T, leaves: readonly R[]): MapLeaves<T, R>;
/** Where the tree's type is not known, the result's is given: `unflattenTree<HostTree<P>>(like, leaves)`. */
export function unflattenTree<Result>(like: unknown, leaves: readonly unknown[]): Result;
export function unflattenTree(like: unknown, leaves: readonly unknown[]): unknown {
  const { leaves: { length } } = flattenTree(like);
  if (leaves.length !== length) {
    throw new RangeError(
      `Cannot build the tree as the number of leaves must be ${length}: current value is ${leaves.length}`,
    );
  }
  let next = 0;
  return rebuild(like, "", () => leaves[next++]);
}

/**
 * Applies a function to every leaf of a tree.
 *
 * @param tree Nested records and lists of tensors (or host tensors).
 * @param f Given the leaf and its path.
 */
export function mapTree<T, R>(tree: T, f: (leaf: LeafOf<T> & Leaf, path: string) => R): MapLeaves<T, R>;
/**
 * Where the tree's type is not known, its leaves' and the result's are given:
 * `mapTree<HostTensor, P>(tree, f)`.
 */
export function mapTree<L extends Leaf, Result>(tree: unknown, f: (leaf: L, path: string) => unknown): Result;
export function mapTree(tree: unknown, f: (leaf: never, path: string) => unknown): unknown {
  return rebuild(tree, "", f as (leaf: Leaf, path: string) => unknown);
}

/**
 * Applies a function to the leaves of several trees of the same form, leaf by leaf.
 *
 * @param trees At least one tree; `f` gets one leaf of each.
 * @throws {TypeError} If the forms differ (the message names the first path that does).
 *
 * @example
 * ```ts
 * import { tf, zipTrees } from "@refigure/refigure";
 * import assert from "node:assert/strict";
 *
 * const sum = zipTrees([{ w: tf.scalar(1) }, { w: tf.scalar(2) }], ([a, b]) => a.add(b));
 * assert.equal(sum.w.dataSync()[0], 3);
 * ```
 */
export function zipTrees<T, R>(
  trees: readonly T[],
  f: (leaves: readonly (LeafOf<T> & Leaf)[], path: string) => R,
): MapLeaves<T, R> {
  const flat = trees.map((tree) => flattenTree(tree));
  const { paths } = flat[0];
  for (const other of flat) {
    for (let i = 0; i < Math.max(paths.length, other.paths.length); i++) {
      if (paths[i] !== other.paths[i]) {
        throw new TypeError(
          `Cannot zip trees as leaf "${paths[i] ?? other.paths[i]}" must be in all of them: ` +
            `current value is "${paths[i] === undefined ? "(absent)" : other.paths[i] ?? "(absent)"}"`,
        );
      }
    }
  }
  return unflattenTree(trees[0], paths.map((path, i) => f(flat.map(({ leaves }) => leaves[i]), path)));
}
