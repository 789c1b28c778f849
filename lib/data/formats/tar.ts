/** A regular file of a tar archive. */
export interface TarFile {
  /** Path in the archive. */
  readonly name: string;
  /** Its bytes. */
  readonly content: Uint8Array;
}

const BLOCK = 512;

/** Takes pieces of any length apart into lengths that are asked for. */
class Reader {
  readonly #pieces: Iterator<Uint8Array>;
  #rest = new Uint8Array(0);
  at = 0;

  constructor(pieces: Iterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.iterator]();
  }

  /** The next bytes. Memory is taken as they come, whatever a header claims. */
  take(count: number, what: string): Uint8Array {
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > this.#rest.length) {
      parts.push(this.#rest);
      missing -= this.#rest.length;
      const next = this.#pieces.next();
      if (next.done) {
        throw new SyntaxError(
          `Cannot read the archive as ${what} at byte ${this.at} is cut short: ${missing} bytes are missing`,
        );
      }
      this.#rest = next.value as Uint8Array<ArrayBuffer>;
    }
    parts.push(this.#rest.subarray(0, missing));
    this.#rest = this.#rest.subarray(missing);
    this.at += count;
    if (parts.length === 1) return parts[0];
    const joined = new Uint8Array(count);
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}

/** A number of a header: octal digits between spaces and NULs, or (GNU) big-endian after a byte 128. */
function headerNumber(field: Uint8Array): number {
  if (field[0] === 128) return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  const text = /^ *([0-7]+)[ \0]*$/.exec(latin1(field))?.[1];
  return text === undefined ? NaN : parseInt(text, 8);
}

const latin1 = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const untilNul = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replace(/\0.*$/s, "");

/**
 * Reads the regular files of a tar archive; folders, links and the like are left out.
 *
 * @param pieces The archive, in pieces of any length.
 * @throws {SyntaxError} If a header is damaged (its checksum says so), or the archive ends before its end
 *   mark; the message names the place.
 */
export function* tarFiles(pieces: Iterable<Uint8Array>): Generator<TarFile> {
  const reader = new Reader(pieces);
  for (;;) {
    const { at } = reader;
    const header = reader.take(BLOCK, "the header");
    if (header.every((byte) => byte === 0)) return;
    // The checksum counts its own field as spaces.
    const sum = header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
    const size = headerNumber(header.subarray(124, 136));
    if (headerNumber(header.subarray(148, 156)) !== sum || !Number.isSafeInteger(size)) {
      throw new SyntaxError(`Cannot read the archive as it must be tar: bad header at byte ${at}`);
    }
    const ustar = latin1(header.subarray(257, 262)) === "ustar";
    const folder = ustar ? untilNul(header.subarray(345, 500)) : "";
    const own = untilNul(header.subarray(0, 100));
    const name = folder === "" ? own : `${folder}/${own}`;
    const content = reader.take(BLOCK * Math.ceil(size / BLOCK), JSON.stringify(name)).subarray(0, size);
    // Type "0" or NUL: a regular file.
    if (header[156] === 48 || header[156] === 0) yield { name, content };
  }
}
