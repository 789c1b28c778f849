import { distance } from "fastest-levenshtein";
import {
  ADBENCH,
  CARBON24,
  CIFAR10,
  CIFAR10_RESNETS,
  DTE_TOY,
  MNIST,
  MODELNET10,
  MP_DIELECTRIC_PIEZO,
  MP_PHONONS,
  MUJOCO,
  MUJOCO_GOALS,
  NBODY,
  PART_SHAPES,
  PEROV5,
  QM7,
  QM9,
  SOLAR,
  TNG300_ALIGNMENTS,
} from "./sets/mod.ts";
import type { DataSet } from "./types.ts";

/** The catalogue: every data set, in a fixed order. A new collection is one module and one line here. */
export const dataSets: readonly DataSet[] = [
  ...ADBENCH,
  ...DTE_TOY,
  ...CIFAR10,
  ...CIFAR10_RESNETS,
  ...MNIST,
  ...MODELNET10,
  ...PART_SHAPES,
  ...NBODY,
  ...SOLAR,
  ...QM7,
  ...QM9,
  ...MUJOCO,
  ...MUJOCO_GOALS,
  ...PEROV5,
  ...CARBON24,
  ...MP_DIELECTRIC_PIEZO,
  ...MP_PHONONS,
  ...TNG300_ALIGNMENTS,
];

const byName = new Map(dataSets.map((dataSet) => [dataSet.name, dataSet]));

/**
 * Looks a data set up in the catalogue.
 *
 * @throws {RangeError} If there is none of this name; the message suggests the nearest.
 */
export function findDataSet(name: string): DataSet {
  const found = byName.get(name);
  if (found !== undefined) return found;
  const wanted = name.toLowerCase();
  const apart = (known: string) => {
    const full = known.toLowerCase();
    const short = full.replace(/^.*\/(\d+_)?/, "");
    return Math.min(distance(wanted, full), distance(wanted, short));
  };
  const [nearest] = [...byName.keys()].sort((a, b) => apart(a) - apart(b));
  throw new RangeError(
    `Cannot find the data set as its name must be in the catalogue (see \`deno task data list\`): ` +
      `current value is ${JSON.stringify(name)}; did you mean ${nearest}?`,
  );
}
