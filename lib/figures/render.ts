import { fontFiles } from "./_fonts.ts";
import { encodePng, withoutAlpha } from "./_png.ts";
import { quoted, unreadable } from "./_texts.ts";
import { draw, drawnTexts } from "./_vega.ts";
import { PRIMARY_FONT } from "./theme.ts";
import type { Figure } from "./types.ts";

/** Numbers generated ids by first appearance: Vega counts them over the whole process. */
function renumberIds(svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/( id="|url\(#)((?:clip|gradient_)\d+)/g, (_, start, id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return `${start}id${numbers.get(id)}`;
  });
}

const escapeXml = (text: string) =>
  text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);

/**
 * Draws a figure as SVG. The same figure gives the same text, on every machine.
 *
 * The alternative text is its `<title>`; what `stampProvenance` added is in `<metadata>`, as JSON.
 *
 * @throws {SyntaxError} If the specification does not compile, compiles with a warning, or refers to an
 * address.
 */
export async function renderSvg(figure: Figure): Promise<string> {
  return (await drawSvg(figure)).svg;
}

/** The SVG text, and the texts that are to be seen. */
async function drawSvg(figure: Figure): Promise<{ svg: string; texts: ReturnType<typeof drawnTexts> }> {
  const { svg, view } = await draw(figure);
  const texts = drawnTexts(view);
  view.finalize();
  const provenance = figure.spec.usermeta === undefined
    ? ""
    : `<metadata>${escapeXml(JSON.stringify(figure.spec.usermeta))}</metadata>`;
  const head = `role="img"><title>${escapeXml(figure.alt)}</title>${provenance}`;
  return {
    svg: renumberIds(svg).replace(/^<svg [^>]*>/, (tag) => `${tag.slice(0, -1)} ${head}`),
    texts,
  };
}

/** Options of {@link renderPng}. */
export interface PngOptions {
  /** Image pixels per pixel of the figure. @default 2 */
  readonly scale?: number;
  /** Called once for each text with characters that the font lacks. @default a warning on the console */
  readonly onWarning?: (message: string) => void;
}

/**
 * Draws a figure as PNG on white, in the font that comes with this project. Characters that it lacks (those
 * of East and South Asian scripts, for instance) are drawn as boxes, with a warning; {@link renderSvg} keeps
 * them for the reader's own fonts. What `stampProvenance` added is kept in the file.
 *
 * @throws As {@link renderSvg}.
 */
export async function renderPng(figure: Figure, options: PngOptions = {}): Promise<Uint8Array> {
  // deno-lint-ignore no-console -- what a library says where nobody listens
  const { scale = 2, onWarning = (message: string) => console.warn(message) } = options;
  const { Resvg } = await import("@resvg/resvg-js"); // native code: loaded only where a picture is made
  const { svg, texts } = await drawSvg(figure);
  for (const [text, missing] of unreadable(texts)) {
    onWarning(`${PRIMARY_FONT} lacks ${[...missing].join(" ")} of ${quoted(text)}: the PNG has boxes there`);
  }
  const resvg = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: { loadSystemFonts: false, fontFiles: [...fontFiles()], defaultFontFamily: PRIMARY_FONT },
  });
  const { pixels, width, height } = resvg.render();
  const { usermeta: metadata } = figure.spec;
  return encodePng(withoutAlpha(pixels), { width, height, level: 6, metadata });
}
