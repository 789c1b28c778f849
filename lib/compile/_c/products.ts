/** Products of matrices and sums of products. */
import { sizeOf } from "../_graph.ts";
import { HELD } from "./expressions.ts";
import { broadcast, collapse, isWhole, type Operand, type View, whole } from "./ir.ts";
import { at, type Making } from "./making.ts";

/** A product of so few terms takes hardly longer than to write it: it joins the loop of who reads it. */
const FEW_TERMS = 4;
/** What vectors of every machine are filled with. */
const VECTOR = 8;

/** A product of few terms, element by element. */
function byTerms(
  { add, temporary, outputs: [c] }: Making,
  { a, b, shape, start }: { a: View; b: View; shape: readonly number[]; start?: View },
): void {
  const batch = shape.slice(0, -2), [m, n] = shape.slice(-2), k = a.shape[a.shape.length - 1];
  const left = broadcast(a, [...batch, m, k]) as View, right = broadcast(b, [...batch, k, n]) as View;
  const rows = shape.length - 2, columns = rows + 1;
  const map = (op: string, inputs: readonly Operand[], output: View) =>
    add({ kind: "map", op, attributes: {}, shape, inputs, output });
  const terms = Array.from({ length: k }, (_, p) => {
    const x = { ...left, shape, offset: left.offset + p * left.strides[columns] };
    const y = { ...right, shape, offset: right.offset + p * right.strides[rows] };
    const term = whole(temporary("float32", sizeOf(shape)), shape);
    map("Mul", [
      { ...x, strides: left.strides.with(columns, 0) },
      { ...y, strides: right.strides.with(rows, 0) },
    ], term);
    return term;
  });
  map("Sum", [...terms, ...start === undefined ? [] : [broadcast(start, shape)]], whole(c, shape));
}

/** Product of matrices with strides, for all entries of leading axes. */
function product(
  making: Making,
  { a, b, shape, start }: { a: View; b: View; shape: readonly number[]; start?: View },
): void {
  if (a.shape[a.shape.length - 1] <= FEW_TERMS && shape[shape.length - 1] % VECTOR === 0) {
    return byTerms(making, { a, b, shape, start });
  }
  const { add, outputs: [c] } = making;
  const rank = shape.length, batch = shape.slice(0, -2);
  const [m, n] = shape.slice(-2), k = a.shape[a.shape.length - 1];
  const lead = (view: View): readonly number[] =>
    (broadcast(view, [...batch, ...view.shape.slice(-2)]) as View).strides;
  const [as, bs] = [lead(a), lead(b)];
  const dense = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  // Entries that share the right factor are more rows of the left one.
  const keep = m > 1 ? rank - 1 : rank - 2;
  const outer = collapse(shape.slice(0, keep), [
    as.slice(0, keep),
    bs.slice(0, keep).map((stride, axis) => axis === rank - 2 ? 0 : stride),
    dense.slice(0, keep),
  ]);
  let rows = m, rowStride = as[rank - 2], rowOut = n;
  const last = outer.shape.length - 1;
  if (last >= 0 && (m > 1 || outer.strides[1][last] === 0)) {
    rows = outer.shape.pop()!;
    [rowStride, , rowOut] = outer.strides.map((list) => list.pop()!);
  }
  const s = start === undefined ? undefined : broadcast(start, shape) as View;
  add({
    kind: "call",
    name: "product",
    inputs: [a, b, ...s === undefined ? [] : [s]],
    outputs: [c],
    ...s !== undefined && isWhole(s) && a.tensor !== s.tensor && b.tensor !== s.tensor &&
      { inPlace: s.tensor },
    code(pointer) {
      const index = outer.shape.map((_, axis) => `b${axis}`);
      const moved = (access: number) =>
        index.map((name, axis) =>
          outer.strides[access][axis] === 0 ? "" : ` + ${name} * ${outer.strides[access][axis]}L`
        )
          .join("");
      const extra = s === undefined
        ? "(RfExtra){0}"
        : `(RfExtra){.s = ${at(pointer, s)}, .rs = ${s.strides[rank - 2]}, .cs = ${s.strides[rank - 1]}}`;
      const line =
        `rf_product(${rows}, ${n}, ${k}, ${at(pointer, a, moved(0))}, ${rowStride}, ${as[rank - 1]}, ` +
        `${at(pointer, b, moved(1))}, ${bs[rank - 2]}, ${bs[rank - 1]}, ${pointer(c)}${
          moved(2)
        }, ${rowOut}, ` +
        `${extra}, scratch);`;
      return [
        ...index.map((name, axis) => `for (long ${name} = 0; ${name} < ${outer.shape[axis]}; ${name}++)`),
        line,
      ];
    },
  });
}

