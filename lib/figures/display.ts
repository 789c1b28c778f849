import { Buffer } from "node:buffer";
import { renderPng } from "./render.ts";
import { tableToHtml, tableToMarkdown } from "./tables.ts";
import type { Figure, Table } from "./types.ts";

/** Contents by MIME type, of which a notebook shows the richest that it can. */
export type MimeBundle = Readonly<Record<string, string | object>>;

/**
 * What {@link show} gives the notebook: a figure as `application/vnd.vegalite.v5+json` for JupyterLab and
 * `image/png` for readers that only show images (GitHub), a table as `text/html`; both as `text/plain` (a
 * table in Markdown), as a text is.
 *
 * @example
 * ```ts
 * import { toMimeBundle } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const columns = [{ key: "n", title: "n" }];
 * const bundle = await toMimeBundle({ kind: "table", columns, rows: [{ n: 1 }], notes: [] });
 * assert.deepEqual(Object.keys(bundle), ["text/html", "text/plain"]);
 * ```
 */
export async function toMimeBundle(artefact: Figure | Table | string): Promise<MimeBundle> {
  if (typeof artefact === "string") return { "text/plain": artefact };
  if (artefact.kind === "table") {
    return { "text/html": tableToHtml(artefact), "text/plain": tableToMarkdown(artefact) };
  }
  return {
    "application/vnd.vegalite.v5+json": artefact.spec,
    "image/png": Buffer.from(await renderPng(artefact, { scale: PNG_SCALE })).toString("base64"),
    "text/plain": artefact.alt,
  };
}

/** The part of Deno's Jupyter kernel used here; `Deno.jupyter` exists only inside the kernel. */
interface Kernel {
  display(bundle: MimeBundle, options: { raw: true }): Promise<void>;
}

/** Pixels per unit of the fallback picture: legible, and notebooks stay small. */
const PNG_SCALE = 1.25;

/**
 * Sliders as wide as their figure, each on its own line. A page keeps the first style of all its figures, so
 * this one comes as a piece of HTML before the figure.
 */
const SLIDER_STYLE =
  "<style>.vega-bind label { display: flex; align-items: center; gap: 8px; max-width: 640px } " +
  ".vega-bind input[type=range] { flex: 1 }</style>";

/** The kernel may say that a cell has ended before it has sent what the cell showed, which is then lost. */
const SETTLE_MS = 60;

/**
 * Shows a figure, table or text below the running notebook cell: `await show(figure)`.
 *
 * (A cell's last value would do too, and `console.log` for a text, but what comes last in a cell now and then
 * gets lost.)
 *
 * @throws {Error} Outside of Deno's Jupyter kernel.
 */
export async function show(artefact: Figure | Table | string): Promise<void> {
  let kernel: Kernel;
  try {
    kernel = (Deno as unknown as { jupyter: Kernel }).jupyter;
    kernel.display;
  } catch (error) {
    throw new Error("Cannot show a figure as this is not a notebook: use renderSvg or renderPng", {
      cause: error,
    });
  }
  const bundle = await toMimeBundle(artefact);
  if (hasSliders(artefact)) await kernel.display({ "text/html": SLIDER_STYLE }, { raw: true });
  await kernel.display(bundle, { raw: true });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

function hasSliders(artefact: Figure | Table | string): boolean {
  if (typeof artefact === "string" || artefact.kind === "table") return false;
  const { params = [] } = artefact.spec as { params?: readonly { readonly bind?: unknown }[] };
  return params.some(({ bind }) => bind !== undefined);
}
