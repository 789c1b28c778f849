/** Matrix products. */
import { broadcastShape, type Graph, sizeOf, type Value } from "../_graph.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { reduce } from "./reduction.ts";
import type { KernelCall, KernelRows } from "./row.ts";

/** A factor of a product of matrices. */
export interface Factor {
  readonly value: Value;
  readonly transposed: boolean;
}

/** Takes a transposition of the last two axes out of a factor. */
function untransposed({ value, transposed }: Factor): Factor {
  const perm = value.node?.op === "Transpose" ? value.node.attributes.perm as readonly number[] : undefined;
  const rank = value.shape.length;
  if (
    perm === undefined || perm[rank - 1] !== rank - 2 || perm.some((axis, i) => i < rank - 2 && axis !== i)
  ) {
    return { value, transposed };
  }
  return { value: value.node!.inputs[0], transposed: !transposed };
}

/** Swaps the last two axes. */
function swapped(graph: Graph, { value, transposed }: Factor): Value {
  const rank = value.shape.length;
  const perm = value.shape.map((_, i) => i < rank - 2 ? i : 2 * rank - 3 - i);
  return transposed ? graph.transpose(value, perm) : value;
}

export function matMul(graph: Graph, a: Factor, b: Factor): Value {
  const { value: { shape: aShape, dtype } } = a;
  const { value: { shape: bShape } } = b;
  const rows = aShape[aShape.length - (a.transposed ? 1 : 2)];
  const columns = bShape[bShape.length - (b.transposed ? 2 : 1)];
  const batch = broadcastShape([aShape.slice(0, -2), bShape.slice(0, -2)]);
  const type = { dtype, shape: [...batch, rows, columns] };
  // A sum of no products.
  if (sizeOf(aShape) === 0 || sizeOf(bShape) === 0) {
    return graph.splat(0, { ...type, dtype: dtype as "float32" });
  }
  // Gemm takes transposed matrices as they lie in memory, but neither batches nor integers.
  if (batch.length > 0 || dtype !== "float32") {
    return graph.node("MatMul", [swapped(graph, a), swapped(graph, b)], type);
  }
  const [left, right] = [untransposed(a), untransposed(b)];
  const attributes = { transA: left.transposed ? 1 : 0, transB: right.transposed ? 1 : 0 };
  return graph.node("Gemm", [left.value, right.value], type, attributes);
}

/** Names of the activations that TensorFlow.js fuses, as kernels. */
const FUSED: Readonly<Record<string, string>> = {
  elu: "Elu",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
  relu: "Relu",
  relu6: "Relu6",
  sigmoid: "Sigmoid",
};

/** The activation that TensorFlow.js fuses into a kernel; `alpha` are PReLU's slopes. */
export function activate(
  graph: Graph,
  x: Value,
  { attributes, alpha }: { attributes: KernelCall["attributes"]; alpha?: Value },
): Value {
  const { activation, leakyreluAlpha } = attributes;
  if (activation === undefined || activation === null || activation === "linear") return x;
  const { lower } = ELEMENTWISE[FUSED[activation]];
  const inputs: KernelCall["inputs"] = alpha === undefined ? { x } : { x, alpha };
  return lower({ graph, inputs, attributes: { alpha: leakyreluAlpha } }) as Value;
}

export const MATRIX: KernelRows = {
  Einsum: {
    lower({ graph, inputs, attributes }) {
      const factors = Object.values(inputs);
      const equation = (attributes.equation as string).replace(/\s/g, "");
      const [left, output] = equation.split("->");
      const terms = left.split(",");
      const lengths = new Map(
        terms.flatMap((term, k) => [...term].map((axis, i) => [axis, factors[k].shape[i]] as const)),
      );
      const shape = [...output].map((axis) => lengths.get(axis)!);
      if (factors.length === 1) {
        const [term] = terms;
        const axes = [...term].map((_, i) => i).filter((i) => !output.includes(term[i]));
        const kept = [...term].filter((axis) => output.includes(axis));
        const sum = reduce(graph, "ReduceSum", factors[0], { axes });
        return graph.transpose(sum, [...output].map((axis) => kept.indexOf(axis)));
      }
      const type = { dtype: factors[0].dtype as "float32", shape };
      if (factors.some((factor) => sizeOf(factor.shape) === 0)) return graph.splat(0, type);
      return graph.node("Einsum", factors, type, { equation });
    },
  },
  BatchMatMul: {
    lower: ({ graph, inputs: { a, b }, attributes: { transposeA, transposeB } }) =>
      matMul(graph, { value: a, transposed: transposeA }, { value: b, transposed: transposeB }),
  },
  _FusedMatMul: {
    lower({ graph, inputs: { a, b, bias, preluActivationWeights: alpha }, attributes }) {
      const { transposeA, transposeB } = attributes;
      const product = matMul(graph, { value: a, transposed: transposeA }, {
        value: b,
        transposed: transposeB,
      });
      const x = bias === undefined ? product : graph.elementwise("Add", [product, bias]);
      return activate(graph, x, { attributes, alpha });
    },
  },
};
