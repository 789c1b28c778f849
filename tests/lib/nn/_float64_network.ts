/** A multilayer perceptron in float64 with its jet written out by hand, independent of the library's. */
import type { HostTensor, HostTree } from "../../../lib/compile/mod.ts";
import type { Dense, JetActivation } from "../../../lib/nn/mod.ts";

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/** The activations as functions of a number. */
export const ACTIVATIONS: Readonly<Record<JetActivation, (z: number) => number>> = {
  elu: (z) => z > 0 ? z : Math.expm1(z),
  tanh: Math.tanh,
  sin: Math.sin,
  softplus: (z) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0),
  silu: (z) => z * logistic(z),
};

/** σ, σ', σ'', σ''' by independent means: closed forms in other terms than the library's. */
const DERIVATIVES: Readonly<Record<JetActivation, (z: number) => readonly number[]>> = {
  elu: (z) => z > 0 ? [z, 1, 0, 0] : [Math.expm1(z), Math.exp(z), Math.exp(z), Math.exp(z)],
  tanh(z) {
    const s = 1 / Math.cosh(z), t = Math.tanh(z);
    return [t, s ** 2, -2 * t * s ** 2, 4 * t ** 2 * s ** 2 - 2 * s ** 4];
  },
  sin: (z) => [Math.sin(z), Math.cos(z), -Math.sin(z), -Math.cos(z)],
  softplus(z) {
    const c = 4 * Math.cosh(z / 2) ** 2;
    return [ACTIVATIONS.softplus(z), logistic(z), 1 / c, -Math.tanh(z / 2) / c];
  },
  silu(z) {
    const p = logistic(z), p1 = p * (1 - p), p2 = p1 * (1 - 2 * p), p3 = p1 * (1 - 6 * p + 6 * p * p);
    return [z * p, p + z * p1, 2 * p1 + z * p2, 3 * p2 + z * p3];
  },
};

/** Layers of plain float64 numbers. */
export interface Layer64 {
  /** `[inputs][outputs]`. */
  readonly weight: number[][];
  readonly bias: number[];
}

/** The same parameters in float64. */
export function toFloat64(layers: HostTree<readonly Dense[]>): Layer64[] {
  return layers.map((layer) => {
    const weight = layer.weight as HostTensor;
    const [inputs, outputs] = weight.shape;
    return {
      weight: Array.from(
        { length: inputs },
        (_, i) => Array.from(weight.data.subarray(i * outputs, (i + 1) * outputs)),
      ),
      bias: Array.from((layer.bias as HostTensor).data),
    };
  });
}

const linear = (h: readonly number[], { weight, bias }: Layer64, withBias: boolean): number[] =>
  bias.map((b, j) => h.reduce((total, value, i) => total + value * weight[i][j], withBias ? b : 0));

/** The network's first output at one point. */
export function evaluate64(
  layers: readonly Layer64[],
  x: readonly number[],
  activation: JetActivation,
): number {
  let h = x;
  layers.forEach((layer, i) => h = linear(i > 0 ? h.map(ACTIVATIONS[activation]) : h, layer, true));
  return h[0];
}

/** u, u_x, u_t, u_xx, u_xt, u_tt, u_xxx, u_xxt of the first output at (x, t), each rule written out. */
export function jet64(
  layers: readonly Layer64[],
  point: readonly number[],
  activation: JetActivation,
): Record<string, number> {
  const zeros = [0, 0];
  let h: Record<string, number[]> = {
    "": [...point],
    x: [1, 0],
    t: [0, 1],
    xx: zeros,
    xt: zeros,
    tt: zeros,
    xxx: zeros,
    xxt: zeros,
  };
  layers.forEach((layer, l) => {
    if (l > 0) {
      const z = h;
      const each = (f: (s: readonly number[], k: number) => number) =>
        z[""].map((value, k) => f(DERIVATIVES[activation](value), k));
      h = {
        "": each((s) => s[0]),
        x: each((s, k) => s[1] * z.x[k]),
        t: each((s, k) => s[1] * z.t[k]),
        xx: each((s, k) => s[2] * z.x[k] ** 2 + s[1] * z.xx[k]),
        xt: each((s, k) => s[2] * z.x[k] * z.t[k] + s[1] * z.xt[k]),
        tt: each((s, k) => s[2] * z.t[k] ** 2 + s[1] * z.tt[k]),
        xxx: each((s, k) => s[3] * z.x[k] ** 3 + 3 * s[2] * z.x[k] * z.xx[k] + s[1] * z.xxx[k]),
        xxt: each((s, k) =>
          s[3] * z.x[k] ** 2 * z.t[k] + 2 * s[2] * z.x[k] * z.xt[k] + s[2] * z.t[k] * z.xx[k] +
          s[1] * z.xxt[k]
        ),
      };
    }
    h = Object.fromEntries(Object.entries(h).map(([key, value]) => [key, linear(value, layer, key === "")]));
  });
  return Object.fromEntries(Object.entries(h).map(([key, value]) => [key, value[0]]));
}
