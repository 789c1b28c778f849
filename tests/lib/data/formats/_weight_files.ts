/** Files of weights, written byte by byte. */

const ascii = (text: string) => [...new TextEncoder().encode(text)];

/** A file in the format safetensors. */
export function safetensors(header: unknown, body: Uint8Array): Uint8Array {
  const json = ascii(JSON.stringify(header));
  const head = new Uint8Array(8);
  new DataView(head.buffer).setBigUint64(0, BigInt(json.length), true);
  return Uint8Array.from([...head, ...json, ...body]);
}

const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
const global = (module: string, name: string) => ascii(`c${module}\n${name}\n`);

/** Parts of pickles of protocol 2. */
export const PICKLE = {
  text: (value: string) => [0x58, ...u32(value.length), ...ascii(value)],
  byte: (value: number) => [0x4b, value],
  global,
  /** The whole pickle of a value. */
  whole: (...parts: readonly (readonly number[])[]) => [0x80, 2, ...parts.flat(), 0x2e],
};
const { text, byte, whole } = PICKLE;

const MAGIC = whole([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);
const PROTOCOL = whole([0x4d, 0xe9, 0x03]);
const SYSTEM = whole([0x7d, 0x71, 0], [0x28], text("little_endian"), [0x88], [0x75]);

/** A tensor of the storage "0" with `count` numbers. */
export function tensor(
  { count = 6, offset = 0, shape = [2, 3], strides = [3, 1], storage = "FloatStorage", key = "0" } = {},
): number[] {
  const tuple = (values: readonly number[]) => [0x28, ...values.flatMap(byte), 0x74];
  return [
    ...global("torch._utils", "_rebuild_tensor"),
    0x28,
    ...[0x28, ...text("storage"), ...global("torch", storage), ...text(key)],
    ...[...text("cpu"), ...byte(count), 0x4e, 0x74, 0x51], // the storage, by BINPERSID
    ...byte(offset),
    ...tuple(shape),
    ...tuple(strides),
    0x74,
    0x52,
  ];
}

/** What a file of PyTorch before 1.6 may be changed in. */
export interface TorchFileOptions {
  /** The pickle of the weights. @default {"state_dict": OrderedDict(w: tensor), "best_prec1": 91.5} */
  readonly state?: readonly number[];
  readonly numbers?: readonly number[];
  readonly magic?: readonly number[];
  readonly system?: readonly number[];
}

/** A pickle of a dictionary with a state, as training scripts write it. */
export function checkpoint(value: readonly number[]): number[] {
  const dictionary = [...global("collections", "OrderedDict"), 0x29, 0x52, 0x71, 1];
  return whole(
    [0x7d, 0x28],
    [...text("state_dict"), ...dictionary, 0x28, ...text("w"), ...value, 0x75],
    [...text("best_prec1"), 0x47, 0x40, 0x56, 0xe0, 0, 0, 0, 0, 0],
    [0x75],
  );
}

/** A file as PyTorch wrote it before 1.6, with one storage "0". */
export function torchFile(options: TorchFileOptions = {}): Uint8Array {
  const { state = checkpoint(tensor()), numbers = [1, 2, 3, 4, 5, 6], magic = MAGIC, system = SYSTEM } =
    options;
  const keys = whole([0x5d, 0x28], text("0"), [0x65]);
  const storage = new Uint8Array(Float32Array.from(numbers).buffer);
  const length = new Uint8Array(BigInt64Array.of(BigInt(numbers.length)).buffer);
  return Uint8Array.from([...magic, ...PROTOCOL, ...system, ...state, ...keys, ...length, ...storage]);
}
