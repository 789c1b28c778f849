import { packedHint } from "../_packing.ts";

// The decoders on npm (bz2, seek-bzip, unbzip2-stream) never end on a run length past 2^31, and the build of
// the reference library for WebAssembly needs to know the size beforehand; hence this one.

const BLOCK = 0x314159, BLOCK_REST = 0x265359, END = 0x177245, END_REST = 0x385090;

/** Longest Huffman code, bits. */
const LONGEST = 20;

/** Symbols that share a table. */
const GROUP = 50;

/** Unpacked bytes that are handed on at once. */
const PIECE = 1 << 18;

/** Options of {@link bunzip}. */
export interface BunzipOptions {
  /** Most bytes to unpack. @default 250 times those of the file, but at least 64 MiB */
  readonly maxBytes?: number;
}

const damaged = (what: string): never => {
  throw new SyntaxError(`Cannot unpack the bzip2 file as it is damaged: ${what}`);
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #hold = 0;
  #left = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `count` <= 24 bits as a number. */
  read(count: number): number {
    while (this.#left < count) {
      if (this.#at >= this.#bytes.length) damaged("it is cut short");
      this.#hold = (this.#hold << 8) | this.#bytes[this.#at++];
      this.#left += 8;
    }
    this.#left -= count;
    return (this.#hold >>> this.#left) & ((1 << count) - 1);
  }

  /** The next 32 bits. */
  readWord(): number {
    return this.read(16) * 65536 + this.read(16);
  }

  /** Goes on to the next whole byte; whether there is one. */
  align(): boolean {
    this.#left -= this.#left % 8;
    return this.#left > 0 || this.#at < this.#bytes.length;
  }
}

/** A canonical Huffman code: by length, the largest code, and a code less its place in `symbols`. */
interface Code {
  readonly shortest: number;
  readonly longest: number;
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly symbols: Uint16Array;
}

function makeCode(lengths: Uint8Array): Code {
  const counts = new Int32Array(LONGEST + 2), limits = new Int32Array(LONGEST + 2).fill(-1);
  const offsets = new Int32Array(LONGEST + 2), symbols = new Uint16Array(lengths.length);
  for (const length of lengths) counts[length]++;
  let code = 0, place = 0;
  for (let length = 1; length <= LONGEST; length++) {
    offsets[length] = code - place;
    lengths.forEach((own, symbol) => {
      if (own === length) symbols[place++] = symbol;
    });
    limits[length] = code + counts[length] - 1;
    code = (code + counts[length]) * 2;
  }
  return { shortest: Math.min(...lengths), longest: Math.max(...lengths), limits, offsets, symbols };
}

function readSymbol(bits: BitReader, { shortest, longest, limits, offsets, symbols }: Code): number {
  let length = shortest, code = bits.read(shortest);
  while (code > limits[length]) {
    if (length === longest) damaged("a code is not in its table");
    code = code * 2 + bits.read(1);
    length++;
  }
  return symbols[code - offsets[length]] ?? damaged("a code is not in its table");
}

/** Brings the entry at `index` to the front. */
function moveToFront(list: Uint8Array, index: number): number {
  const value = list[index];
  list.copyWithin(1, 0, index);
  return list[0] = value;
}

/** The code of each group of symbols, and the bytes that occur. */
function readTables(bits: BitReader): { bytes: Uint8Array; codes: Code[]; selectors: Uint8Array } {
  const used: number[] = [], ranges = bits.read(16);
  for (let range = 0; range < 16; range++) {
    if (!(ranges & (0x8000 >> range))) continue;
    const present = bits.read(16);
    for (let k = 0; k < 16; k++) if (present & (0x8000 >> k)) used.push(16 * range + k);
  }
  const tables = bits.read(3), count = bits.read(15);
  if (used.length === 0 || tables < 2 || tables > 6 || count === 0) damaged("a block's head makes no sense");
  const order = Uint8Array.from({ length: tables }, (_, k) => k);
  const selectors = Uint8Array.from({ length: count }, () => {
    let index = 0;
    while (bits.read(1)) if (++index >= tables) damaged("a table is missing");
    return moveToFront(order, index);
  });
  const codes = Array.from({ length: tables }, () => {
    let length = bits.read(5);
    return makeCode(Uint8Array.from({ length: used.length + 2 }, () => {
      for (;; length += bits.read(1) ? -1 : 1) {
        if (length < 1 || length > LONGEST) damaged("a code is too long");
        if (!bits.read(1)) return length;
      }
    }));
  });
  return { bytes: Uint8Array.from(used), codes, selectors };
}

/** Undoes Huffman coding, moving to front and run lengths: fills `block`, and returns its length. */
function readBlock(bits: BitReader, block: Uint32Array): number {
  const { bytes, codes, selectors } = readTables(bits);
  const end = bytes.length + 1;
  let size = 0, run = 0, weight = 1;
  for (let at = 0;; at++) {
    const selector = selectors[Math.floor(at / GROUP)] ?? damaged("a block has no end");
    const symbol = readSymbol(bits, codes[selector]);
    if (symbol <= 1) {
      run += weight << symbol;
      weight *= 2;
      if (run > block.length) damaged("a run is longer than a block");
      continue;
    }
    if (run > 0) {
      if (size + run > block.length) damaged("a block is too long");
      block.fill(bytes[0], size, size += run);
      [run, weight] = [0, 1];
    }
    if (symbol === end) return size;
    if (size === block.length) damaged("a block is too long");
    block[size++] = moveToFront(bytes, symbol - 1);
  }
}

/** Undoes the Burrows-Wheeler transform: the upper 24 bits of an entry become the place of its successor. */
function linkBlock(block: Uint32Array, size: number): void {
  const starts = new Int32Array(257);
  for (let i = 0; i < size; i++) starts[block[i] + 1]++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] += starts[byte];
  for (let i = 0; i < size; i++) block[starts[block[i] & 255]++] |= i << 8;
}

/**
 * Unpacks bzip2 (one or more streams), piece by piece, and checks its checksums.
 *
 * @param bytes The whole file.
 * @returns Pieces of at most 256 KiB; a piece is the reader's to keep.
 * @throws {SyntaxError} If it is no bzip2, is damaged or cut short, or unpacks to more than `maxBytes`; what
 *   was read before was right block by block.
 */
export function* bunzip(bytes: Uint8Array, options: BunzipOptions = {}): Generator<Uint8Array<ArrayBuffer>> {
  const { maxBytes = Math.max(1 << 26, 250 * bytes.length) } = options;
  const bits = new BitReader(bytes);
  let total = 0, piece = new Uint8Array(PIECE), filled = 0;
  do {
    if (bytes.length < 14 || bits.read(24) !== 0x425a68) {
      const why = 'it must be bzip2, which starts with "BZh"';
      throw new SyntaxError(`Cannot unpack the file as ${why}${packedHint(bytes, "bzip2")}`);
    }
    const level = bits.read(8) - 48;
    if (level < 1 || level > 9) damaged("its block size is not in 1 to 9");
    const block = new Uint32Array(100_000 * level);
    let combined = 0;
    for (;;) {
      const magic = bits.read(24), rest = bits.read(24), wanted = bits.readWord();
      if (magic === END && rest === END_REST) {
        if (wanted !== combined) damaged("its checksum is wrong");
        break;
      }
      if (magic !== BLOCK || rest !== BLOCK_REST || bits.read(1) !== 0) damaged("a block has no start");
      const first = bits.read(24), size = readBlock(bits, block);
      if (first >= size) damaged("a block starts behind its end");
      linkBlock(block, size);
      let crc = -1, entry = block[first], last = -1, same = 0;
      for (let i = 0; i < size; i++) {
        entry = block[entry >>> 8];
        const byte = entry & 255;
        // Four equal bytes are followed by the number of further ones.
        const copies = same === 4 ? byte : 1, value = same === 4 ? last : byte;
        same = same === 4 ? 0 : byte === last ? same + 1 : 1;
        last = same === 0 ? -1 : byte;
        total += copies;
        if (total > maxBytes) {
          throw new SyntaxError(
            `Cannot unpack the bzip2 file as its content must have at most ${maxBytes} bytes`,
          );
        }
        for (let copy = 0; copy < copies; copy++) {
          crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ value];
          piece[filled++] = value;
          if (filled < PIECE) continue;
          yield piece;
          [piece, filled] = [new Uint8Array(PIECE), 0];
        }
      }
      if ((~crc >>> 0) !== wanted) damaged("a block's checksum is wrong");
      combined = ((combined << 1) | (combined >>> 31)) ^ ~crc;
      combined >>>= 0;
    }
  } while (bits.align());
  if (filled > 0) yield piece.subarray(0, filled);
}
