import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
// So that whoever installs what is imported has the fonts.
import "dejavu-fonts-ttf/package.json" with { type: "json" };
import opentype from "opentype.js";

/** Font files: normal, bold, oblique, both; resvg and the text metrics use the same ones. */
const FILES = [
  "DejaVuSans.ttf",
  "DejaVuSans-Bold.ttf",
  "DejaVuSans-Oblique.ttf",
  "DejaVuSans-BoldOblique.ttf",
];

/** How text is set. */
export interface TextStyle {
  /** Pixels. */
  readonly fontSize: number;
  readonly fontWeight?: string | number;
  readonly fontStyle?: string;
}

/** Paths of the DejaVu Sans files in the installed package. */
export function fontFiles(): readonly string[] {
  return FILES.map((file) => fileURLToPath(import.meta.resolve(`npm:dejavu-fonts-ttf@2.37.3/ttf/${file}`)));
}

/** What is used of opentype.js's fonts (the package comes without types). */
interface Font {
  readonly unitsPerEm: number;
  charToGlyph(character: string): { readonly advanceWidth?: number };
  charToGlyphIndex(character: string): number;
}

/** A font with the widths of the characters asked for so far, in ems. */
interface LoadedFont {
  readonly font: Font;
  readonly widths: Map<string, number>;
}

const loaded = new Map<number, LoadedFont>();

function load(index: number): LoadedFont {
  const bytes = readFileSync(fontFiles()[index]);
  const font: Font = opentype.parse(bytes.buffer as ArrayBuffer, { lowMemory: true });
  const entry = { font, widths: new Map() };
  loaded.set(index, entry);
  return entry;
}

/** The font that a style asks for. */
function fontOf({ fontWeight = "normal", fontStyle = "normal" }: Partial<TextStyle>): LoadedFont {
  const bold = fontWeight === "bold" || Number(fontWeight) >= 600;
  const slanted = fontStyle === "italic" || fontStyle === "oblique";
  const index = (bold ? 1 : 0) + (slanted ? 2 : 0);
  return loaded.get(index) ?? load(index);
}

/** White space, and marks that only tell how their neighbours are joined, need no glyph. */
const INVISIBLE = /^[\s\p{Cf}\u{fe00}-\u{fe0f}]$/u;

/** Whether the font of a style can draw a character. */
export function hasGlyph(character: string, style: Partial<TextStyle>): boolean {
  return INVISIBLE.test(character) || fontOf(style).font.charToGlyphIndex(character) > 0;
}

/**
 * Measures one line of text in DejaVu Sans: the sum of the characters' advances (kerning, which is left out,
 * narrows text by less than 2 %).
 *
 * @returns Width in pixels.
 */
export function textWidth(text: string, style: TextStyle): number {
  const { font, widths } = fontOf(style);
  let ems = 0;
  for (const character of text) {
    let width = widths.get(character);
    if (width === undefined) {
      width = (font.charToGlyph(character).advanceWidth ?? 0) / font.unitsPerEm;
      widths.set(character, width);
    }
    ems += width;
  }
  return ems * style.fontSize;
}
