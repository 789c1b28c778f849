/** Widths of the networks for clouds. */
import type { CloudSizes } from "../experiments/_clouds.ts";

export const SMALL: CloudSizes = {
  neighbours: 4,
  widths: [8, 16],
  head: [16],
  edges: [8, 8],
  embedding: 16,
  channels: 4,
  dropout: 0.5,
};
export const MEDIUM: CloudSizes = {
  neighbours: 8,
  widths: [16, 32, 128],
  head: [64, 32],
  edges: [16, 16, 32],
  embedding: 64,
  channels: 8,
  dropout: 0,
};
/** With more channels of vectors for VN-PointNet, which learns little with a third of PointNet's. */
export const LEARNING: CloudSizes = { ...MEDIUM, vectors: [12, 12, 24, 42] };
export const FULL: CloudSizes = {
  neighbours: 20,
  widths: [64, 128, 1024],
  head: [512, 256],
  edges: [64, 64, 128, 256],
  embedding: 1024,
  channels: 21,
  dropout: 0.5,
};
