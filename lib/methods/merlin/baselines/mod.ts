/** What Merlin is compared with. */
export * from "./gcsl.ts";
export * from "./options.ts";
