import assert from "node:assert/strict";
import {
  advection,
  assertSymmetries,
  burgers,
  burgersFlows,
  characteristic,
  checkSymmetries,
  constant,
  type EvolutionEquation,
  type Flow,
  type Generator,
  generator,
  heat,
  heatFlows,
  infinitesimalCriterion,
  type JetPoint,
  kortewegDeVries,
  kuramotoSivashinsky,
  lieBracket,
  polynomial,
  type PolynomialLike,
  prolong,
  type SolutionFunction,
  solutionJet,
  symmetryFactor,
  totalDerivative,
  variable,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { arbitraryJet, burgersJet, burgersSolution, heatJet } from "./_jets.ts";

const NU = 0.03;

/** Where functions are evaluated: x in (0, 2π), t in (0, 4). */
const PLACES = Array.from({ length: 12 }, (_, i) => [0.3 + 0.5 * i, 0.2 + 0.31 * i] as const);

function close(actual: number, wanted: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
    `${what}: ${actual} instead of ${wanted}`,
  );
}

/** The card's tables as formulas: φ^x, φ^t, φ^xx, φ^xt, φ^tt and q of every generator. */
type Entries = (j: JetPoint) => readonly number[];
const ZEROS: Entries = () => [0, 0, 0, 0, 0, 0];
const HEAT: Readonly<Record<string, Entries>> = {
  v1: ZEROS,
  v2: ZEROS,
  v3: ({ u_x, u_t, u_xx, u_xt, u_tt }) => [u_x, u_t, u_xx, u_xt, u_tt, 1],
  v4: ({ u_x, u_t, u_xx, u_xt, u_tt }) => [-u_x, -2 * u_t, -2 * u_xx, -3 * u_xt, -4 * u_tt, -2],
  v5: ({ x, u, u_x, u_t, u_xx, u_xt, u_tt }) => [
    -u - x * u_x,
    -x * u_t - 2 * NU * u_x,
    -2 * u_x - x * u_xx,
    -u_t - 2 * NU * u_xx - x * u_xt,
    -4 * NU * u_xt - x * u_tt,
    -x,
  ],
  v6: ({ x, t, u, u_x, u_t, u_xx, u_xt, u_tt }) => [
    -2 * x * u - (x * x + 6 * NU * t) * u_x,
    -2 * NU * u - 4 * NU * x * u_x - (x * x + 10 * NU * t) * u_t,
    -2 * u - 4 * x * u_x - (x * x + 10 * NU * t) * u_xx,
    -6 * NU * u_x - 2 * x * u_t - 4 * NU * x * u_xx - (x * x + 14 * NU * t) * u_xt,
    -12 * NU * u_t - 8 * NU * x * u_xt - (x * x + 18 * NU * t) * u_tt,
    -(x * x + 10 * NU * t),
  ],
};
const BURGERS: Readonly<Record<string, Entries>> = {
  v1: ZEROS,
  v2: ZEROS,
  v3: ({ u_x, u_xx, u_xt }) => [0, -u_x, 0, -u_xx, -2 * u_xt, 0],
  v4: ({ u_x, u_t, u_xx, u_xt, u_tt }) => [-2 * u_x, -3 * u_t, -3 * u_xx, -4 * u_xt, -5 * u_tt, -3],
  v5: ({ x, t, u, u_x, u_t, u_xx, u_xt, u_tt }) => [
    1 - 2 * t * u_x,
    -u - x * u_x - 3 * t * u_t,
    -3 * t * u_xx,
    -2 * u_x - x * u_xx - 4 * t * u_xt,
    -4 * u_t - 2 * x * u_xt - 5 * t * u_tt,
    -3 * t,
  ],
};

