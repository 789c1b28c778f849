/**
 * Lie point symmetries and physics-informed networks (Akhound-Sadegh, Perreault-Levasseur, Brandstetter,
 * Welling & Ravanbakhsh, NeurIPS 2023, arXiv 2311.04293): vector fields, their prolongation, equations and
 * their symmetries, the forms of the symmetry loss, physics-informed DeepONets, and exact solutions to
 * compare with.
 *
 * @module
 */
export * from "./equations.ts";
export * from "./generators.ts";
export * from "./notation.ts";
export * from "./polynomial.ts";
export * from "./initial_conditions.ts";
export * from "./solutions.ts";
export * from "./burgers_solvers.ts";
export * from "./forms.ts";
export * from "./weights.ts";
export * from "./objectives.ts";
export * from "./deeponet.ts";
export * from "./evaluate_operator.ts";
export * from "./portable.ts";
export * from "./train_operator.ts";
export * from "./operator_gradient.ts";
export * from "./flows.ts";
export * from "./check_symmetries.ts";
export * from "./derive_symmetries.ts";
