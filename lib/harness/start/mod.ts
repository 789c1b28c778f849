/** How commands and workers start, and what they may do. */
export * from "./grants.ts";
export * from "./init.ts";
export * from "./launcher.ts";
