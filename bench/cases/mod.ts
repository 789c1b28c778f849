import type { Topic } from "../_case.ts";
import { canonicalization } from "./canonicalization.ts";
import { cnn } from "./cnn.ts";
import { crystalSymmetry } from "./crystal_symmetry.ts";
import { diffusionTime } from "./diffusion_time.ts";
import { equivariantAdaptation } from "./equivariant_adaptation.ts";
import { koopman } from "./koopman.ts";
import { galaxyGraphs } from "./galaxy_graphs.ts";
import { lieSymmetry } from "./lie_symmetry.ts";
import { matmul } from "./matmul.ts";
import { merlin } from "./merlin.ts";
import { mlp } from "./mlp.ts";
import { multichannelEgnnSteps } from "./multichannel_egnn.ts";
import { nbody } from "./nbody.ts";
import { pinn } from "./pinn.ts";
import { weightSharing } from "./weight_sharing.ts";

/** All topics, in the order of the table: a new one is a file here and a line in this list. */
export const TOPICS: readonly Topic[] = [
  mlp,
  pinn,
  cnn,
  matmul,
  diffusionTime,
  koopman,
  galaxyGraphs,
  lieSymmetry,
  multichannelEgnnSteps,
  nbody,
  weightSharing,
  canonicalization,
  crystalSymmetry,
  equivariantAdaptation,
  merlin,
];
