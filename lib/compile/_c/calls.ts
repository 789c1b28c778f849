/** Nodes with C code of their own: products, gathers and scatters, sorting, pooling, convolutions. */
import { type ElementType, type Node, sizeOf } from "../_graph.ts";
import { convolve, convolveBack, convolveFilter } from "./convolutions.ts";
import { BYTES, STORED } from "./expressions.ts";
import { Unsupported, type View } from "./ir.ts";
import { at, type Making } from "./making.ts";
import { einsum, gemm, matMul } from "./products.ts";

/** Adds a call of one line whose inputs are views. */
function call(
  { add, outputs, node }: Making,
  inputs: readonly View[],
  line: (pointers: readonly string[], outputs: readonly string[]) => string,
): void {
  add({
    kind: "call",
    name: node.op,
    inputs,
    outputs,
    code: (
      pointer,
    ) => [line(inputs.map((view) => at(pointer, view)), outputs.map((tensor) => pointer(tensor)))],
  });
}

/** A call that fails where an index is out of range. */
const checked = (text: string): string => `if (${text}) return 1;`;

/** Entries before an axis, along it, and behind it. */
const around = (shape: readonly number[], axis: number): [number, number, number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis],
  sizeOf(shape.slice(axis + 1)),
];

const axisOf = ({ node, operands }: Making, otherwise: number): number => {
  const axis = (node.attributes.axis as number | undefined) ?? otherwise;
  return axis < 0 ? axis + operands[0].shape.length : axis;
};

const suffix = (dtype: ElementType): string => ({ float32: "f", int32: "i", bool: "b", int64: "l" })[dtype];

/** Names of windows' attributes, as C wants them. */
function windowOf({ attributes }: Node, [height, width]: readonly number[]) {
  const list = (name: string, otherwise: readonly number[]) =>
    (attributes[name] as readonly number[] | undefined) ?? otherwise;
  const size = list("kernel_shape", [height, width]);
  return [
    ...size,
    ...list("strides", [1, 1]),
    ...list("dilations", [1, 1]),
    ...list("pads", [0, 0, 0, 0]).slice(0, 2),
  ];
}