for (const [equation, table] of [[heat(NU), HEAT], [burgers(NU), BURGERS]] as const) {
  for (const field of equation.generators) {
    Deno.test(`prolong() and symmetryFactor() give the table's entries for ${equation.name} ${field.name}`, () => {
      const prolonged = prolong(field, 2);
      const factor = symmetryFactor(equation, field);
      const criterion = infinitesimalCriterion(equation, field);
      for (const [x, t] of PLACES) {
        const jet = arbitraryJet(x, t);
        const wanted = table[field.name](jet);
        ["x", "t", "xx", "xt", "tt"].forEach((index, i) =>
          close(prolonged[index].evaluate(jet), wanted[i], 1e-12, `φ^${index}`)
        );
        close(factor.evaluate(jet), wanted[5], 1e-12, "q");
        // c·∇Δ − qΔ = 0 for a function that is no solution.
        const delta = equation.residual.evaluate(jet);
        assert.ok(Math.abs(delta) > 1e-3);
        close(criterion.evaluate(jet) - wanted[5] * delta, 0, 1e-12, "c·∇Δ − qΔ");
      }
    });
  }
}

Deno.test("prolong() agrees with the recursion φ^Jx = D_x φ^J − u_Jx D_x ξ − u_Jt D_x τ", () => {
  for (const field of [...heat(NU).generators, ...kortewegDeVries().generators]) {
    const p = prolong(field, 3);
    const step = (from: string, letter: "x" | "t", ux: string, ut: string) =>
      totalDerivative(p[from], letter)
        .minus(totalDerivative(field.xi, letter).times(variable(ux)))
        .minus(totalDerivative(field.tau, letter).times(variable(ut)));
    const cases: [string, ReturnType<typeof step>][] = [
      ["x", step("", "x", "u_x", "u_t")],
      ["t", step("", "t", "u_x", "u_t")],
      ["xx", step("x", "x", "u_xx", "u_xt")],
      ["xt", step("x", "t", "u_xx", "u_xt")],
      ["tt", step("t", "t", "u_xt", "u_tt")],
      ["xxx", step("xx", "x", "u_xxx", "u_xxt")],
    ];
    for (const [index, wanted] of cases) {
      assert.ok(
        p[index].minus(wanted).size < 1e-12,
        `${field.name} φ^${index}: ${p[index]} instead of ${wanted}`,
      );
    }
  }
});

Deno.test("symmetryFactor() of the extensions", () => {
  const factors = (equation: EvolutionEquation) =>
    equation.generators.map((field) => String(symmetryFactor(equation, field)));
  assert.deepEqual(factors(kortewegDeVries()), ["0", "0", "0", "-5"]);
  assert.deepEqual(factors(kuramotoSivashinsky()), ["0", "0", "0"]);
  assert.deepEqual(factors(advection(1.7)), ["0", "0", "1"]);
});

Deno.test("D_xΔ and D_tΔ are the closed forms", () => {
  for (const [x, t] of PLACES) {
    const jet = arbitraryJet(x, t, 3);
    const { u, u_x, u_t, u_xx, u_xt, u_tt, u_xxx, u_xxt } = jet;
    const check = (equation: EvolutionEquation, letter: "x" | "t", wanted: number) =>
      close(
        totalDerivative(equation.residual, letter).evaluate(jet),
        wanted,
        1e-12,
        `D_${letter} ${equation.name}`,
      );
    check(heat(NU), "x", u_xt - NU * u_xxx);
    check(heat(NU), "t", u_tt - NU * u_xxt);
    check(burgers(NU), "x", u_xt + u_x ** 2 + u * u_xx - NU * u_xxx);
    check(burgers(NU), "t", u_tt + u_t * u_x + u * u_xt - NU * u_xxt);
  }
});

/** A combination of generators. */
const combine =
  (equation: EvolutionEquation, parts: Readonly<Record<string, number>>) => (key: "xi" | "tau" | "phi") =>
    Object.entries(parts).reduce(
      (total, [name, c]) => total.plus(equation.generators.find((g) => g.name === name)![key].times(c)),
      constant(0),
    );

