/**
 * The order that the C++ library's (libstdc++) `nth_element` leaves behind, which decides ties in
 * scikit-learn's k-d tree: quickselect on the median of three, and a heap once that took 2 ⌊log₂ n⌋ rounds.
 */

type Less = (a: number, b: number) => boolean;

/** Moves the `nth` smallest item to its place, smaller ones before it and larger ones behind it. */
export function partition(items: Int32Array, nth: number, less: Less): void {
  let first = 0, last = items.length;
  for (let rounds = 2 * (31 - Math.clz32(items.length)); last - first > 3; rounds--) {
    if (rounds === 0) return selectByHeap(items.subarray(first, last), nth - first, less);
    const cut = split(items, { first, last, less });
    if (cut <= nth) first = cut;
    else last = cut;
  }
  for (let i = first + 1; i < last; i++) {
    for (let j = i; j > first && less(items[j], items[j - 1]); j--) swap(items, j, j - 1);
  }
}

/** Splits items[first..last−1] at the median of three of them; returns where the upper part begins. */
function split(
  items: Int32Array,
  { first, last, less }: { readonly first: number; readonly last: number; readonly less: Less },
): number {
  const a = first + 1, b = first + ((last - first) >> 1), c = last - 1;
  const [low, high] = less(items[a], items[b]) ? [a, b] : [b, a];
  swap(items, first, less(items[c], items[low]) ? low : less(items[high], items[c]) ? high : c);
  const pivot = items[first];
  let i = first + 1, j = last;
  for (;;) {
    while (less(items[i], pivot)) i++;
    j--;
    while (less(pivot, items[j])) j--;
    if (i >= j) return i;
    swap(items, i, j);
    i++;
  }
}

/** A heap (largest first) of the nth + 1 smallest so far, whose root finally goes to place nth. */
function selectByHeap(items: Int32Array, nth: number, less: Less): void {
  const size = nth + 1;
  for (let parent = (size - 2) >> 1; parent >= 0; parent--) {
    sink(items, { hole: parent, size, value: items[parent], less });
  }
  for (let i = size; i < items.length; i++) {
    if (!less(items[i], items[0])) continue;
    const value = items[i];
    items[i] = items[0];
    sink(items, { hole: 0, size, value, less });
  }
  swap(items, 0, nth);
}

/** Fills the hole with the larger child down to a leaf, then lets the value rise from there. */
function sink(
  items: Int32Array,
  options: { readonly hole: number; readonly size: number; readonly value: number; readonly less: Less },
): void {
  const { hole: top, size, value, less } = options;
  let hole = top;
  for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && !less(items[child + 1], items[child])) child++;
    items[hole] = items[child];
    hole = child;
  }
  for (let parent = (hole - 1) >> 1; hole > top && less(items[parent], value); parent = (hole - 1) >> 1) {
    items[hole] = items[parent];
    hole = parent;
  }
  items[hole] = value;
}

function swap(items: Int32Array, i: number, j: number): void {
  const held = items[i];
  items[i] = items[j];
  items[j] = held;
}
