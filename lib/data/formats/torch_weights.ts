import { type Pickled, PickleReader, type StoredTensor } from "./_pickle.ts";
import { elements, type NamedTensor, type NamedTensors, shownName } from "./named_tensor.ts";

/** What a file of torch.save began with before version 1.6. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

function fail(why: string): never {
  throw new SyntaxError(`Cannot read the weights as ${why}`);
}

const isTensor = (value: Pickled | undefined): value is StoredTensor =>
  value !== null && typeof value === "object" && "kind" in value && value.kind === "tensor";

/** A dictionary of tensors, or the `state_dict` of a dictionary that has one. */
function stateOf(root: Pickled): Map<Pickled, Pickled> {
  const state = root instanceof Map && root.has("state_dict") ? root.get("state_dict") : root;
  if (!(state instanceof Map)) return fail("it must hold a dictionary of tensors");
  return state;
}

/**
 * Reads the weights of a file that `torch.save` wrote before version 1.6: five pickles of protocol 2, then
 * for each storage its length (int64) and its numbers (float32, little-endian).
 *
 * **Nothing is executed.** A pickle is a program; this reader knows 24 of its opcodes and the names
 * `OrderedDict`, `FloatStorage` and `_rebuild_tensor`, which stand for plain data. Any other is an error.
 *
 * @param bytes The whole file. Newer files are zip archives: save them as safetensors
 * ({@link readSafetensors}).
 * @returns the tensors of the file's dictionary, or of its `state_dict`, by name, in PyTorch's layout.
 * @throws {SyntaxError} If the file is of another kind, cut short or damaged, holds an opcode or a name that
 *   is not allowed, or a tensor that is not a contiguous float32.
 */
export function readTorchWeights(bytes: Uint8Array): NamedTensors {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    fail("it must be of the kind before PyTorch 1.6: current value is a zip archive; save it as safetensors");
  }
  const reader = new PickleReader(bytes);
  if (reader.read() !== MAGIC) fail("it must begin with PyTorch's magic number");
  const protocol = reader.read();
  if (protocol !== PROTOCOL) fail(`its protocol must be ${PROTOCOL}: current value is ${Number(protocol)}`);
  const system = reader.read();
  if (!(system instanceof Map) || system.get("little_endian") !== true) {
    fail("its numbers must be little-endian");
  }
  const state = stateOf(reader.read());
  const keys = reader.read();
  if (!Array.isArray(keys)) return fail("it must list its storages");

  const storages = new Map<string, Float32Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys) {
    if (typeof key !== "string" || storages.has(key)) {
      return fail("it must list its storages once each, by name");
    }
    const count = Number(view.getBigInt64(reader.take(8), true));
    const start = reader.take(4 * count);
    const numbers = new Float32Array(count);
    for (let i = 0; i < count; i++) numbers[i] = view.getFloat32(start + 4 * i, true);
    storages.set(key, numbers);
  }
  if (reader.at !== bytes.length) fail(`it must end at ${reader.at}: current value is ${bytes.length}`);

  const tensors = new Map<string, NamedTensor>();
  for (const [name, value] of state) {
    if (typeof name !== "string") return fail("its dictionary must have names as keys");
    if (!isTensor(value)) return fail(`${shownName(name)} must be a tensor`);
    tensors.set(name, readTensor(shownName(name), value, storages));
  }
  return tensors;
}

function readTensor(
  name: string,
  { storage: { key, count }, offset, shape, strides }: StoredTensor,
  storages: ReadonlyMap<string, Float32Array>,
): NamedTensor {
  const numbers = storages.get(key);
  if (numbers === undefined || numbers.length !== count) {
    return fail(`the storage of ${name} must have ${count} numbers: current value is ${numbers?.length}`);
  }
  const size = elements(shape);
  const contiguous = shape.map((_, axis) => elements(shape.slice(axis + 1)));
  if (
    strides.length !== shape.length || shape.some((length, k) => length > 1 && strides[k] !== contiguous[k])
  ) {
    fail(`${name} must be contiguous: current strides are [${strides}] of shape [${shape}]`);
  }
  if (offset + size > count) {
    fail(`${name} must end within ${count} numbers: current end is ${offset + size}`);
  }
  return { shape, data: numbers.slice(offset, offset + size) };
}
