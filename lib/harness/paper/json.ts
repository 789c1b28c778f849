import type { Json } from "./types.ts";

/**
 * JSON text with the keys of every object sorted, so that equal values have equal text.
 *
 * @throws {TypeError} If the value is not plain JSON, see {@link checkJson}.
 */
export function canonicalJson(value: Json): string {
  checkJson(value);
  return JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const record = value as { readonly [key: string]: Json };
  return Object.fromEntries(Object.keys(record).sort().map((key) => [key, sorted(record[key])]));
}

/**
 * Checks that a value is plain JSON with finite numbers: what configurations and results may hold.
 *
 * @param name How errors call the value; the path within it follows, e.g. `result.scores[3]`.
 * @throws {TypeError} If a part of it is not JSON (`undefined`, a typed array, a date, a function, …).
 * @throws {RangeError} If a number is NaN or infinite.
 */
export function checkJson(value: unknown, name = "value"): asserts value is Json {
  const refuse = (
    path: string,
    wanted: string,
    current: string,
    kind: typeof RangeError | typeof TypeError,
  ) => {
    throw new kind(`Cannot keep ${path} as it must be ${wanted}: current value is ${current}`);
  };
  const visit = (part: unknown, path: string): void => {
    if (part === null || typeof part === "string" || typeof part === "boolean") return;
    if (typeof part === "number") {
      if (!Number.isFinite(part)) refuse(path, "a finite number", String(part), RangeError);
    } else if (Array.isArray(part)) {
      // Not forEach: it would skip holes.
      for (let i = 0; i < part.length; i++) visit(part[i], `${path}[${i}]`);
    } else if (typeof part === "object" && isPlain(part)) {
      for (const [key, child] of Object.entries(part)) visit(child, `${path}.${key}`);
    } else {
      const kind = typeof part === "object" ? `a ${part.constructor.name}` : typeof part;
      refuse(path, "plain JSON", kind, TypeError);
    }
  };
  visit(value, name);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** SHA-256 of text (as UTF-8) or bytes, in lower-case hexadecimal. */
export async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
