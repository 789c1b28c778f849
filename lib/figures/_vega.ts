import process from "node:process";
import type { Loader, View } from "vega";
import { type TextStyle, textWidth } from "./_fonts.ts";
import type { Figure } from "./types.ts";

type Engines = Readonly<{ vega: typeof import("vega"); vegaLite: typeof import("vega-lite") }>;

let engines: Promise<Engines> | undefined;

/** Loads Vega and Vega-Lite on first use, and makes Vega measure text in the font that is drawn. */
function loadEngines(): Promise<Engines> {
  return engines ??= (async () => {
    // Vega's own file loader (not used here) pulls in Node's deprecated punycode module.
    const { noDeprecation } = process;
    process.noDeprecation = true;
    const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")])
      .finally(() => process.noDeprecation = noDeprecation);
    // Without a canvas Vega guesses 0.8 em a character. The public type lacks this documented hook.
    const { textMetrics } = vega as unknown as { textMetrics: { width: typeof measure } };
    textMetrics.width = measure;
    return { vega, vegaLite };
  })();
}

/** A text item's font settings and longest allowed width. */
type TextItem = Partial<TextStyle> & { readonly limit?: number; readonly text?: unknown };

function measure(item: TextItem, text: unknown = item.text): number {
  const width = textWidth(String(text ?? ""), { ...item, fontSize: item.fontSize ?? 11 });
  return item.limit !== undefined && item.limit > 0 ? Math.min(width, item.limit) : width;
}

/**
 * Only images inside the specification itself; data and images from elsewhere would change under a figure.
 */
function makeLoader(complain: (message: string) => void): Loader {
  const refuse = (uri: string) => {
    const message = `its data must be inline: current value is the address ${uri}`;
    complain(message);
    return Promise.reject(new RangeError(message));
  };
  const sanitize = (uri: string, { context }: { readonly context?: string } = {}) => {
    if (context === "href") {
      // A rejection here would end the process: nobody catches it.
      const harmless = /^(https?:|mailto:|#)/i.test(uri);
      if (!harmless) complain(`its links must be https, http, mailto or #: current value is ${uri}`);
      return Promise.resolve({ href: harmless ? uri : "#" });
    }
    return uri.startsWith("data:image/") ? Promise.resolve({ href: uri }) : refuse(uri);
  };
  return { options: undefined, load: refuse, sanitize, http: refuse, file: refuse } as Loader;
}

/**
 * Compiles, lays out and draws a figure.
 *
 * @returns The SVG text, and the headless view; the caller finalises it.
 * @throws {SyntaxError} With all of Vega-Lite's and Vega's complaints, warnings included.
 */
export async function draw(figure: Figure): Promise<{ svg: string; view: View }> {
  const { vega, vegaLite } = await loadEngines();
  const complaints = new Set<string>();
  const note = (...parts: readonly unknown[]) => {
    complaints.add(parts.map(String).join(" "));
    return logger;
  };
  let level = 0;
  const logger = {
    level: (value?: number) => value === undefined ? level : (level = value, logger),
    warn: note,
    error: note,
    info: () => logger,
    debug: () => logger,
  };
  try {
    // A copy, because Vega marks the data that it draws.
    // deno-lint-ignore no-explicit-any -- the compiler itself checks the specification
    const { spec } = vegaLite.compile(structuredClone(figure.spec) as any, { logger: logger as any });
    const view = new vega.View(vega.parse(spec), {
      renderer: "none",
      loader: makeLoader(note),
      logger: logger as unknown as ReturnType<typeof vega.logger>,
    });
    const svg = await view.toSVG();
    if (complaints.size === 0) return { svg, view };
    view.finalize();
  } catch (error) {
    note(error);
  }
  throw new SyntaxError(`Cannot draw the figure: ${[...complaints].join("; ").replaceAll("\n", " ")}`);
}

/** A piece of text in a drawn figure, with its box in pixels from the top left corner. */
export interface TextBox {
  readonly text: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** What is read of Vega's scene graph: marks hold items, and the items of groups hold marks. */
interface SceneMark {
  readonly marktype: string;
  readonly items: readonly SceneItem[];
}
interface SceneItem extends Partial<TextStyle> {
  readonly x?: number;
  readonly y?: number;
  readonly opacity?: number;
  readonly text?: unknown;
  readonly bounds: Omit<TextBox, "text">;
  readonly items?: readonly SceneMark[];
}

/** Calls back for each visible text, with the place of its group. */
function visitTexts(view: View, found: (item: SceneItem, dx: number, dy: number) => void): void {
  const visit = ({ marktype, items }: SceneMark, dx: number, dy: number): void => {
    for (const item of items) {
      const { x = 0, y = 0, opacity, text, items: marks = [] } = item;
      if (marktype === "group") { for (const mark of marks) visit(mark, dx + x, dy + y); }
      if (marktype === "text" && opacity !== 0 && String(text ?? "") !== "") found(item, dx, dy);
    }
  };
  visit((view.scenegraph() as unknown as { root: SceneMark }).root, 0, 0);
}

/** The visible texts of a drawn figure with their fonts, line by line. */
export function drawnTexts(view: View): { text: string; style: TextStyle }[] {
  const texts: { text: string; style: TextStyle }[] = [];
  visitTexts(view, ({ text, fontSize = 11, fontWeight, fontStyle }) => {
    for (const line of [text].flat()) {
      texts.push({ text: String(line), style: { fontSize, fontWeight, fontStyle } });
    }
  });
  return texts;
}

/** All visible text of a figure and its size: for tests that nothing is cut off or overlaps. */
export async function textBoxes(
  figure: Figure,
): Promise<{ width: number; height: number; boxes: TextBox[] }> {
  const { svg, view } = await draw(figure);
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
  const boxes: TextBox[] = [];
  const [left, top] = view.origin();
  const padding = view.padding() as Readonly<{ left: number; top: number }>;
  visitTexts(view, ({ text, bounds: { x1, y1, x2, y2 } }, groupX, groupY) => {
    const dx = groupX + left + padding.left, dy = groupY + top + padding.top;
    boxes.push({ text: String(text), x1: x1 + dx, y1: y1 + dy, x2: x2 + dx, y2: y2 + dy });
  });
  view.finalize();
  return { width, height, boxes };
}
