import type { Artefact } from "../../lib/harness/mod.ts";
import { maps } from "./figures/maps.ts";
import { neighboursArtefact } from "./figures/neighbours.ts";
import { sweeps } from "./figures/sweeps.ts";

/** All figures, in the order of the paper. */
export const figures: readonly Artefact[] = [neighboursArtefact, ...maps, ...sweeps];
