import { createHash } from "node:crypto";
import type { HostTree, Tensor } from "../tensor/mod.ts";
import { exportOnnx, type OnnxOptions } from "./onnx_file.ts";

/** A trained method as a program for any ONNX engine, with what made it; `saveModel` writes it to a file. */
export interface PortableModel {
  /** Names the method, e.g. `DTE-C`. */
  readonly method: string;
  /** What it was trained with. */
  readonly made: ModelMaking;
  /** The program. @param metadata What the file says about itself. @returns the bytes of an `.onnx` file. */
  toOnnx(metadata?: Readonly<Record<string, string>>): Uint8Array;
}

/** What a model was trained with. */
export interface ModelMaking {
  /** Of all random numbers. */
  readonly seed: number;
  /** SHA-256 of the training data, see {@link digestOf}. */
  readonly data: string;
  /** The numbers and texts among the options, and short lists and records of them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What has been trained and can leave: see `saveModel`. */
export interface Portable {
  /** Its program, and what made it. */
  portable(): PortableModel;
}

/** Options of {@link portableModel}: what made the model, and what it takes. */
export interface PortableOptions extends Pick<OnnxOptions, "scaling"> {
  /** Names the method, e.g. `DTE-C`. */
  readonly method: string;
  /** Of all random numbers. */
  readonly seed: number;
  /** {@link digestOf} the training data. */
  readonly data: string;
  /** The options of the training; only numbers, texts, and short lists and records of them are kept. */
  readonly settings: object;
}

/**
 * Describes how a trained program leaves: its file takes and gives rows, as many as there are.
 *
 * @param program From a record of tensors to another, `[rows, …]` each, of which no row depends on another;
 *   parameters are constants of it. The names are those of the records' entries.
 * @param example A record of host tensors for the program; its number of rows is computed at once.
 */
export function portableModel<Input extends Readonly<Record<string, Tensor>>>(
  program: (input: Input) => Readonly<Record<string, Tensor>>,
  example: HostTree<Input>,
  { method, seed, data, settings, scaling }: PortableOptions,
): PortableModel {
  return {
    method,
    made: {
      seed,
      data,
      settings: Object.fromEntries(Object.entries(settings).filter(([, v]) => isPlain(v))),
    },
    toOnnx: (metadata) =>
      exportOnnx(program, [example], { name: method, byName: true, byRows: true, scaling, metadata }),
  };
}

/** Longest list among the settings. */
const SHORT = 64;

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= SHORT && value.every(isPlain);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return isPlain(Object.values(value));
  }
  return ["number", "string", "boolean"].includes(typeof value);
}

/** SHA-256 of arrays: their kinds, lengths and bytes, one after the other; what is absent counts, too. */
export function digestOf(...arrays: readonly (ArrayBufferView | undefined)[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) {
    hash.update(`${array?.constructor.name} ${array?.byteLength};`);
    if (array !== undefined) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest("hex");
}
