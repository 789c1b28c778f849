import { fileURLToPath } from "node:url";

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
  const scripts = {
    "vega.min.js": import.meta.resolve("npm:vega@5.33.1/build/vega.min.js"),
    "vega-lite.min.js": import.meta.resolve("npm:vega-lite@5.23.0/build/vega-lite.min.js"),
  };
  return Object.entries(scripts).map(([name, url]) => ({ name, path: fileURLToPath(url) }));
}
