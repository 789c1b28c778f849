import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A script that a page needs to show figures interactively. */
export interface BrowserScript {
  /** File name, e.g. `vega.min.js`. */
  readonly name: string;
  /** Where it lies on this machine. */
  readonly path: string;
}

/**
 * Vega and Vega-Lite for browsers, in the order in which a page has to load them; they define `vega` and
 * `vegaLite`.
 */
export function browserScripts(): readonly BrowserScript[] {
  const require = createRequire(import.meta.url);
  return ["vega", "vega-lite"].map((name) => ({
    name: `${name}.min.js`,
    path: join(dirname(require.resolve(`${name}/package.json`)), "build", `${name}.min.js`),
  }));
}
