/** What the Koopman model is compared with. */
export * from "./dense_linear.ts";
export * from "./diagonal_ssm.ts";
export * from "./gru.ts";
export * from "./linear_control.ts";
export * from "./mlp.ts";
export * from "./transformer.ts";
