/** Files of weights: safetensors, and PyTorch's from before it wrote zip archives. */
import assert from "node:assert/strict";
import { fromTorchLayout, readSafetensors, readTorchWeights } from "../../../../lib/data/mod.ts";
import { checkpoint, PICKLE, safetensors, tensor, torchFile } from "./_weight_files.ts";

Deno.test("readSafetensors() reads float32 and float16, wherever their bytes begin", () => {
  // 1.5 and −2 as float16 (0x3e00, 0xc000) come first, so that the float32 begins at no multiple of 4.
  const header = {
    half: { dtype: "F16", shape: [1], data_offsets: [0, 2] },
    __metadata__: { format: "pt" },
    single: { dtype: "F32", shape: [1, 2], data_offsets: [2, 10] },
    brain: { dtype: "BF16", shape: [1], data_offsets: [10, 12] },
    count: { dtype: "I64", shape: [], data_offsets: [12, 20] },
  };
  const floats = new Uint8Array(Float32Array.of(0.25, -7).buffer);
  const body = Uint8Array.from([0x00, 0x3e, ...floats, 0xc0, 0xbf, 5, ...Array(7).fill(0)]);
  const tensors = readSafetensors(safetensors(header, body));
  assert.deepEqual([...tensors.keys()], ["half", "single", "brain", "count"]);
  assert.deepEqual(tensors.get("half"), { shape: [1], data: Float32Array.of(1.5) });
  assert.deepEqual(tensors.get("single"), { shape: [1, 2], data: Float32Array.of(0.25, -7) });
  assert.deepEqual(tensors.get("brain")!.data, Float32Array.of(-1.5));
  assert.deepEqual(tensors.get("count"), { shape: [], data: Float64Array.of(5) });
});

Deno.test("readSafetensors() refuses what does not fit, and says what", () => {
  const of = (entry: unknown, bytes = 8) => () =>
    readSafetensors(safetensors({ w: entry }, new Uint8Array(bytes)));
  const w = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  of(w)();
  for (
    const [wrong, message] of [
      [of({ ...w, dtype: "F8_E4M3" }), /type of "w"/],
      [of({ ...w, dtype: "toString" }), /type of "w"/],
      [of({ ...w, shape: [-2] }), /whole numbers/],
      [of({ ...w, shape: [3] }), /must have 12 bytes/],
      [of({ ...w, data_offsets: [0, 4] }), /must have 8 bytes/],
      [of({ ...w, data_offsets: [4, 12] }, 12), /must begin where/],
      [of(w, 4), /end within/],
      [of(w, 12), /file must have/],
      [() => readSafetensors(new Uint8Array(3)), /8 bytes at least/],
      [() => readSafetensors(new Uint8Array(20).fill(255)), /header must end/],
      [() => readSafetensors(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 91, 91)), /must be JSON/],
      [() => readSafetensors(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 91, 93)), /must be an object/],
    ] as const
  ) assert.throws(wrong, (error: Error) => error instanceof SyntaxError && message.test(error.message));
});

Deno.test("readTorchWeights() reads a state, views of storages included", () => {
  assert.deepEqual(
    [...readTorchWeights(torchFile())],
    [["w", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }]],
  );
  const state = checkpoint(tensor({ offset: 2, shape: [3], strides: [1] }));
  assert.deepEqual(readTorchWeights(torchFile({ state })).get("w")!.data, Float32Array.of(3, 4, 5));
});

Deno.test("readTorchWeights() executes nothing: other names and opcodes are refused", () => {
  const { global, text, whole } = PICKLE;
  const refused = (state: readonly number[], message: RegExp) =>
    assert.throws(
      () => readTorchWeights(torchFile({ state })),
      (error: Error) => error instanceof SyntaxError && message.test(error.message),
    );
  // What a hostile file would hold: os.system("…").
  refused(whole(global("os", "system"), text("touch x"), [0x85, 0x52]), /nothing in it may be executed/);
  for (const [module, name] of [["builtins", "eval"], ["torch", "load"], ["collections", "OrderedDict "]]) {
    refused(whole(global(module, name)), /known names/);
  }
  refused(whole(global("torch", "FloatStorage"), [0x29, 0x52]), /is not made/);
  refused(whole(text("os"), [0x29, 0x52]), /only a known name/);
  refused(checkpoint(tensor({ storage: "DoubleStorage" })), /known names/);
  // BUILD, NEWOBJ, INST, EXT1, STACK_GLOBAL, POP: not one of them occurs.
  for (const opcode of [0x62, 0x81, 0x69, 0x82, 0x93, 0x30]) {
    refused(whole([0x4b, 1, opcode]), /not among those allowed/);
  }
});

Deno.test("readTorchWeights() refuses damaged files", () => {
  const { whole, byte } = PICKLE;
  const of = (options: Parameters<typeof torchFile>[0]) => () => readTorchWeights(torchFile(options));
  for (
    const [wrong, message] of [
      [of({ magic: whole(byte(7)) }), /magic number/],
      [of({ system: whole([0x7d]) }), /little-endian/],
      [of({ state: whole(byte(7)) }), /dictionary of tensors/],
      [of({ state: checkpoint(byte(7)) }), /must be a tensor/],
      [of({ state: checkpoint(tensor({ strides: [1, 2] })) }), /contiguous/],
      [of({ state: checkpoint(tensor({ offset: 1 })) }), /within 6 numbers/],
      [of({ state: checkpoint(tensor({ count: 7 })) }), /must have 7 numbers/],
      [of({ state: checkpoint(tensor({ key: "1" })) }), /storage of "w"/],
      [of({ state: [0x80, 3, 0x2e] }), /protocol must be 2/],
      [of({ state: [0x80, 2, 0x75, 0x2e] }), /mark that is not there/],
      [of({ state: [0x80, 2, 0x85, 0x2e] }), /more from its stack/],
      [of({ state: [0x80, 2, 0x68, 9, 0x2e] }), /never kept/],
      [() => readTorchWeights(torchFile().slice(0, -1)), /end within/],
      [() => readTorchWeights(Uint8Array.from([...torchFile(), 0])), /must end at/],
      [() => readTorchWeights(Uint8Array.of(0x50, 0x4b, 3, 4)), /zip archive/],
    ] as const
  ) assert.throws(wrong, (error: Error) => error instanceof SyntaxError && message.test(error.message));
});

Deno.test("fromTorchLayout() turns filters [out, in, h, w] into [h, w, in, out]", () => {
  const data = Float32Array.from({ length: 2 * 3 * 1 * 2 }, (_, i) => i);
  const turned = fromTorchLayout({ shape: [2, 3, 1, 2], data });
  assert.deepEqual(turned.shape, [1, 2, 3, 2]);
  // Element (o, i, 0, x) = 6 o + 2 i + x comes to (0, x, i, o).
  assert.deepEqual([...turned.data], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  assert.throws(() => fromTorchLayout({ shape: [1, 1, 1], data: Float32Array.of(1) }), TypeError);
});
