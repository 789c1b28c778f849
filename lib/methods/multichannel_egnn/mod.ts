/**
 * Multi-channel E(n)-equivariant graph networks (Levy, Kaba, Gonzales, Miret & Ravanbakhsh 2023, arXiv
 * 2309.03139): MC-EGNN (with one channel: EGNN) for dynamics and for molecules, and their capacity. Layers,
 * baselines and training are those of `lib/nn/graphs`.
 *
 * @module
 */
export * from "./capacity.ts";
export * from "./molecule_network.ts";
export * from "./multichannel_egnn.ts";