/**
 * Product whose left factor is a matrix of rows that lie in pieces (the rows of an image that is a part of
 * another): piece by piece, side by side or, where it is transposed, one added to the other.
 */
function productInPieces(
  { add, outputs: [c] }: Making,
  { a, transposed, b, shape: [m, n], start }: {
    /** `[…rows, columns]`. */
    a: View;
    transposed: boolean;
    b: View;
    shape: readonly number[];
    start?: View;
  },
): void {
  const last = a.shape.length - 1, columns = a.strides[last];
  const { shape: lengths, strides: [steps] } = collapse(a.shape.slice(0, last), [a.strides.slice(0, last)]);
  const rows = lengths.pop() ?? 1, rowStride = steps.pop() ?? 0;
  const s = start === undefined ? undefined : broadcast(start, [m, n]) as View;
  add({
    kind: "call",
    name: "product in pieces",
    inputs: [a, b, ...s === undefined ? [] : [s]],
    outputs: [c],
    ...s !== undefined && isWhole(s) && { inPlace: s.tensor },
    code(pointer) {
      const index = lengths.map((_, axis) => `b${axis}`);
      const piece = index.reduce((text, name, axis) => `(${text}) * ${lengths[axis]} + ${name}`, "0");
      const from = `${at(pointer, a)}${index.map((name, axis) => ` + ${name} * ${steps[axis]}L`).join("")}`;
      const loops = index.map((name, axis) =>
        `for (long ${name} = 0; ${name} < ${lengths[axis]}; ${name}++)`
      );
      const given = (shift: string) =>
        s === undefined
          ? "(RfExtra){0}"
          : `(RfExtra){.s = ${at(pointer, s)}${shift}, .rs = ${s.strides[0]}, .cs = ${s.strides[1]}}`;
      const right = (shift: string) => `${at(pointer, b)}${shift}, ${b.strides[0]}, ${b.strides[1]}`;
      if (!transposed) {
        const shift = ` + (${piece}) * ${rows}L`;
        return [
          ...loops,
          `rf_product(${rows}, ${n}, ${a.shape[last]}, ${from}, ${rowStride}, ${columns}, ${right("")}, ` +
          `${pointer(c)}${shift} * ${n}, ${n}, ${
            given(s === undefined ? "" : `${shift} * ${s.strides[0]}`)
          }, scratch);`,
        ];
      }
      const more = `(RfExtra){.s = ${pointer(c)}, .rs = ${n}, .cs = 1}`;
      return [
        ...loops,
        `rf_product(${m}, ${n}, ${rows}, ${from}, ${columns}, ${rowStride}, ` +
        `${right(` + (${piece}) * ${rows}L * ${b.strides[0]}`)}, ${pointer(c)}, ${n}, ` +
        `(${piece}) == 0 ? ${given("")} : ${more}, scratch);`,
      ];
    },
  });
}

/** A view with its last two axes swapped. */
const swapped = (view: View): View => ({
  ...view,
  shape: [...view.shape.slice(0, -2), ...view.shape.slice(-2).reverse()],
  strides: [...view.strides.slice(0, -2), ...view.strides.slice(-2).reverse()],
});
const withAxis = (view: View, axis: number): View => ({
  ...view,
  shape: view.shape.toSpliced(axis, 0, 1),
  strides: view.strides.toSpliced(axis, 0, 0),
});

export function matMul(making: Making): void {
  const { node, operands, view } = making;
  let [a, b] = operands.map(view);
  let shape = [...node.outputs[0].shape];
  if (a.shape.length === 1) {
    a = withAxis(a, 0);
    shape = shape.toSpliced(shape.length - (b.shape.length === 1 ? 0 : 1), 0, 1);
  }
  if (b.shape.length === 1) {
    b = withAxis(b, 1);
    shape = [...shape, 1];
  }
  if (node.outputs[0].dtype !== "float32") return naive(making, { a, b, shape });
  product(making, { a, b, shape });
}

