import { Buffer } from "node:buffer";
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { deflateSync, inflateSync } from "node:zlib";

/**
 * Objects of git's pack files, one at a time: `isomorphic-git` reads and digests a whole pack, of tens of
 * megabytes, for the first object that it wants. Here an object is given as if it lay in a file of its own,
 * of which the library checks the digest.
 *
 * Formats: "gitformat-pack" of git's documentation, with the index in version 2, git's default since 2007.
 */
export class Packs {
  private readonly packs = new Map<string, Pack | null>();

  /** @param objects The folder of a repository's objects. */
  constructor(private readonly objects: string) {}

  /**
   * The file that an object would have by itself.
   *
   * @returns `undefined` if no pack that can be read here has it.
   */
  loose(oid: string): Uint8Array | undefined {
    for (const pack of this.all()) {
      const offset = pack?.offsetOf(oid);
      if (offset === undefined) continue;
      try {
        const { type, content } = pack!.read(offset);
        const header = new TextEncoder().encode(`${type} ${content.length}\0`);
        return deflateSync(Buffer.concat([header, content]), { level: 0 });
      } catch {
        return undefined; // damaged, or of a kind that is not known here: the library says what is wrong
      }
    }
    return undefined;
  }

  private all(): (Pack | null)[] {
    let names: string[];
    try {
      names = readdirSync(`${this.objects}/pack`).filter((name) => name.endsWith(".idx"));
    } catch {
      return []; // no packs
    }
    return names.map((name) => {
      const known = this.packs.get(name);
      if (known !== undefined) return known;
      const pack = openPack(`${this.objects}/pack/${name.slice(0, -".idx".length)}`);
      this.packs.set(name, pack);
      return pack;
    });
  }
}

function openPack(path: string): Pack | null {
  try {
    return new Pack(path);
  } catch {
    return null; // of another version, or not to be read: left to the library
  }
}

const TYPES: Readonly<Record<number, string>> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" };
const OFFSET_DELTA = 6, NAMED_DELTA = 7;

const MAGIC = 0xff744f63, VERSION = 2;
const FAN_OUT = 8, NAMES = FAN_OUT + 256 * 4, NAME_BYTES = 20;

/** Bytes that hold the head of any object: its size, and what it is a difference to. */
const HEAD_BYTES = 64;

interface Packed {
  readonly type: string;
  readonly content: Uint8Array;
}

/** A pack and its index, `<path>.pack` and `<path>.idx`. */
class Pack {
  private readonly index: Buffer;
  private readonly count: number;

  constructor(private readonly path: string) {
    this.index = readFileSync(`${path}.idx`);
    if (this.index.readUInt32BE(0) !== MAGIC || this.index.readUInt32BE(4) !== VERSION) {
      throw new RangeError(`Cannot read ${path}.idx as its version must be ${VERSION}`);
    }
    this.count = this.index.readUInt32BE(FAN_OUT + 255 * 4);
  }

  /** Where an object begins in the pack. */
  offsetOf(oid: string): number | undefined {
    const { index, count } = this;
    const name = Buffer.from(oid, "hex");
    if (name.length !== NAME_BYTES) return undefined;
    let low = name[0] === 0 ? 0 : index.readUInt32BE(FAN_OUT + (name[0] - 1) * 4);
    let high = index.readUInt32BE(FAN_OUT + name[0] * 4);
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = NAMES + middle * NAME_BYTES;
      const order = index.compare(name, 0, NAME_BYTES, at, at + NAME_BYTES);
      if (order === 0) {
        const offsets = NAMES + count * (NAME_BYTES + 4); // behind the names and their check sums
        const offset = index.readUInt32BE(offsets + middle * 4);
        if (offset < 2 ** 31) return offset;
        return Number(index.readBigUInt64BE(offsets + count * 4 + (offset - 2 ** 31) * 8));
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  /** The object that begins at an offset. */
  read(offset: number): Packed {
    const file = openSync(`${this.path}.pack`, "r");
    try {
      return this.readFrom(file, { offset, end: fstatSync(file).size });
    } finally {
      closeSync(file);
    }
  }

  private readFrom(file: number, { offset, end }: { readonly offset: number; readonly end: number }): Packed {
    const head = bytesAt(file, { offset, length: Math.min(HEAD_BYTES, end - offset) });
    let at = 0;
    let byte = head[at++];
    const kind = (byte >> 4) & 7;
    let size = byte & 15;
    for (let scale = 16; byte & 128; scale *= 128) {
      byte = head[at++];
      size += (byte & 127) * scale;
    }
    let base: number | undefined;
    if (kind === OFFSET_DELTA) {
      byte = head[at++];
      let back = byte & 127;
      while (byte & 128) {
        byte = head[at++];
        back = (back + 1) * 128 + (byte & 127);
      }
      base = offset - back;
    } else if (kind === NAMED_DELTA) {
      base = this.offsetOf(head.subarray(at, at += NAME_BYTES).toString("hex"));
      if (base === undefined) throw new RangeError("Cannot read an object as its base is in another pack");
    }
    // No deflated stream is longer than this.
    const longest = size + Math.ceil(size / 1000) + 64;
    const length = Math.min(longest, end - offset - at);
    const content = inflateSync(bytesAt(file, { offset: offset + at, length }));
    if (content.length !== size) throw new RangeError(`Cannot read an object as it must have ${size} bytes`);
    if (base === undefined) {
      const type = TYPES[kind];
      if (type === undefined) throw new RangeError(`Cannot read an object of kind ${kind}`);
      return { type, content };
    }
    const { type, content: source } = this.readFrom(file, { offset: base, end });
    return { type, content: applyDelta(content, source) };
  }
}

function bytesAt(
  file: number,
  { offset, length }: { readonly offset: number; readonly length: number },
): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(file, bytes, filled, length - filled, offset + filled);
    if (read === 0) throw new RangeError("Cannot read an object as its pack ends before it does");
    filled += read;
  }
  return bytes;
}

/** An object made of pieces of another and of new bytes. */
function applyDelta(delta: Uint8Array, source: Uint8Array): Uint8Array {
  let at = 0;
  const number = () => {
    let value = 0, scale = 1, byte: number;
    do {
      byte = delta[at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    return value;
  };
  /** Little-endian, with the bytes that are zero left out. */
  const sparse = (present: number, bytes: number) => {
    let value = 0;
    for (let i = 0; i < bytes; i++) if (present & (1 << i)) value += delta[at++] * 256 ** i;
    return value;
  };
  if (number() !== source.length) throw new RangeError("Cannot read an object as its base has another size");
  const target = new Uint8Array(number());
  let filled = 0;
  while (at < delta.length) {
    const instruction = delta[at++];
    let piece: Uint8Array;
    if (instruction & 128) {
      const start = sparse(instruction, 4);
      const length = sparse(instruction >> 4, 3) || 0x10000;
      piece = source.subarray(start, start + length);
    } else {
      piece = delta.subarray(at, at += instruction);
    }
    target.set(piece, filled);
    filled += piece.length;
  }
  if (filled !== target.length) throw new RangeError("Cannot read an object as its difference is too short");
  return target;
}
