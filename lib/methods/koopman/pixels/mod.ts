/** Learning from pixels: soft actor-critic, alone or with a self-predictive loss (SPR) of either model. */
export * from "./learn.ts";
export * from "./pixel_replay.ts";
export * from "./sac_model.ts";
export * from "./sac_training.ts";
export * from "./squashed_normal.ts";
