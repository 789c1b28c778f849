import { checkTexts } from "./_texts.ts";
import type { Cell, Column, Measured, Table, Tone } from "./types.ts";

const DASH = "–";

/** Dark on light, as chips, so that they can be read on any ground. */
const chip = (ink: string, ground: string) =>
  `color:${ink};background:${ground};padding:1px 6px;border-radius:8px;white-space:nowrap`;
const TONES: Readonly<Record<Tone, string>> = {
  good: chip("#0b4f1f", "#cdeed6"),
  bad: chip("#7a1010", "#f8d3d0"),
  open: chip("#5c4300", "#fbe9b7"),
  none: chip("#444", "#e4e4e4"),
};

const CAPTION = "caption-side:top;text-align:left;font-weight:bold";

const isMeasured = (cell: Cell | undefined): cell is Measured => typeof cell === "object" && cell !== null;

/** A number with the column's decimals and a real minus sign, which 0 never has; no value as a dash. */
function formatNumber(value: number | null | undefined, { digits = 2 }: Column): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const text = value.toFixed(digits);
  return text.replace("-", Number(text) === 0 ? "" : "−");
}

/**
 * A cell as readers see it: numbers with the column's decimals, `ours ± std (reported)`. Counts that are the
 * same in every run have no spread.
 */
export function formatCell(cell: Cell | undefined, column: Column): string {
  if (typeof cell === "string") return cell;
  if (!isMeasured(cell)) return formatNumber(cell, column);
  const { value, std, reported } = cell;
  const counted = column.digits === 0 && std === 0;
  return formatNumber(value, column) +
    (std === undefined || value === null || counted ? "" : ` ± ${formatNumber(std, column)}`) +
    (reported === undefined ? "" : ` (${formatNumber(reported, column)})`);
}

/** A column is numeric, and set flush right, if it has numbers and no text. */
export function isNumericColumn({ rows }: Table, { key }: Column): boolean {
  const cells = rows.map((row) => row[key] ?? null).filter((cell) => cell !== null);
  return cells.length > 0 && cells.every((cell) => typeof cell !== "string");
}

/** Notes below the table: those of the columns, then the table's own. */
export function tableNotes({ columns, notes }: Table): string[] {
  return [...columns.flatMap(({ title, note }) => note === undefined ? [] : [`${title}: ${note}`]), ...notes];
}

/**
 * Writes a table as GitHub-flavoured Markdown, with its notes below.
 *
 * @throws {RangeError} If a text holds control characters.
 *
 * @example
 * ```ts
 * import { type Table, tableToMarkdown } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const table: Table = {
 *   kind: "table",
 *   columns: [{ key: "set", title: "Set" }, { key: "auroc", title: "AUROC (%)", digits: 1 }],
 *   rows: [{ set: "glass", auroc: 92.04 }, { set: "wine", auroc: null }],
 *   notes: ["Semi-supervised."],
 * };
 * assert.equal(
 *   tableToMarkdown(table),
 *   "| Set | AUROC (%) |\n| :-- | --: |\n| glass | 92.0 |\n| wine | – |\n\nSemi-supervised.\n",
 * );
 * ```
 */
export function tableToMarkdown(table: Table): string {
  checkTexts(table);
  const { title, columns, rows } = table;
  const cell = (text: string) =>
    text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll(
      /\r\n|\n|\r/g,
      " ",
    );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return (title === undefined ? "" : `**${cell(title)}**\n\n`) +
    line(columns.map(({ title }) => cell(title))) +
    line(columns.map((column) => isNumericColumn(table, column) ? "--:" : ":--")) +
    rows.map((row) => line(columns.map((column) => cell(formatCell(row[column.key], column))))).join("") +
    tableNotes(table).map((note) => `\n${note.replaceAll("<", "&lt;")}\n`).join("");
}

/**
 * Writes a table as CSV (RFC 4180): the keys in the first line, numbers in full precision, nothing for no
 * value. A column with measured values becomes three: `key`, `key std` and `key reported`.
 */
export function tableToCsv({ columns, rows }: Table): string {
  const field = (value: string | number | null | undefined) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const parts = columns.map(({ key }) => ({ key, measured: rows.some((row) => isMeasured(row[key])) }));
  const head = parts.flatMap(({ key, measured }) =>
    measured ? [key, `${key} std`, `${key} reported`] : [key]
  );
  const body = rows.map((row) =>
    parts.flatMap(({ key, measured }) => {
      const cell = row[key];
      if (isMeasured(cell)) return [cell.value, cell.std, cell.reported];
      return measured ? [cell, null, null] : [cell];
    })
  );
  return [head, ...body].map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

/**
 * Writes a table as an HTML fragment for notebooks and reports, with its notes below. Numbers never wrap
 * (wide tables scroll); a reported value stands small below ours.
 *
 * @throws {RangeError} If a text holds control characters.
 */
export function tableToHtml(table: Table): string {
  checkTexts(table);
  const { title, columns, rows } = table;
  const escape = (text: string) =>
    text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);
  const styles = columns.map((column) =>
    isNumericColumn(table, column) ? "text-align:right;white-space:nowrap" : "text-align:left"
  );
  const cells = (tag: string, contents: readonly string[]) =>
    contents.map((content, i) => `<${tag} style="${styles[i]}">${content}</${tag}>`).join("");
  const content = (cell: Cell | undefined, column: Column) => {
    const tone = typeof cell === "string" ? column.tones?.[cell] : undefined;
    if (tone !== undefined) return `<span style="${TONES[tone]}">${escape(cell as string)}</span>`;
    if (!isMeasured(cell) || cell.reported === undefined) return escape(formatCell(cell, column));
    const { reported, ...own } = cell;
    return `${formatCell(own, column)}<br><small>(${formatNumber(reported, column)})</small>`;
  };
  const head = cells("th", columns.map(({ title }) => escape(title)));
  const body = rows.map((row) =>
    `<tr>${cells("td", columns.map((column) => content(row[column.key], column)))}</tr>`
  );
  const notes = tableNotes(table).map((note) => `<p style="font-size:smaller">${escape(note)}</p>`).join(
    "\n",
  );
  const caption = title === undefined ? "" : `<caption style="${CAPTION}">${escape(title)}</caption>\n`;
  return `<div style="overflow-x:auto"><table>\n${caption}<thead><tr>${head}</tr></thead>\n<tbody>\n${
    body.join("\n")
  }\n</tbody>\n</table></div>\n${notes}`;
}
