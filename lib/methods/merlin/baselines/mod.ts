/** What Merlin is compared with. */
export * from "./gcsl.ts";
export * from "./gofar.ts";
export * from "./options.ts";
export * from "./wgcsl.ts";
