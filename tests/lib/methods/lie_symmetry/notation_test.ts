import assert from "node:assert/strict";
import {
  burgers,
  constant,
  evolutionEquation,
  generator,
  heat,
  Polynomial,
  polynomial,
  variable,
} from "../../../../lib/methods/lie_symmetry/mod.ts";

const x = variable("x"), t = variable("t"), u = variable("u"), nu = 0.1;

const CASES: readonly [string, Polynomial][] = [
  ["0", constant(0)],
  ["7", constant(7)],
  ["-2.5e-3", constant(-2.5e-3)],
  [".5 x", x.times(0.5)],
  ["x", x],
  ["u_xx", variable("u_xx")],
  ["4 nu t x", t.times(x).times(4 * nu)],
  ["4ν*t*x", t.times(x).times(4 * nu)],
  ["4nu t x", t.times(x).times(4 * nu)],
  ["x - t u", x.minus(t.times(u))],
  ["x^2", x.times(x)],
  ["2 x^3 t", x.times(x).times(x).times(t).times(2)],
  ["-x^2", x.times(x).times(-1)],
  ["(-x)^2", x.times(x)],
  ["-(x^2 + 2 nu t) u", x.times(x).plus(t.times(2 * nu)).times(u).times(-1)],
  ["(x + t)(x - t)", x.plus(t).times(x.minus(t))],
  ["(x + 1)^2", x.plus(1).times(x.plus(1))],
  ["x - -t", x.plus(t)],
  ["  x  ", x],
  ["x - x", constant(0)],
];

for (const [text, expected] of CASES) {
  Deno.test(`polynomial() reads ${text}`, () => {
    const read = polynomial(text, { nu, "ν": nu });
    // The same monomials in the same order: sums are taken in it, and must not change in their last digit.
    assert.deepEqual(read.monomials, expected.monomials);
    if (read.size > 0) assert.deepEqual(polynomial(String(read)).monomials, read.monomials);
  });
}

Deno.test("polynomial() leaves numbers and polynomials as they are", () => {
  assert.equal(polynomial(x), x);
  assert.deepEqual(polynomial(3), constant(3));
});

Deno.test("polynomial() says what it cannot read, and where", () => {
  const refused: readonly [string, RegExp][] = [
    ["", /a number or a name must come next: current value is the end$/],
    ["x +", /a number or a name must come next: current value is the end$/],
    ["(x + t", /as \) must come next: current value is the end$/],
    ["x)", /as \+ or - must come next: current value is "\)"$/],
    ["x / t", /numbers, names and \+ - \* \^ \( \) only: current value is "\/"$/],
    ["x^t", /an exponent >= 1 must come next/],
    ["x^0", /an exponent >= 1 must come next/],
    ["x * * t", /a number or a name must come next: current value is "\*"$/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => polynomial(text), { name: "SyntaxError", message });
  }
});

Deno.test("equations in text are those that arithmetic gives, coefficient by coefficient", () => {
  for (const nu of [0.1, 0.01, 1e-7, 1 / 3]) {
    const [u_t, u_x, u_xx] = ["u_t", "u_x", "u_xx"].map(variable);
    assert.deepEqual(heat(nu).residual, u_t.minus(u_xx.times(nu)));
    assert.deepEqual(burgers(nu).residual, u_t.plus(u.times(u_x)).minus(u_xx.times(nu)));
    const projection = heat(nu).generators.find(({ name }) => name === "v6");
    assert.deepEqual(
      projection,
      generator("v6", {
        description: "projection",
        xi: t.times(x).times(4 * nu),
        tau: t.times(t).times(4 * nu),
        phi: x.times(x).plus(t.times(2 * nu)).times(u).times(-1),
      }),
    );
  }
});

Deno.test("evolutionEquation() names its generators and refuses what is no evolution equation", () => {
  const { generators } = evolutionEquation("drift", {
    residual: "u_t + c u_x",
    parameters: { c: 2 },
    generators: { along: { xi: "c t", description: "with the stream" }, up: { phi: 1 } },
  });
  assert.deepEqual(generators.map(({ name, description }) => [name, description]), [
    ["along", "with the stream"],
    ["up", "up"],
  ]);
  assert.deepEqual(generators[0].xi, t.times(2));
  for (const residual of ["2 u_t - u_xx", "u_xx", "u u_t - u_xx"]) {
    assert.throws(() => evolutionEquation("none", { residual, generators: {} }), {
      name: "RangeError",
      message: /^Cannot make equation none as u_t must have the coefficient 1: current value is /,
    });
  }
  assert.throws(
    () => evolutionEquation("none", { residual: "u_t", generators: { v: { xi: "u_x" } } }),
    /coefficients must depend on x, t and u only: current value is u_x/,
  );
});
