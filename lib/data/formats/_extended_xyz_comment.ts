import { decimal } from "./_decimal.ts";

/** What may stand behind a key. */
export type XyzInfoValue = string | number | boolean | readonly number[];

/** Key and value, as on the second line of an extended xyz frame. */
export type XyzInfo = Readonly<Record<string, XyzInfoValue>>;

/** `key`, `key=value`, `key="value"` or `key={value}`. */
const PAIR = /\s*([^\s="'{}]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|\{([^}]*)\}|([^\s"'{}]+)))?(?=\s|$)/y;

/**
 * Reads a line of pairs; a key alone is true.
 *
 * @throws {SyntaxError} If it has another form, or a key twice.
 */
export function parseComment(line: string): Map<string, XyzInfoValue> {
  const pairs = new Map<string, XyzInfoValue>(), text = line.trim();
  for (let at = 0; at < text.length;) {
    PAIR.lastIndex = at;
    const found = PAIR.exec(text);
    if (found === null) {
      throw new SyntaxError(
        `it must be pairs of key=value, values with spaces in quotes: current value is ${
          JSON.stringify(text.slice(at))
        }`,
      );
    }
    const [all, key, ...forms] = found;
    if (pairs.has(key)) {
      throw new SyntaxError(`keys must stand once: current value is ${JSON.stringify(key)}`);
    }
    const value = forms.find((form) => form !== undefined);
    pairs.set(key, value === undefined ? true : valueOf(value));
    at += all.length;
  }
  return pairs;
}

/** A number, a truth, a list of two numbers or more, or the text. */
function valueOf(text: string): XyzInfoValue {
  if (/^(?:T|true|True|TRUE)$/.test(text)) return true;
  if (/^(?:F|false|False|FALSE)$/.test(text)) return false;
  const numbers = text.trim().split(/\s+/).map(decimal);
  if (text === "" || numbers.some(Number.isNaN)) return text;
  return numbers.length === 1 ? numbers[0] : numbers;
}
