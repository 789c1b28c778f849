/** What Merlin is compared with. */
export type { ActorCriticBatch, ActorCriticOptions } from "./_actor_critic.ts";
export type { Corruption, DdpmStep } from "./_ddpm.ts";
export type { Mlp } from "./_mlp.ts";
export type { Transitions } from "./_replay.ts";
export type { Scaling } from "./_scaling.ts";
export * from "./actionable_model.ts";
export * from "./beso.ts";
export * from "./ddpg.ts";
export * from "./decision_diffuser.ts";
export * from "./diffusion_q.ts";
export * from "./gcsl.ts";
export * from "./gofar.ts";
export * from "./options.ts";
export * from "./wgcsl.ts";
