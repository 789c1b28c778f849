/** What `new` and `init` write. Nothing here comes from a package: `init` runs before any is installed. */
export * from "./configuration.ts";
export * from "./files.ts";
