/**
 * A reader of the few pickles that PyTorch wrote before its files were zip archives. A pickle is a program
 * that may call anything; here no name is looked up and nothing is called: three names stand for plain data,
 * and whatever else occurs is refused.
 */

/** A place in the file's numbers: `count` of them, found under `key`. */
export interface Storage {
  readonly kind: "storage";
  readonly key: string;
  readonly count: number;
}

/** A view of a storage. */
export interface StoredTensor {
  readonly kind: "tensor";
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** One of the three names. */
interface Name {
  readonly kind: "name";
  readonly name: string;
}

/** What a pickle may hold: tuples and lists are arrays, dictionaries maps. */
export type Pickled =
  | number
  | bigint
  | string
  | boolean
  | null
  | Pickled[]
  | Map<Pickled, Pickled>
  | Storage
  | StoredTensor
  | Name;

const ORDERED_DICT = "collections OrderedDict";
const FLOAT_STORAGE = "torch FloatStorage";
const REBUILD_TENSOR = "torch._utils _rebuild_tensor";
const NAMES: ReadonlySet<string> = new Set([ORDERED_DICT, FLOAT_STORAGE, REBUILD_TENSOR]);

function fail(why: string): never {
  throw new SyntaxError(`Cannot read the pickle as ${why}`);
}

const isKind = <K extends string>(value: Pickled | undefined, kind: K) =>
  value !== null && typeof value === "object" && "kind" in value && value.kind === kind;

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isWholes = (value: unknown): value is number[] => Array.isArray(value) && value.every(isWhole);

/** Reads one pickle after another from a file. */
export class PickleReader {
  /** Where the next pickle begins. */
  at = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next `count` bytes. */
  take(count: number): number {
    if (!isWhole(count) || this.at + count > this.bytes.length) {
      fail(`it must end within ${this.bytes.length} bytes: ${count} more are wanted at ${this.at}`);
    }
    const start = this.at;
    this.at += count;
    return start;
  }

  #uint8 = () => this.bytes[this.take(1)];
  #uint32 = () => this.#view.getUint32(this.take(4), true);

