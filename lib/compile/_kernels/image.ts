/** Normalising and resizing images `[batch, height, width, channels]`. */
import type { Graph, Value } from "../_graph.ts";
import { channelsFirst, channelsLast } from "./convolution.ts";
import type { KernelCall, KernelRows } from "./row.ts";

type Attributes = KernelCall["attributes"];

/** ONNX's name of how TensorFlow.js lays the new pixels over the old. */
function coordinates({ alignCorners, halfPixelCenters }: Attributes): string {
  if (alignCorners) return "align_corners";
  return halfPixelCenters ? "half_pixel" : "asymmetric";
}

/** For each element of a resized axis the index of the one it copies; ONNX rounds in other ways. */
function nearest(graph: Graph, x: Value, axis: number, attributes: Attributes): Value {
  const { alignCorners, halfPixelCenters, size } = attributes;
  const [length, resized] = [x.shape[axis], size[axis - 1]];
  const ratio = alignCorners && resized > 1 ? (length - 1) / (resized - 1) : length / resized;
  const sources = Int32Array.from({ length: resized }, (_, i) => {
    const place = ratio * (halfPixelCenters ? i + 0.5 : i);
    return Math.min(length - 1, alignCorners ? Math.round(place) : Math.floor(place));
  });
  const indices = graph.constant(sources, { dtype: "int32", shape: [resized] });
  return graph.node("Gather", [x, indices], { dtype: x.dtype, shape: x.shape.with(axis, resized) }, { axis });
}

export const IMAGE: KernelRows = {
  /** y = (x − μ) γ/√(σ² + ε) + β. */
  FusedBatchNorm: {
    lower({ graph, inputs, attributes: { varianceEpsilon } }) {
      const { x, mean, variance, scale = graph.scalar(1), offset = graph.scalar(0) } = inputs;
      const op = (name: string, ...operands: Value[]) => graph.elementwise(name, operands);
      const deviation = op("Sqrt", op("Add", variance, graph.scalar(varianceEpsilon ?? 0.001)));
      return op("Add", op("Mul", op("Sub", x, mean), op("Div", scale, deviation)), offset);
    },
  },
  ResizeBilinear: {
    lower({ graph, inputs: { images }, attributes }) {
      const [batch, , , channels] = images.shape;
      const shape = [batch, channels, ...attributes.size as [number, number]];
      const none = graph.constant(new Float32Array(0), { dtype: "float32", shape: [0] });
      // Channels first: onnxruntime's WebGPU provider gets the other order wrong.
      const image = channelsFirst(graph, graph.cast(images, "float32"));
      const resized = graph.node("Resize", [image, none, none, graph.ints(shape)], {
        dtype: "float32",
        shape,
      }, {
        mode: "linear",
        coordinate_transformation_mode: coordinates(attributes),
      });
      return channelsLast(graph, resized);
    },
  },
  ResizeNearestNeighbor: {
    lower: ({ graph, inputs: { images }, attributes }) =>
      nearest(graph, nearest(graph, images, 1, attributes), 2, attributes),
  },
};
