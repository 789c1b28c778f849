import type { Paper } from "../../lib/harness/mod.ts";
import { mapArtefacts } from "./artefacts/maps.ts";
import { returnArtefacts } from "./artefacts/returns.ts";
import { speedArtefacts } from "./artefacts/speed.ts";
import { stitchingArtefacts } from "./artefacts/stitching.ts";
import { toyArtefacts } from "./artefacts/toy.ts";
import { armClaims } from "./claims/arms.ts";
import { pixelClaims } from "./claims/pixels.ts";
import { returnClaims } from "./claims/returns.ts";
import { speedClaims } from "./claims/speed.ts";
import { toyClaims } from "./claims/toy.ts";
import { arms } from "./experiments/arms.ts";
import { baselines } from "./experiments/baselines.ts";
import { merlin } from "./experiments/merlin.ts";
import { pixels } from "./experiments/pixels.ts";
import { speed } from "./experiments/speed.ts";
import { stitching } from "./experiments/stitching.ts";
import { toy } from "./experiments/toy.ts";

const paper: Paper = {
  id: "2310.02505",
  title: "Learning to Reach Goals via Diffusion",
  authors: "Vineet Jain, Siamak Ravanbakhsh",
  venue: "ICML 2024",
  read: "the released code, the public slides, notes and reviews",
  headline: "better-than-gcsl",
  profiles: {
    smoke: {
      data: "stand-in",
      summary:
        "Toy and PointReach only, tiny networks trained for 100 updates: it proves that everything runs.",
    },
    laptop: {
      data: "real",
      summary:
        "Toy, PointReach, PointRooms and Reacher with 2000 episodes each, five arms on MuJoCo with 60 to 300, two tasks in " +
        "images; scripted experts for the published ones; 2500 updates with batches of 256 of networks 128 wide. Three seeds " +
        "of most methods on point tasks, of the rest in decided.json.",
    },
    paper: {
      data: "real",
      summary:
        "500 000 updates with batches of 512 of networks 256 wide, ten seeds, and SawyerDoor; it has never been run here.",
    },
  },
  experiments: [toy, merlin, baselines, arms, pixels, stitching, speed],
  artefacts: [...toyArtefacts, ...returnArtefacts, ...mapArtefacts, ...stitchingArtefacts, ...speedArtefacts],
  claims: [...toyClaims, ...returnClaims, ...armClaims, ...pixelClaims, ...speedClaims],
};

export default paper;
