/**
 * Makes TensorFlow.js compute in float64: import it before anything else.
 *
 * TensorFlow.js keeps `float32` tensors in whatever `Float32Array` names. With twice the digits, derivatives
 * can be held against central differences to many digits. (`tests/_run.ts` gives files that import this an
 * isolate of their own, so others keep float32.)
 */
globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;

const { tf } = await import("../../../lib/tensor/mod.ts");
tf.env().platform.isTypedArray = (x): x is Float32Array | Int32Array | Uint8Array =>
  ArrayBuffer.isView(x) && !(x instanceof DataView);
