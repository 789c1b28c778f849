/**
 * What is tested of every paper, and made-up results for the tests of its claims: for test files, run by
 * `deno test`.
 *
 * @module
 */
export * from "./context.ts";
export * from "./paper.ts";