const HEAT_BRACKETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "v1 v4": { v1: 1 },
  "v2 v4": { v2: 2 },
  "v1 v5": { v3: -1 },
  "v2 v5": { v1: 2 * NU },
  "v1 v6": { v5: 2 },
  "v2 v6": { v4: 4 * NU, v3: -2 * NU },
  "v4 v5": { v5: 1 },
  "v4 v6": { v6: 2 },
};
const BURGERS_BRACKETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "v1 v4": { v1: 1 },
  "v2 v4": { v2: 2 },
  "v2 v3": { v1: 1 },
  "v2 v5": { v4: 1 },
  "v1 v5": { v3: 1 },
  "v3 v4": { v3: -1 },
  "v4 v5": { v5: 2 },
};
for (const [equation, table] of [[heat(NU), HEAT_BRACKETS], [burgers(NU), BURGERS_BRACKETS]] as const) {
  Deno.test(`lieBracket() closes the algebra of ${equation.name}`, () => {
    equation.generators.forEach((v, i) =>
      equation.generators.slice(i).forEach((w) => {
        const bracket = lieBracket(v, w);
        const wanted = combine(equation, table[`${v.name} ${w.name}`] ?? {});
        for (const key of ["xi", "tau", "phi"] as const) {
          assert.ok(bracket[key].minus(wanted(key)).size < 1e-12, `${bracket.name} ${key}: ${bracket[key]}`);
        }
      })
    );
  });
}

const EXACT: readonly (readonly [EvolutionEquation, (x: number, t: number) => JetPoint])[] = [
  [heat(NU), (x, t) => heatJet(NU, x, t)],
  [burgers(NU), (x, t) => burgersJet(NU, x, t)],
];
Deno.test("pr v[Δ] vanishes on exact solutions for all generators, and Δ does", () => {
  for (const [equation, jetAt] of EXACT) {
    const jets = PLACES.map(([x, t]) => jetAt(x, t));
    for (const jet of jets) close(equation.residual.evaluate(jet), 0, 1e-13, `Δ of ${equation.name}`);
    for (const { name, isSymmetry, largest } of checkSymmetries(equation, { jets, tolerance: 1e-12 })) {
      assert.ok(isSymmetry, `${equation.name} ${name}: ${largest}`);
    }
  }
});

Deno.test("solutionJet() solves the equation and its derivatives", () => {
  for (const equation of [heat(NU), burgers(NU), kortewegDeVries(), kuramotoSivashinsky(), advection(2)]) {
    const jet = solutionJet(equation, stream(1, equation.name), 5);
    const { residual } = equation;
    close(residual.evaluate(jet), 0, 1e-12, equation.name);
    close(totalDerivative(residual, "x").evaluate(jet), 0, 1e-12, `D_x ${equation.name}`);
    if (equation.name !== "kuramoto-sivashinsky") continue;
    close(totalDerivative(residual, "t").evaluate(solutionJet(equation, stream(2), 6)), 0, 1e-11, "D_t");
    assertSymmetries(equation);
  }
});