  #text(length: number): string {
    const start = this.take(length);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes.subarray(start, start + length));
    } catch (cause) {
      throw new SyntaxError("Cannot read the pickle as its texts must be UTF-8", { cause });
    }
  }

  /** Up to the end of the line. */
  #line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) fail("a name must end with its line");
    const line = this.#text(end - this.at);
    this.at++;
    return line;
  }

  /** A whole number of so many bytes, little-endian, with a sign. */
  #long(length: number): number | bigint {
    const start = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(this.bytes[start + i]);
    if (length > 0 && this.bytes[start + length - 1] >= 128) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /**
   * Reads the next pickle.
   *
   * @throws {SyntaxError} If it is cut short or damaged, or holds an opcode or a name that is not allowed.
   */
  read(): Pickled {
    const stack: Pickled[] = [], marks: number[] = [], memo = new Map<number, Pickled>();
    const pop = (): Pickled => {
      if (stack.length <= (marks.at(-1) ?? 0)) fail("it takes more from its stack than is there");
      return stack.pop()!;
    };
    const top = (): Pickled => {
      if (stack.length <= (marks.at(-1) ?? 0)) fail("it takes more from its stack than is there");
      return stack[stack.length - 1];
    };
    /** What lies above the last mark. */
    const sinceMark = (): Pickled[] => {
      const mark = marks.pop();
      if (mark === undefined) fail("it looks for a mark that is not there");
      return stack.splice(mark);
    };
    while (true) {
      const place = this.at, opcode = this.#uint8();
      switch (opcode) {
        case 0x80: { // PROTO
          const version = this.#uint8();
          if (version !== 2) fail(`its protocol must be 2: current value is ${version}`);
          break;
        }
        case 0x2e: // STOP
          if (stack.length !== 1 || marks.length > 0) fail("one value must be left at its end");
          return stack[0];
        case 0x8a: // LONG1
          stack.push(this.#long(this.#uint8()));
          break;
        case 0x4b: // BININT1
          stack.push(this.#uint8());
          break;
        case 0x4d: // BININT2
          stack.push(this.#view.getUint16(this.take(2), true));
          break;
        case 0x47: // BINFLOAT
          stack.push(this.#view.getFloat64(this.take(8), false));
          break;
        case 0x58: // BINUNICODE
          stack.push(this.#text(this.#uint32()));
          break;
        case 0x4e: // NONE
          stack.push(null);
          break;
        case 0x88: // NEWTRUE
          stack.push(true);
          break;
        case 0x28: // MARK
          marks.push(stack.length);
          break;
        case 0x7d: // EMPTY_DICT
          stack.push(new Map());
          break;
        case 0x75: { // SETITEMS
          const items = sinceMark(), dictionary = top();
          if (!(dictionary instanceof Map) || items.length % 2 > 0) fail("items must be set in a dictionary");
          for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1]);
          break;
        }
        case 0x5d: // EMPTY_LIST
        case 0x29: // EMPTY_TUPLE
          stack.push([]);
          break;
        case 0x65: { // APPENDS
          const items = sinceMark(), list = top();
          if (!Array.isArray(list)) fail("items must be appended to a list");
          for (const item of items) list.push(item);
          break;
        }
        case 0x74: // TUPLE
          stack.push(sinceMark());
          break;
        case 0x85: // TUPLE1
          stack.push([pop()]);
          break;
        case 0x86: { // TUPLE2
          const second = pop();
          stack.push([pop(), second]);
          break;
        }
        case 0x63: { // GLOBAL
          const name = `${this.#line()} ${this.#line()}`;
          if (!NAMES.has(name)) {
            fail(
              `nothing in it may be executed, and only ${
                [...NAMES].join(", ")
              } are known names: current value ` +
                `is ${JSON.stringify(name.slice(0, 80))}`,
            );
          }
          stack.push({ kind: "name", name });
          break;
        }
        case 0x52: { // REDUCE
          const args = pop();
          stack.push(made(pop(), args));
          break;
        }
        case 0x51: // BINPERSID
          stack.push(storage(pop()));
          break;
        case 0x71: // BINPUT
          memo.set(this.#uint8(), top());
          break;
        case 0x72: // LONG_BINPUT
          memo.set(this.#uint32(), top());
          break;
        case 0x68: { // BINGET
          const key = this.#uint8();
          if (!memo.has(key)) fail(`it reads what was never kept, number ${key}`);
          stack.push(memo.get(key)!);
          break;
        }
        default:
          fail(`opcode 0x${opcode.toString(16).padStart(2, "0")} at ${place} is not among those allowed`);
      }
    }
  }
}

/** What two of the three names make of their arguments. */
function made(name: Pickled, args: Pickled): Pickled {
  if (!isKind(name, "name") || !Array.isArray(args)) fail("only a known name may make something of a tuple");
  switch ((name as Name).name) {
    case ORDERED_DICT: {
      const pairs = args.length === 0 ? [] : args[0];
      if (
        args.length > 1 || !Array.isArray(pairs) ||
        pairs.some((pair) => !Array.isArray(pair) || pair.length !== 2)
      ) fail("an OrderedDict must be made of pairs");
      return new Map(pairs as [Pickled, Pickled][]);
    }
    case REBUILD_TENSOR: {
      const [source, offset, shape, strides] = args;
      if (
        args.length !== 4 || !isKind(source, "storage") || !isWhole(offset) || !isWholes(shape) ||
        !isWholes(strides)
      ) fail("a tensor must be made of a storage, an offset, a shape and strides");
      return { kind: "tensor", storage: source as Storage, offset, shape, strides };
    }
    default:
      return fail("a FloatStorage is not made of a tuple");
  }
}

/** ("storage", FloatStorage, key, location, count, None) */
function storage(id: Pickled): Storage {
  if (Array.isArray(id) && id.length === 6) {
    const [word, type, key, location, count, view] = id;
    if (
      word === "storage" && isKind(type, "name") && (type as Name).name === FLOAT_STORAGE &&
      typeof key === "string" && typeof location === "string" && isWhole(count) && view === null
    ) return { kind: "storage", key, count };
  }
  return fail("what lies outside must be a FloatStorage without a view");
}
