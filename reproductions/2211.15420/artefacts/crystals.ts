import {
  type Crystal,
  elementSymbol,
  findNeighbours,
  findSymmetry,
  prototype,
  type PrototypeName,
  toCartesian,
} from "../../../lib/crystals/mod.ts";
import { type Diagram, diagrams, type Figure } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import { cellColouring, cellCoordinates, cellIndex } from "../../../lib/methods/crystal_symmetry/mod.ts";
import { PATTERNS } from "../studies/mod.ts";
import { CELL_COLOURS } from "./_colours.ts";
import { fitting, project } from "./_projection.ts";

/** Which crystals, and how far their bonds reach in ångström. */
const SHOWN: readonly (readonly [PrototypeName, string, number])[] = [
  ["caesiumChloride", "CsCl", 3.6],
  ["rockSalt", "NaCl", 2.9],
  ["perovskite", "SrTiO₃", 2],
  ["silicon", "Si", 2.4],
  ["magnesium", "Mg", 3.3],
  ["rutile", "TiO₂", 2.1],
];

/**
 * The 2 × 2 × 2 cluster of a primitive cell: atoms by element, cell edges, bonds by the colour of their
 * cells; of bonds that leave the cluster the first half.
 */
function clusterPanel([name, formula, reach]: typeof SHOWN[number]): Diagram {
  const { primitive, bravais } = findSymmetry(prototype(name));
  const colouring = cellColouring(bravais);
  const { lattice } = primitive;
  const at = (u: number, n: readonly number[]) =>
    toCartesian([0, 1, 2].map((k) => primitive.positions[3 * u + k] + n[k]), lattice);
  const frame = frameEdges(lattice).map(([a, b]) => [project(a), project(b)] as const);
  const atoms = Array.from({ length: 8 }, (_, c) => cellCoordinates(c)).flatMap((n) =>
    Array.from(primitive.atomicNumbers, (z, u) => ({ z, n, u, place: project(at(u, n)) }))
  ).sort((a, b) => a.place.depth - b.place.depth);
  const { receivers, senders, offsets } = findNeighbours(primitive, { cutoff: reach });
  const inside = (n: readonly number[]) => n.every((x) => x === 0 || x === 1);
  const bonds = Array.from({ length: 8 }, (_, c) => cellCoordinates(c)).flatMap((n) =>
    Array.from(receivers.keys()).flatMap((e) => {
      const offset = offsets.subarray(3 * e, 3 * e + 3), to = n.map((x, k) => x + offset[k]);
      const [a, b] = [at(receivers[e], n), at(senders[e], to)];
      const end = inside(to) ? b : a.map((x, k) => (x + b[k]) / 2);
      const colour = colouring.ofDifference[cellIndex(offset[0], offset[1], offset[2])];
      return [{ colour, ends: [project(a), project(end)] as const }];
    })
  );
  const points = [...atoms.map(({ place }) => place), ...frame.flat(), ...bonds.flatMap(({ ends }) => ends)];
  const scaled = fitting(points);
  const elements = [...new Set(primitive.atomicNumbers)];
  const nodes = atoms.map(({ z, place }) => {
    const [x, y] = scaled(place), kind = elements.indexOf(z);
    return { x, y, colour: ATOMS[kind], size: [0.085, 0.075, 0.065][kind], label: elementSymbol(z) };
  });
  return {
    title: `${formula}, ${bravais}`,
    links: [
      ...frame.map(([a, b]) => ({ from: scaled(a), to: scaled(b), colour: "#d0d0d0", width: 1 })),
      ...bonds.map(({ colour, ends: [a, b] }) => ({
        from: scaled(a),
        to: scaled(b),
        colour: CELL_COLOURS[colour],
        width: 2,
      })),
    ],
    nodes: nodes.map((node, i) => ({
      ...node,
      // Behind a nearer atom a symbol would be written over that one's.
      ...nodes.slice(i + 1).some(({ x, y, size }) => Math.hypot(x - node.x, y - node.y) < 0.75 * size) &&
        { label: undefined },
    })),
  };
}

/** Greys that the colours of bonds stand out from. */
const ATOMS = ["#4b5560", "#78848e", "#98a2aa"];

/** The twelve edges of the doubled cell. */
function frameEdges(lattice: Crystal["lattice"]): readonly (readonly Float64Array[])[] {
  const place = (f: readonly number[]) => toCartesian(f, lattice);
  const edges: Float64Array[][] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const a of [0, 2]) {
      for (const b of [0, 2]) {
        const from = [0, 0, 0], to = [0, 0, 0];
        [from[(axis + 1) % 3], from[(axis + 2) % 3]] = [a, b];
        [to[axis], to[(axis + 1) % 3], to[(axis + 2) % 3]] = [2, a, b];
        edges.push([place(from), place(to)]);
      }
    }
  }
  return edges;
}

export const crystalFigure: Artefact = {
  id: "figure-crystals",
  kind: "figure",
  location: "figure of crystals and lattices (existence inferred)",
  title: "Crystals, their clusters of 2 × 2 × 2 primitive cells, and the colours of their bonds",
  caption:
    "Bonds of one colour join cells whose difference lies in one orbit of the lattice's group: they share their " +
    "weights. Black bonds stay in a cell; short ones end in cells beyond the cluster, where it begins anew.",
  jobs: (plan) => PATTERNS.jobs(plan),
  render(): Figure {
    return diagrams(SHOWN.map(clusterPanel), {
      columns: 3,
      title: "Crystals as the network sees them",
      subtitle:
        "Eight primitive cells each; a bond's colour is the orbit of the difference of its cells (black: within a cell)",
      alt: "Six crystals in projection, with bonds in two to four colours.",
    });
  },
};