/** A generator with one coefficient changed. */
function altered(
  equation: EvolutionEquation,
  name: string,
  change: Partial<Record<"xi" | "tau" | "phi", PolynomialLike>>,
) {
  const field = equation.generators.find((g) => g.name === name)!;
  const { xi, tau, phi } = { ...field, ...change };
  return generator(name, { xi: polynomial(xi), tau: polynomial(tau), phi: polynomial(phi) });
}
const x = variable("x"), t = variable("t"), u = variable("u");
const WRONG: readonly (readonly [string, EvolutionEquation, Generator])[] = [
  ["heat's boost without φ", heat(NU), altered(heat(NU), "v5", { phi: 0 })],
  ["heat's projection without φ", heat(NU), altered(heat(NU), "v6", { phi: 0 })],
  [
    "heat's projection with half of φ's second term",
    heat(NU),
    altered(heat(NU), "v6", {
      phi: x.times(x).plus(t.times(NU)).times(u).times(-1),
    }),
  ],
  ["heat's scaling with t instead of 2t", heat(NU), altered(heat(NU), "v4", { tau: t })],
  ["Burgers' boost without φ", burgers(NU), altered(burgers(NU), "v3", { phi: 0 })],
  ["Burgers' scaling without φ", burgers(NU), altered(burgers(NU), "v4", { phi: 0 })],
  ["Burgers' projection without φ", burgers(NU), altered(burgers(NU), "v5", { phi: 0 })],
  ["heat's scaling of u for Burgers", burgers(NU), generator("v3", { phi: u })],
  ["a boost for advection", advection(2), generator("boost", { xi: t, phi: 1 })],
  ["Burgers' scaling for KdV", kortewegDeVries(), burgers(NU).generators[3]],
];
for (const [what, equation, field] of WRONG) {
  Deno.test(`checkSymmetries() finds a wrong generator: ${what}`, () => {
    const [{ isSymmetry, largest, criterion }] = checkSymmetries(equation, { fields: [field] });
    assert.equal(isSymmetry, false);
    assert.ok(largest > 1e-3 && Math.abs(criterion) > 1e-6);
    const fields = [...equation.generators, field];
    assert.throws(
      () => assertSymmetries({ ...equation, generators: fields }),
      (error: RangeError) =>
        error.message.includes(`does not for ${field.name}, where it is`) && !error.message.includes(";"),
    );
    assert.throws(() => symmetryFactor(equation, field), /must be a multiple of Δ: what is left over/);
  });
}

/** A sixth-order difference in each direction. */
function differenceResidual(
  equation: EvolutionEquation,
  f: SolutionFunction,
  at: readonly [number, number],
): number {
  const h = 0.02;
  const first = (g: (d: number) => number) =>
    (45 * (g(h) - g(-h)) - 9 * (g(2 * h) - g(-2 * h)) + (g(3 * h) - g(-3 * h))) / (60 * h);
  const second = (g: (d: number) => number) =>
    (270 * (g(h) + g(-h)) - 27 * (g(2 * h) + g(-2 * h)) + 2 * (g(3 * h) + g(-3 * h)) - 490 * g(0)) /
    (180 * h * h);
  const [x, t] = at;
  return equation.residual.evaluate({
    u: f(x, t),
    u_x: first((d) => f(x + d, t)),
    u_t: first((d) => f(x, t + d)),
    u_xx: second((d) => f(x + d, t)),
  });
}

const FLOWS: readonly (readonly [EvolutionEquation, Readonly<Record<string, Flow>>, SolutionFunction])[] = [
  [heat(NU), heatFlows(NU), (x, t) => heatJet(NU, x, t).u],
  [burgers(NU), burgersFlows(), burgersSolution(NU)],
];
for (const [equation, flows, solution] of FLOWS) {
  for (const field of equation.generators) {
    Deno.test(`the flow of ${equation.name} ${field.name} maps solutions to solutions, with v's characteristic`, () => {
      const moved = flows[field.name](solution, 0.1);
      const jetAt = equation.name === "heat" ? heatJet : burgersJet;
      let change = 0;
      for (const place of PLACES) {
        assert.ok(Math.abs(differenceResidual(equation, moved, place)) < 1e-7, `Δ at ${place}`);
        change = Math.max(change, Math.abs(moved(...place) - solution(...place)));
        // d/dε at 0 is Q = φ − ξ u_x − τ u_t.
        const h = 1e-3;
        const at = (e: number) => flows[field.name](solution, e)(...place);
        const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        close(slope, characteristic(field).evaluate(jetAt(NU, ...place)), 1e-7, "dũ/dε");
      }
      assert.ok(change > 1e-4);
      // The residual tells functions that are no solutions apart.
      assert.ok(
        PLACES.some((place) =>
          Math.abs(differenceResidual(equation, (x, t) => moved(x, 2 * t), place)) > 1e-4
        ),
      );
    });
  }
}

Deno.test("generator() refuses coefficients that depend on derivatives", () => {
  assert.throws(
    () => generator("v", { xi: variable("u_x") }),
    /must depend on x, t and u only: current value is u_x/,
  );
});
