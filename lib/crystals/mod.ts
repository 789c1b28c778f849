/**
 * Crystals: lattices, atoms, periodic neighbours, Voronoi facets and symmetry. Positions are fractional,
 * lengths in ångström.
 *
 * @module
 */
export * from "./bravais.ts";
export * from "./crystal.ts";
export * from "./elements.ts";
export * from "./neighbours.ts";
export * from "./prototypes.ts";
export * from "./symmetry.ts";
export * from "./voronoi.ts";