/** A product of integers. */
function naive(making: Making, { a, b, shape }: { a: View; b: View; shape: readonly number[] }): void {
  const batch = shape.slice(0, -2), [m, n] = shape.slice(-2), k = a.shape[a.shape.length - 1];
  const left = withAxis(broadcast(a, [...batch, m, k]) as View, batch.length + 1);
  const right = withAxis(broadcast(swapped(b), [...batch, n, k]) as View, batch.length);
  nested(making, { shape: [...batch, m, n], sums: [k], factors: [left, right] });
}

/** Sums of products over any axes, the plain way: loops over `shape`, then over `sums`. */
function nested(
  making: Making,
  { shape, sums, factors }: { shape: readonly number[]; sums: readonly number[]; factors: readonly View[] },
): void {
  const { add, outputs: [c] } = making;
  const type = HELD[c.dtype], lengths = [...shape, ...sums];
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  add({
    kind: "call",
    name: "sum of products",
    inputs: factors,
    outputs: [c],
    code(pointer) {
      const place = (steps: readonly number[]) =>
        steps.map((step, axis) => ` + i${axis} * ${step}L`).join("");
      const loop = (axis: number) => `for (long i${axis} = 0; i${axis} < ${lengths[axis]}; i${axis}++)`;
      const terms = factors.map((view) => `(${at(pointer, view)})[0${place(view.strides)}]`);
      return [
        ...shape.map((_, axis) => loop(axis)),
        `{ ${type} sum = 0;`,
        ...sums.map((_, i) => loop(shape.length + i)),
        `sum += ${terms.join(" * ")};`,
        `${pointer(c)}[0${place(strides)}] = sum; }`,
      ];
    },
  });
}

export function einsum(making: Making): void {
  const { node, operands, view } = making;
  const [left, output] = (node.attributes.equation as string).split("->");
  const given = left.split(",").map((term) => [...term]);
  const lengths = new Map(
    given.flatMap((term, k) => term.map((axis, i) => [axis, operands[k].shape[i]] as const)),
  );
  const lengthsOf = (axes: readonly string[]) => axes.map((axis) => lengths.get(axis)!);
  // What only one factor has, and the result has not, is summed first: 0 · ∞ is another thing in every term.
  const factors = operands.map(view),
    terms = given.map((term, k) => {
      const kept = [...new Set(term)].filter((axis) =>
        output.includes(axis) || given.some((other, i) => i !== k && other.includes(axis))
      );
      if (kept.length === new Set(term).size) return term;
      const own = [...new Set(term)].filter((axis) => !kept.includes(axis));
      const shape = lengthsOf(kept), sums = making.temporary(factors[k].tensor.dtype, sizeOf(shape));
      nested({ ...making, outputs: [sums] }, {
        shape,
        sums: lengthsOf(own),
        factors: [along(factors[k], { term, axes: [...kept, ...own] })],
      });
      factors[k] = whole(sums, shape);
      return kept;
    });
  const sums = [...new Set(terms.flat())].filter((axis) => !output.includes(axis));
  nested(making, {
    shape: lengthsOf([...output]),
    sums: lengthsOf(sums),
    factors: factors.map((factor, k) => along(factor, { term: terms[k], axes: [...output, ...sums] })),
  });
}

/** A factor whose axes are those of a term, along other axes; of an axis that occurs twice the diagonal. */
const along = (
  view: View,
  { term, axes }: { term: readonly string[]; axes: readonly string[] },
): View => ({
  ...view,
  shape: axes.map((axis) => view.shape[term.indexOf(axis)] ?? 1),
  strides: axes.map((axis) => term.reduce((sum, own, i) => own === axis ? sum + view.strides[i] : sum, 0)),
});

/** A product of two matrices, plus a start. */
export function gemm(making: Making): void {
  const { node: { attributes, inputs, outputs: [{ shape }] }, view, operand } = making;
  const fine = making.reshape(0);
  const [b, start] = inputs.slice(1).map((_, i) => view(operand(i + 1)));
  const right = attributes.transB === 1 ? swapped(b) : b;
  if (fine !== undefined && fine.shape[fine.shape.length - 1] === inputs[0].shape[1]) {
    return productInPieces(making, {
      a: fine,
      transposed: attributes.transA === 1,
      b: right,
      shape,
      start,
    });
  }
  const a = view(operand(0));
  product(making, { a: attributes.transA === 1 ? swapped(a) : a, b: right, shape, start });
}
