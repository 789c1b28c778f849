import type { Paper } from "../../lib/harness/mod.ts";
import { behaviourArtefacts } from "./artefacts/behaviour.ts";
import { eigenvalueArtefacts } from "./artefacts/eigenvalues.ts";
import { errorArtefacts } from "./artefacts/errors.ts";
import { pictureArtefacts } from "./artefacts/pictures.ts";
import { pixelArtefacts } from "./artefacts/pixels.ts";
import { planningArtefacts } from "./artefacts/planning.ts";
import { schematics } from "./artefacts/schematics.ts";
import { speedArtefacts } from "./artefacts/speed.ts";
import { tdMpcArtefacts } from "./artefacts/tdmpc.ts";
import { ablationClaims } from "./claims/ablation.ts";
import { accuracyClaims, gradientClaims } from "./claims/accuracy.ts";
import { identityClaims } from "./claims/identities.ts";
import { pixelClaims } from "./claims/pixels.ts";
import { planningClaims } from "./claims/planning.ts";
import { speedClaims } from "./claims/speed.ts";
import { tdMpcClaims } from "./claims/tdmpc.ts";
import { behaviour } from "./experiments/behaviour.ts";
import { pictures } from "./experiments/pictures.ts";
import { pixels } from "./experiments/pixels.ts";
import { planning } from "./experiments/planning.ts";
import { prediction } from "./experiments/prediction.ts";
import { recovery } from "./experiments/recovery.ts";
import { rollouts } from "./experiments/rollouts.ts";
import { speed } from "./experiments/speed.ts";
import { tdmpc } from "./experiments/tdmpc.ts";
import { trivial } from "./experiments/trivial.ts";

const paper: Paper = {
  id: "2306.11941",
  title: "Efficient Dynamics Modeling in Interactive Environments with Koopman Theory",
  authors: "Arnab Kumar Mondal, Siba Smarak Panigrahi, Sai Rajeswar, Kaleem Siddiqi, Siamak Ravanbakhsh",
  venue: "ICLR 2024",
  read: "public reading notes and reviews",
  headline: "states-better-than-mlp",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Simulators of this project only, tiny models trained for 30 steps: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "20 000 transitions of three MuJoCo runners (random search and gaits, not D4RL) and 40 000 of three simulators, latent " +
        "states of 32 numbers, 30 000 parameters, 500 updates. TD-MPC in small on the pendulum's swing-up. The cart-pole's " +
        "swing-up, the pendulum from rendered pixels, the Control Suite, more qualities of the runners' behaviour and more " +
        "seeds are in decided.json.",
    },
    paper: {
      data: "real",
      summary:
        "A million transitions, 100 000 updates with batches of 256 over 100 steps; sizes are ours, as the paper's are not " +
        "known; meant for a GPU.",
    },
  },
  experiments: [rollouts, behaviour, prediction, trivial, recovery, speed, pictures, planning, tdmpc, pixels],
  artefacts: [
    ...schematics,
    ...pictureArtefacts,
    ...behaviourArtefacts,
    ...errorArtefacts,
    ...speedArtefacts,
    ...tdMpcArtefacts,
    ...planningArtefacts,
    ...pixelArtefacts,
    ...eigenvalueArtefacts,
  ],
  claims: [
    ...identityClaims,
    ...accuracyClaims,
    ...gradientClaims,
    ...speedClaims,
    ...tdMpcClaims,
    ...planningClaims,
    ...pixelClaims,
    ...ablationClaims,
  ],
};

export default paper;
