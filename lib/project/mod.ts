/** Where the project lies, and where this library. */
export * from "./folders.ts";
