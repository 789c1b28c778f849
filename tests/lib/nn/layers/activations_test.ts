import { gelu, relu, sigmoid, silu, softplus, tanh } from "../../../../lib/nn/mod.ts";
import { type Tensor, tf, valueAndGrad } from "../../../../lib/tensor/mod.ts";
import { assertClose, evaluate, EXECUTORS, host } from "../_check.ts";
import golden from "../golden/golden.json" with { type: "json" };

const { x, ...cases } = golden.activations;

for (const [name, f] of Object.entries({ gelu, relu, sigmoid, silu, softplus, tanh })) {
  Deno.test(`${name}() equals PyTorch in value and gradient`, async () => {
    const wanted = cases[name as keyof typeof cases];
    for (const executor of EXECUTORS) {
      const { y, gradient } = await evaluate(executor, (x: Tensor) => {
        const { grads, aux } = valueAndGrad((x: Tensor) => {
          const y = f(x);
          return { value: tf.sum(y), aux: y };
        }, x);
        return { y: aux, gradient: grads };
      }, host({ shape: [x.length], data: x }));
      assertClose(y, wanted.y, { what: `${executor} y` });
      assertClose(gradient, wanted.gradient, { what: `${executor} gradient` });
    }
  });
}
