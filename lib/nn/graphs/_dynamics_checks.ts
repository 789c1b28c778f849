import type { DynamicsData } from "./data.ts";
import type { DynamicsModel } from "./models.ts";

/** Pairs (receiver, sender ≠ receiver). */
export const pairsOf = ({ nodes }: DynamicsData) => nodes * (nodes - 1);

/** Numbers of features and edge attributes of the data. */
export function widths(data: DynamicsData): { features: number; attributes: number } {
  const { samples, nodes, nodeFeatures, edgeAttributes } = data;
  return {
    features: nodeFeatures.length / (samples * nodes),
    attributes: nodes > 1 ? edgeAttributes.length / (samples * pairsOf(data)) : 0,
  };
}

/** Whether sizes fit each other, those of the training data (`like`), and the model. */
export function checkData(
  data: DynamicsData,
  { name, model, like }: { name: string; model: DynamicsModel; like: DynamicsData },
): void {
  const { features, attributes } = widths(data), wanted = widths(like);
  const fail = (what: string, value: unknown) => {
    throw new TypeError(
      `Cannot use ${name} samples with ${model.name} as ${what}: current value is ${value}`,
    );
  };
  if (!(data.samples >= 1)) fail("there must be at least one", data.samples);
  const { nodeMask } = data;
  if (nodeMask !== undefined) {
    const size = data.samples * data.nodes;
    if (nodeMask.length !== size) fail(`nodeMask must have ${size} values`, nodeMask.length);
    const other = nodeMask.find((value) => value !== 0 && value !== 1);
    if (other !== undefined) fail("nodeMask must hold 0 and 1 only", other);
    const empty = Array.from({ length: data.samples }, (_, i) => i)
      .find((i) => !nodeMask.subarray(i * data.nodes, (i + 1) * data.nodes).includes(1));
    if (empty !== undefined) fail("every sample must have a particle", `none in sample ${empty}`);
  }
  const { edgeMask } = data;
  if (edgeMask !== undefined) {
    const size = data.samples * pairsOf(data);
    if (edgeMask.length !== size) fail(`edgeMask must have ${size} values`, edgeMask.length);
    const other = edgeMask.find((value) => value !== 0 && value !== 1);
    if (other !== undefined) fail("edgeMask must hold 0 and 1 only", other);
  }
  if (!Number.isInteger(features) || features !== wanted.features) {
    fail(`there must be ${wanted.features} node features as in training`, features);
  }
  if (!Number.isInteger(attributes) || attributes !== wanted.attributes) {
    fail(`there must be ${wanted.attributes} edge attributes as in training`, attributes);
  }
  if (model.nodeFeatures !== 0 && model.nodeFeatures !== features) {
    fail(`there must be ${model.nodeFeatures} node features`, features);
  }
  if (model.edgeAttributes > attributes) {
    fail(`there must be at least ${model.edgeAttributes} edge attributes`, attributes);
  }
}

/**
 * The displacement-weighted loss divides by how far each body goes.
 *
 * @throws {RangeError} If a body is at rest.
 */
export function checkMotion(
  { samples, nodes, positions, targets, nodeMask }: DynamicsData,
  name: string,
): void {
  for (let i = 0; i < samples * nodes; i++) {
    if (nodeMask?.[i] === 0) continue;
    if ([0, 1, 2].some((axis) => positions[3 * i + axis] !== targets[3 * i + axis])) continue;
    throw new RangeError(
      `Cannot weight by displacements as every body must move: body ${i % nodes} of ${name} sample ${
        Math.floor(i / nodes)
      } is at rest`,
    );
  }
}
