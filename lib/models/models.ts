import {
  disposable,
  type ExecutorName,
  type HostTensor,
  type ModelMaking,
  onnxMetadata,
  type OnnxModel,
  openOnnx,
  type Portable,
  type PortableModel,
} from "../compile/mod.ts";
import type { Matrix } from "../stats/mod.ts";

/** What a model's file says about itself. */
export interface ModelAbout extends ModelMaking {
  /** Names the method. */
  readonly method: string;
  /** Git commit of the project that trained it; `null` outside a git checkout. */
  readonly commit: string | null;
  /** Whether files that results depend on differed from the commit. */
  readonly dirty: boolean;
  /** Of refigure, Deno and V8. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A model from a file, ready to run. */
export interface LoadedModel extends OnnxModel {
  /** What made it. */
  readonly about: ModelAbout;
  /**
   * Anomaly scores of rows `[n, d]`, as the detector that was saved gives them.
   *
   * @throws {TypeError} If the model is no detector, or the number of columns differs.
   */
  score(rows: Matrix): Promise<Float64Array>;
}

/** The key of {@link ModelAbout} among a file's metadata. */
const KEY = "refigure";

/**
 * Writes a trained method to a file: an ordinary `.onnx` file that scores, predicts or acts in any ONNX
 * engine, in any language, without this library. Its metadata hold, as JSON under `refigure`, what made it.
 *
 * @param path Where to; replaced as a whole if it exists.
 * @param model Whatever has `portable`, such as a detector of `fitDteCategorical`, or what a function like
 * `portableMerlin` makes of trained parameters.
 * @returns what the file says about itself.
 * @throws {TypeError} If the model cannot leave as it is trained (the message says why).
 *
 * @example
 * ```ts
 * import { matrix, stream } from "@refigure/refigure";
 * import { fitDteCategorical } from "@refigure/refigure/diffusion_time";
 * import { loadModel, saveModel } from "@refigure/refigure/models";
 * import assert from "node:assert/strict";
 *
 * const normal = matrix(stream(0, "example").normal(new Float32Array(600)), { columns: 3 });
 * await using detector = await fitDteCategorical(normal, { seed: 0, epochs: 5 });
 * const path = await Deno.makeTempFile({ suffix: ".onnx" });
 * await saveModel(path, detector);
 * await using loaded = await loadModel(path);
 * assert.deepEqual([loaded.about.method, loaded.about.seed], ["DTE-C", 0]);
 * const [a] = await detector.score(normal), [b] = await loaded.score(normal);
 * assert.ok(Math.abs(a - b) < 1e-5);
 * ```
 */
export async function saveModel(path: string, model: Portable | PortableModel): Promise<ModelAbout> {
  const { method, made, toOnnx } = "portable" in model ? model.portable() : model;
  // deno-lint-ignore refigure/through-doors -- the doors load packages
  const { codeState, versions } = await import("../harness/results/provenance.ts");
  const about: ModelAbout = { method, ...made, ...await codeState(), versions: await versions({}) };
  const bytes = toOnnx({ [KEY]: JSON.stringify(about) });
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.writeFile(temporary, bytes, { createNew: true });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  return about;
}

/**
 * Opens a file of {@link saveModel}.
 *
 * @throws {TypeError} If it is another file.
 */
export async function loadModel(
  path: string,
  { executor = "native" }: { readonly executor?: ExecutorName } = {},
): Promise<LoadedModel> {
  const bytes = await Deno.readFile(path);
  const about = aboutOf(path, bytes);
  const { method } = about;
  const model = await openOnnx(bytes, { executor, name: method });
  return {
    ...model,
    about,
    async score({ data, rows, columns }) {
      if (!model.outputs.includes("score")) {
        throw new TypeError(
          `Cannot score with ${method} as its outputs must be score: current value is ${
            model.outputs.join(", ")
          }`,
        );
      }
      const input = { dtype: "float64", shape: [rows, columns], data: Float64Array.from(data) } as const;
      const { score } = await model.run({ rows: input });
      return Float64Array.from((score as HostTensor).data);
    },
    ...disposable(model.dispose),
  };
}

function aboutOf(path: string, bytes: Uint8Array): ModelAbout {
  let text: string | undefined;
  try {
    text = onnxMetadata(bytes)[KEY];
  } catch {
    // No model at all.
  }
  if (text !== undefined) return JSON.parse(text);
  throw new TypeError(
    `Cannot load ${path} as it must be a file of saveModel: it is ${
      bytes.length === 0 ? "empty" : "another one, or damaged"
    }; other .onnx files are opened by openOnnx`,
  );
}