export const CALLS: Readonly<Record<string, (making: Making) => void>> = {
  Gemm: gemm,
  MatMul: matMul,
  Einsum: einsum,
  Convolve: convolve,
  ConvolveBack: convolveBack,
  ConvolveFilter: convolveFilter,
  Softmax(making) {
    const x = making.dense(making.operands[0]);
    const [outer, n, inner] = around(x.shape, axisOf(making, -1));
    call(making, [x], ([from], [to]) => `rf_softmax(${outer}, ${n}, ${inner}, ${from}, ${to});`);
  },
  CumSum(making) {
    const { node: { attributes }, operands, outputs } = making;
    const x = making.dense(operands[0]), axis = operands[1];
    if (!("splat" in axis)) throw new Unsupported("CumSum along a computed axis");
    const [outer, n, inner] = around(x.shape, axis.splat);
    call(
      making,
      [x],
      ([from], [to]) =>
        `rf_cumsum_${suffix(outputs[0].dtype)}(${outer}, ${n}, ${inner}, ${from}, ${to}, ` +
        `${attributes.exclusive ?? 0}, ${attributes.reverse ?? 0});`,
    );
  },
  Gather(making) {
    const { operands: [x, indices], outputs } = making;
    const [from, places] = [making.dense(x), making.dense(indices)];
    const [outer, n, inner] = around(from.shape, axisOf(making, 0));
    const bytes = BYTES[outputs[0].dtype];
    call(making, [from, places], ([data, index], [to]) =>
      checked(
        `rf_gather_${suffix(places.tensor.dtype)}(${outer}, ${n}, ${inner * bytes}L, ${
          sizeOf(places.shape)
        }, ` +
          `${data}, ${index}, ${to})`,
      ));
  },
  GatherElements(making) {
    const { operands: [x, indices], outputs } = making;
    const [from, places] = [making.dense(x), making.dense(indices)];
    const axis = axisOf(making, 0);
    if (axis !== from.shape.length - 1) {
      throw new Unsupported("GatherElements along another axis than the last");
    }
    const rows = sizeOf(from.shape.slice(0, -1));
    call(making, [from, places], ([data, index], [to]) =>
      checked(
        `rf_gather_elements_${suffix(places.tensor.dtype)}(${rows}, ${from.shape[axis]}, ${
          places.shape[axis]
        }, ` +
          `${BYTES[outputs[0].dtype]}, ${data}, ${index}, ${to})`,
      ));
  },
  GatherND(making) {
    const { node: { attributes }, operands: [x, indices], outputs } = making;
    const [from, places] = [making.dense(x), making.dense(indices)];
    const batchDims = (attributes.batch_dims as number | undefined) ?? 0;
    const depth = places.shape[places.shape.length - 1];
    const batch = sizeOf(places.shape.slice(0, batchDims));
    const rows = sizeOf(places.shape.slice(batchDims, -1));
    const lengths = from.shape.slice(batchDims, batchDims + depth);
    const inner = sizeOf(from.shape.slice(batchDims + depth)) * BYTES[outputs[0].dtype];
    call(making, [from, places], ([data, index], [to]) =>
      checked(
        `rf_gather_nd(${batch}, ${rows}, ${depth}, (const long[]){${
          lengths.join(", ")
        }}, ${inner}L, ${data}, ` +
          `${index}, ${to})`,
      ));
  },
  ScatterND(making) {
    const { node: { attributes }, operands, outputs: [to] } = making;
    const [onto, places, updates] = operands.map(making.dense);
    const depth = places.shape[places.shape.length - 1];
    const lengths = onto.shape.slice(0, depth), inner = sizeOf(onto.shape.slice(depth));
    const adds = attributes.reduction === "add";
    if (attributes.reduction !== undefined && !adds) {
      throw new Unsupported(`ScatterND by ${attributes.reduction}`);
    }
    const name = adds ? `rf_scatter_add_${suffix(to.dtype)}` : "rf_scatter";
    const size = adds ? inner : inner * BYTES[to.dtype];
    const total = sizeOf(onto.shape) * BYTES[to.dtype];
    call(making, [onto, places, updates], ([start, index, data], [result]) =>
      checked(
        `${name}(${sizeOf(places.shape.slice(0, -1))}, ${depth}, (const long[]){${
          lengths.join(", ")
        }}, ${size}L, ` +
          `${total}L, ${start}, ${index}, ${data}, ${result})`,
      ));
  },
  TopK(making) {
    const { node: { attributes, inputs }, operands: [given], outputs } = making;
    const x = making.dense(given), [k] = making.integers(inputs[1]);
    if (attributes.axis !== undefined && axisOf(making, -1) !== x.shape.length - 1) {
      throw new Unsupported("TopK along another axis than the last");
    }
    const n = x.shape[x.shape.length - 1];
    call(
      making,
      [x],
      ([from], [values, indices]) =>
        `rf_topk_${suffix(outputs[0].dtype)}(${
          sizeOf(x.shape) / n
        }, ${n}, ${k}, ${from}, ${values}, ${indices});`,
    );
  },
  ArgMax: (making) => arg(making, "max"),
  ArgMin: (making) => arg(making, "min"),
  Pad(making) {
    const { node: { attributes, inputs, outputs: [{ shape }] }, operands: [given], outputs } = making;
    if (attributes.mode !== "reflect") throw new Unsupported(`Pad by ${attributes.mode}`);
    const x = making.dense(given), before = making.integers(inputs[1]);
    const { tensor: { dtype } } = x;
    making.add({
      kind: "call",
      name: "Pad",
      inputs: [x],
      outputs,
      code(pointer) {
        const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
        const source = shape.map((_, axis) => sizeOf(x.shape.slice(axis + 1)));
        const terms = shape.map((_, axis) =>
          `rf_reflect(i${axis} - ${before[axis]}, ${x.shape[axis]}) * ${source[axis]}`
        );
        return [
          ...shape.map((length, axis) => `for (long i${axis} = 0; i${axis} < ${length}; i${axis}++)`),
          `${pointer(outputs[0])}[${strides.map((stride, axis) => `i${axis} * ${stride}`).join(" + ")}] = ` +
          `((const ${STORED[dtype]} *)${at(pointer, x)})[${terms.join(" + ")}];`,
        ];
      },
    });
  },
  Conv(making) {
    const { node, operands, outputs: [to] } = making;
    const [x, filter, bias] = operands.map(making.dense);
    const [batch, inputs, ...image] = x.shape, [outputs] = filter.shape;
    const [, , ...places] = node.outputs[0].shape;
    const group = (node.attributes.group as number | undefined) ?? 1;
    const [kh, kw, ...rest] = windowOf(node, filter.shape.slice(2));
    const views = [x, filter, ...bias === undefined ? [] : [bias]];
    making.add({
      kind: "call",
      name: "Conv",
      inputs: views,
      outputs: [to],
      scratch: 4 * inputs / group * kh * kw * sizeOf(places),
      code: (pointer, scratch) => [
        `rf_conv(${batch}, ${group}, ${inputs / group}, ${outputs / group}, ${image.join(", ")}, ` +
        `${places.join(", ")}, (const long[]){${[kh, kw, ...rest].join(", ")}}, ${at(pointer, x)}, ` +
        `${at(pointer, filter)}, ${bias === undefined ? "0" : at(pointer, bias)}, ${pointer(to)}, ` +
        `(float *)(${scratch}), scratch);`,
      ],
    });
  },
  ConvTranspose(making) {
    const { node, operands, outputs: [to] } = making;
    const [dy, filter] = operands.map(making.dense);
    const [batch, outputs, ...places] = dy.shape;
    const [, channels, ...image] = node.outputs[0].shape;
    const group = (node.attributes.group as number | undefined) ?? 1;
    const [kh, kw, ...rest] = windowOf(node, filter.shape.slice(2));
    making.add({
      kind: "call",
      name: "ConvTranspose",
      inputs: [dy, filter],
      outputs: [to],
      scratch: 4 * channels / group * kh * kw * sizeOf(places),
      code: (pointer, scratch) => [
        `rf_conv_back(${batch}, ${group}, ${channels / group}, ${outputs / group}, ${image.join(", ")}, ` +
        `${places.join(", ")}, (const long[]){${[kh, kw, ...rest].join(", ")}}, ${at(pointer, dy)}, ` +
        `${at(pointer, filter)}, ${pointer(to)}, (float *)(${scratch}), scratch);`,
      ],
    });
  },
  MaxPool(making) {
    const { node, operands } = making, x = making.dense(operands[0]);
    const places = node.outputs[0].shape.slice(2);
    call(
      making,
      [x],
      ([from], [values, indices]) =>
        `rf_max_pool(${sizeOf(x.shape.slice(0, 2))}, ${x.shape.slice(2).join(", ")}, ${places.join(", ")}, ` +
        `(const long[]){${windowOf(node, [1, 1]).join(", ")}}, ${from}, ${values}, ${indices ?? "0"});`,
    );
  },
  AveragePool(making) {
    const { node, operands } = making, x = making.dense(operands[0]);
    const places = node.outputs[0].shape.slice(2);
    call(
      making,
      [x],
      ([from], [to]) =>
        `rf_average_pool(${sizeOf(x.shape.slice(0, 2))}, ${x.shape.slice(2).join(", ")}, ${
          places.join(", ")
        }, ` +
        `(const long[]){${windowOf(node, [1, 1]).join(", ")}}, ${from}, ${to});`,
    );
  },
  Resize(making) {
    const { node: { attributes, outputs: [{ shape }] }, operands } = making, x = making.dense(operands[0]);
    const modes = ["asymmetric", "half_pixel", "align_corners"];
    const mode = modes.indexOf(attributes.coordinate_transformation_mode as string);
    if (attributes.mode !== "linear" || mode < 0) throw new Unsupported(`Resize by ${attributes.mode}`);
    call(
      making,
      [x],
      ([from], [to]) =>
        `rf_resize(${sizeOf(x.shape.slice(0, 2))}, ${x.shape.slice(2).join(", ")}, ${
          shape.slice(2).join(", ")
        }, ` +
        `${mode}, ${from}, ${to});`,
    );
  },
};

function arg(making: Making, which: "max" | "min"): void {
  const x = making.dense(making.operands[0]);
  const [outer, n, inner] = around(x.shape, axisOf(making, 0));
  call(
    making,
    [x],
    ([from], [to]) => `rf_arg${which}_${suffix(x.tensor.dtype)}(${outer}, ${n}, ${inner}, ${from}, ${to});`,
  );
}
