import type { Topic } from "../_case.ts";
import { diffusionTime } from "./diffusion_time.ts";
import { lieSymmetry } from "./lie_symmetry.ts";
import { matmul } from "./matmul.ts";
import { mlp } from "./mlp.ts";
import { pinn } from "./pinn.ts";

/** All topics, in the order of the table: a new one is a file here and a line in this list. */
export const TOPICS: readonly Topic[] = [mlp, pinn, matmul, diffusionTime, lieSymmetry];
