// Runs a model with onnxruntime alone. Arguments are its file and one of inputs; outputs are printed.
// deno-lint-ignore refigure/one-owner -- without the library is the point of it
import { InferenceSession, Tensor } from "onnxruntime-node";

const [model, feeds] = Deno.args;
const inputs = JSON.parse(Deno.readTextFileSync(feeds));
const session = await InferenceSession.create(model);
const found = await session.run(Object.fromEntries(
  Object.entries(inputs as Record<string, { dtype: "float64" | "float32"; shape: number[]; data: number[] }>)
    .map(([name, { dtype, shape, data }]) => [
      name,
      dtype === "float64"
        ? new Tensor("float64", Float64Array.from(data), shape)
        : new Tensor("float32", Float32Array.from(data), shape),
    ]),
));
const outputs = Object.entries(found).map(([name, { data }]) => [name, Array.from(data as Float32Array)]);
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(Object.fromEntries(outputs))));
