const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/**
 * A decimal number; NaN for all else. `Number` would take `0x1A`, `0b11`, an empty text and `Infinity`, too.
 */
export function decimal(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

/** The value of `0x1A`, `-0b11` or `0o7`. */
const hexadecimal = (text: string) => (text.startsWith("-") ? -1 : 1) * Number(text.replace(/^[-+]/, ""));

/** What a text that is no decimal number may be instead, with a remedy, as the end of a message; or "". */
export function numberHint(text: string): string {
  if (/^[-+]?\d+,\d+$/.test(text)) return `; write decimal commas as points, ${text.replace(",", ".")}`;
  if (/^[-+]?0[xbo][\da-f]+$/i.test(text)) return `; write it in decimal digits, ${hexadecimal(text)}`;
  if (/^[-+]?\d+(?:\.\d*)?[dD][-+]?\d+$/.test(text)) return "; write Fortran's exponents with e";
  return "";
}
