import assert from "node:assert/strict";
import {
  assertSymmetries,
  burgers,
  checkSymmetries,
  deriveSymmetries,
  type EvolutionEquation,
  evolutionEquation,
  type Generator,
  heat,
  infinitesimalCriterion,
  kortewegDeVries,
  kuramotoSivashinsky,
  objectiveOf,
  sampleInitialConditions,
  trainOperator,
  variable,
} from "../../../../lib/methods/lie_symmetry/mod.ts";
import { stream } from "../../../../lib/random/mod.ts";

/** Dimension of the span of vector fields, by elimination over their coefficients. */
function dimension(fields: readonly Generator[]): number {
  const rows = fields.map(({ xi, tau, phi }) =>
    new Map(
      Object.entries({ xi, tau, phi }).flatMap(([part, polynomial]) =>
        polynomial.monomials.map(({ coefficient, powers }) =>
          [`${part} ${JSON.stringify(powers)}`, coefficient] as const
        )
      ),
    )
  );
  const keys = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  let left = rows.map((row) => keys.map((key) => row.get(key) ?? 0));
  let rank = 0;
  for (let column = 0; column < keys.length; column++) {
    const pivot = left.find((row) => Math.abs(row[column]) > 1e-9);
    if (pivot === undefined) continue;
    rank++;
    left = left.filter((row) => row !== pivot).map((row) => {
      const factor = row[column] / pivot[column];
      return row.map((value, j) => value - factor * pivot[j]);
    });
  }
  return rank;
}

const sumsOf = (fields: readonly Generator[]) => fields.filter(({ name }) => name.startsWith("s"));
const ownOf = (fields: readonly Generator[]) => fields.filter(({ name }) => name.startsWith("v"));

const KNOWN: readonly [EvolutionEquation, number][] = [
  [heat(0.01), 6],
  [heat(0.7), 6],
  [burgers(0.1), 5],
  [kortewegDeVries(), 4],
  [kuramotoSivashinsky(), 3],
];

for (const [equation, count] of KNOWN) {
  Deno.test(`deriveSymmetries() finds the ${count} generators of ${equation.name}: ${equation.residual}`, () => {
    const found = deriveSymmetries(equation.residual);
    assert.equal(ownOf(found).length, count);
    assert.equal(dimension(found), found.length);
    // They span what textbooks list, and each passes the check on random solutions.
    assert.equal(dimension([...found, ...equation.generators]), found.length);
    const generators = found.filter((field) => infinitesimalCriterion(equation, field).size > 1e-12);
    assertSymmetries({ ...equation, generators });
  });
}

Deno.test("deriveSymmetries() finds the solutions that a linear equation lets one add", () => {
  // Heat polynomials of degree 0 to 3: 1, x, x² + 2νt, x³/3 + 2νxt.
  const sums = sumsOf(deriveSymmetries("u_t - nu u_xx", { parameters: { nu: 0.5 } }));
  assert.deepEqual(sums.map(({ phi }) => String(phi)), ["1", "x", "t + x^2", "t x + 0.3333333333333333 x^3"]);
  assert.equal(sumsOf(deriveSymmetries("u_t + u u_x")).length, 0);
});

Deno.test("deriveSymmetries() finds the wave equation's, which is none for u_t", () => {
  // F(x + t), G(x − t) of degree ≤ d move characteristics, u scales, and solutions of degree ≤ d are added:
  // 2(d + 1) + 1 + (2d + 1).
  for (const degree of [1, 2, 3]) {
    const found = deriveSymmetries("u_tt - u_xx", { degree });
    assert.equal(ownOf(found).length, 2 * (degree + 1) + 1, `degree ${degree}`);
    assert.equal(sumsOf(found).length, 2 * degree + 1, `degree ${degree}`);
  }
});

Deno.test("deriveSymmetries() needs the degree of what it is to find", () => {
  // The heat equation's projection has φ = −(x² + 2νt)u, of degree 3.
  const counts = [0, 1, 2, 3].map((degree) => ownOf(deriveSymmetries("u_t - u_xx", { degree })).length);
  assert.deepEqual(counts, [2, 4, 5, 6]);
});

Deno.test("deriveSymmetries() finds no scaling where a term breaks it", () => {
  const found = deriveSymmetries("u_t - u_xx - u^2 + u^3");
  assert.deepEqual(found.map(({ xi, tau, phi }) => [xi, tau, phi].join(", ")), ["1, 0, 0", "0, 1, 0"]);
});

Deno.test("equations of other kinds are refused in a sentence", () => {
  const wave = { name: "wave", residual: variable("u_tt").minus(variable("u_xx")), generators: [] };
  const system = { name: "pair", residual: variable("u_t").plus(variable("v")), generators: [] };
  const plane = () => evolutionEquation("plane", { residual: "u_t - u_yy", generators: {} });
  assert.throws(
    () => checkSymmetries(wave),
    /solutions of wave as u_t must be the only derivative in t: .*u_tt/,
  );
  assert.throws(() => checkSymmetries(system), /there are no systems .* current value is v$/);
  assert.throws(plane, /Cannot make equation plane as .* no second space dimension: current value is u_yy/);
  assert.throws(() => deriveSymmetries("u_t + w_x"), /Cannot derive symmetries .* current value is w_x/);
  assert.throws(
    () => deriveSymmetries("u u_t - u_xx"),
    /leading derivative u_t must have a constant .* is u$/,
  );
  assert.throws(() => deriveSymmetries("u_t", { degree: -1 }), /degree must be an integer >= 0/);
});

Deno.test("a symmetry loss that vanishes for every u is refused", async () => {
  const problem = { equation: heat(0.1), length: 2 * Math.PI, duration: 1 };
  const train = (form: "point" | "total") =>
    trainOperator({
      problem,
      sizes: { sensors: 4, hiddenLayers: 1, width: 4, features: 2 },
      objective: objectiveOf("symmetry", problem, { generators: ["v1", "v2"], form }),
      initial: sampleInitialConditions(stream(1, "train"), { count: 2 }),
      interiorPoints: 4,
      steps: 1,
      seed: 1,
    });
  await assert.rejects(
    train("point"),
    /must not vanish for every u: in the form point the generators v1, v2/,
  );
  assert.equal((await train("total")).losses.length, 1);
});
