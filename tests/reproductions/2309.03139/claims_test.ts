import assert from "node:assert/strict";
import type { Json, ProfileName, Results, Verdict } from "../../../lib/harness/mod.ts";
import { claims } from "../../../reproductions/2309.03139/claims.ts";
import {
  equivariance,
  type EquivarianceResult,
} from "../../../reproductions/2309.03139/experiments/equivariance.ts";
import { moleculeJobs, nbodyJobs, solarJobs } from "../../../reproductions/2309.03139/jobs.ts";
import { isMoon } from "../../../reproductions/2309.03139/plan.ts";
import { modelName } from "../../../reproductions/2309.03139/summaries.ts";

type Entry = { readonly config: Json; readonly seed: number; readonly result: Json };

const LAPTOP = { profile: "laptop" } as const;

/** Results as the harness would hand them over, from plain entries. */
function resultsFrom(
  byExperiment: Readonly<Record<string, readonly Entry[]>>,
  options: { readonly standIns?: string[]; readonly profile?: ProfileName } = {},
): Results {
  const { standIns = [], profile = "laptop" } = options;
  return {
    plan: { profile },
    records: [],
    standIns,
    of:
      ((experiment: string) =>
        (byExperiment[experiment] ?? []).map((entry) => ({ ...entry, seconds: 0 }))) as Results["of"],
  };
}

function verdictOf(id: string, results: Results): Verdict {
  return claims.find((claim) => claim.id === id)!.evaluate(results);
}

const status = (id: string, results: Results) => verdictOf(id, results).status;

/** What seeds differ by. */
const jitter = (seed: number) => [0, 2, -1, 1, -2][seed % 5] * 1e-5;

// A real run of the small networks: the symmetries themselves are under test, not only their claims.
const symmetries = await equivariance.run({ channels: [1, 3, 5], hidden: 16, layers: 3 }, {
  seed: 0,
  executor: "wasm",
  loadData: () => Promise.reject(new Error("none is needed")),
  progress() {},
}) as EquivarianceResult;

const withSymmetries = (change: Partial<EquivarianceResult> = {}) =>
  resultsFrom({
    equivariance: [{ config: {}, seed: 0, result: { ...symmetries, ...change } as unknown as Json }],
  });

Deno.test("claim equivariance holds for real networks and fails with the released, unmasked updates", () => {
  assert.equal(status("equivariance", withSymmetries()), "supported");
  const unmasked = symmetries.molecules.filter(({ masked }) => !masked);
  const released = unmasked.flatMap((item) => [item, { ...item, masked: true }]);
  assert.equal(status("equivariance", withSymmetries({ molecules: released })), "contradicted");
});

Deno.test("claim equivariance fails for particles that do not turn along, and says nothing if none move", () => {
  const at = (change: object) =>
    status(
      "equivariance",
      withSymmetries({ dynamics: symmetries.dynamics.map((item) => ({ ...item, ...change })) }),
    );
  assert.equal(at({ rotation: 0.3 }), "contradicted");
  assert.equal(at({ motion: 0 }), "inconclusive");
});

Deno.test("claim permutation fails for networks that know the order of nodes", () => {
  assert.equal(status("permutation", withSymmetries()), "supported");
  const dynamics = symmetries.dynamics.map((item) => ({ ...item, permutation: 0.01 }));
  assert.equal(status("permutation", withSymmetries({ dynamics })), "contradicted");
});

Deno.test("claim one-channel is exact: one unit in the last place is too much", () => {
  assert.equal(symmetries.plain, 0);
  assert.equal(status("one-channel", withSymmetries()), "supported");
  assert.equal(status("one-channel", withSymmetries({ plain: 2 ** -24 })), "contradicted");
});

Deno.test("claim parameters fails for a closed form that is off by one, and for many parameters", () => {
  const { parameters } = symmetries;
  assert.deepEqual(parameters.map(({ formula }) => formula), [134020, 136984, 142012]);
  assert.equal(status("parameters", withSymmetries()), "supported");
  const at = (change: (item: typeof parameters[number]) => Partial<typeof parameters[number]>) =>
    status(
      "parameters",
      withSymmetries({ parameters: parameters.map((item) => ({ ...item, ...change(item) })) }),
    );
  assert.equal(at(({ counted }) => ({ counted: counted + 1 })), "contradicted");
  const squared = ({ channels }: { channels: number }) => 134020 * channels;
  assert.equal(at((item) => ({ formula: squared(item), counted: squared(item) })), "contradicted");
});

/** N-body results by model name; others get the error of EGNN. */
function nbodyWith(tests: Readonly<Record<string, number>>, affine = 0.069, seeds = 5): Results {
  const trained = nbodyJobs(LAPTOP).filter(({ seed }) => seed < seeds).map(({ config, seed }) => ({
    config,
    seed,
    result: {
      parameters: 1,
      test: (tests[modelName(config.model)] ?? tests["EGNN (K = 1)"]) + jitter(seed),
      valid: 0,
      bestEpoch: 1,
      curve: [],
      predictions: [],
    },
  }));
  const closed = { still: 0.27, drift: 0.085, coefficient: 0.72, affine };
  return resultsFrom({
    "nbody": trained,
    "nbody-baselines": [{ config: { dataSet: "nbody/small-1000" }, seed: 0, result: closed }],
  });
}

Deno.test("claim nbody-channels needs a lower error of K = 3, five seeds, and all below the affine map", () => {
  const [one, three] = ["EGNN (K = 1)", "MC-EGNN, K = 3"];
  assert.equal(status("nbody-channels", nbodyWith({ [one]: 0.009, [three]: 0.008 })), "supported");
  assert.equal(status("nbody-channels", nbodyWith({ [one]: 0.009, [three]: 0.0095 })), "contradicted");
  assert.equal(status("nbody-channels", nbodyWith({ [one]: 0.009, [three]: 0.008 }, 0.0085)), "contradicted");
  assert.equal(
    status("nbody-channels", nbodyWith({ [one]: 0.009, [three]: 0.008 }, 0.069, 3)),
    "inconclusive",
  );
});

Deno.test("claim nbody-capacity fails when tied channels, or more parameters, do as well", () => {
  const [one, three, tied] = ["EGNN (K = 1)", "MC-EGNN, K = 3", "K = 3, channels tied"];
  const better = { [one]: 0.009, [three]: 0.008 };
  assert.equal(status("nbody-capacity", nbodyWith(better)), "supported");
  assert.equal(status("nbody-capacity", nbodyWith({ ...better, [tied]: 0.0075 })), "contradicted");
  assert.equal(status("nbody-capacity", nbodyWith({ ...better, "EGNN, H = 33": 0.0075 })), "contradicted");
});

const BODIES = ["Sun", "Earth", "Moon", "Jupiter", "Io"];

/** Solar results: errors of moons and of other bodies for one and for several channels. */
function solarWith(one: readonly [number, number], many: readonly [number, number]): Results {
  const trained = solarJobs(LAPTOP).map(({ config, seed }) => {
    const [moons, others] = config.channels === 1 ? one : many;
    const perBody = BODIES.map((body) => (isMoon(body) ? moons : others) + jitter(seed));
    const test = perBody.reduce((sum, error) => sum + error, 0) / perBody.length;
    return {
      config,
      seed,
      result: { parameters: 1, test, valid: 0, bestEpoch: 1, curve: [], bodies: BODIES, perBody },
    };
  });
  const rows = [[0, 1], [13.5, 0.268], [20.8, 0.338]].map(([days, test]) => ({
    days,
    test,
    perBody: BODIES.map(() => test),
  }));
  return resultsFrom({
    "solar": trained,
    "solar-baselines": [{
      config: { dataSet: "solar/15-sparse" },
      seed: 0,
      result: { bodies: BODIES, rows },
    }],
  });
}

Deno.test("claim solar-channels needs K ≥ 2 below K = 1 and all below a constant velocity", () => {
  assert.equal(status("solar-channels", solarWith([0.1, 0.01], [0.05, 0.01])), "supported");
  assert.equal(status("solar-channels", solarWith([0.05, 0.01], [0.1, 0.01])), "contradicted");
  assert.equal(status("solar-channels", solarWith([0.9, 0.3], [0.5, 0.3])), "contradicted");
});

Deno.test("claim solar-moons fails when planets gain more than moons, or moons lose", () => {
  assert.equal(status("solar-moons", solarWith([0.1, 0.01], [0.05, 0.009])), "supported");
  assert.equal(status("solar-moons", solarWith([0.1, 0.09], [0.09, 0.01])), "contradicted");
  assert.equal(status("solar-moons", solarWith([0.05, 0.05], [0.1, 0.2])), "contradicted");
});

/** Molecule results: by target, how K = 3 compares with K = 1. */
function moleculesWith(ratio: (target: number) => number): Results {
  const { targets } = { targets: [...new Set(moleculeJobs(LAPTOP).map(({ config }) => config.target))] };
  return resultsFrom({
    molecules: moleculeJobs(LAPTOP).map(({ config, seed }) => ({
      config,
      seed,
      result: {
        parameters: 1,
        test: (config.channels === 1 ? 1 : ratio(targets.indexOf(config.target))) + jitter(seed),
        valid: 0,
        bestEpoch: 1,
        curve: [],
      },
    })),
  });
}

Deno.test("claim molecules-channels needs a clear gain on most targets", () => {
  assert.equal(status("molecules-channels", moleculesWith((t) => t === 2 ? 1.1 : 0.9)), "supported");
  assert.equal(status("molecules-channels", moleculesWith((t) => t === 2 ? 0.9 : 1.1)), "contradicted");
  assert.equal(status("molecules-channels", moleculesWith((t) => t === 2 ? 0.9 : 1)), "inconclusive");
});

Deno.test("claim run-time fails when five channels take twice as long", () => {
  const at = (milliseconds: number[]) =>
    resultsFrom({
      timing: [{ config: { channels: [1, 5] }, seed: 0, result: { parameters: [1, 1], milliseconds } }],
    });
  assert.equal(status("run-time", at([10, 12])), "supported");
  assert.equal(status("run-time", at([10, 20])), "contradicted");
});

Deno.test("claims on errors are not attempted on stand-ins, nor any without results", () => {
  const standIns = { ...nbodyWith({ "EGNN (K = 1)": 0.009 }), standIns: ["nbody/short"] };
  const model = { ...solarWith([0.1, 0.01], [0.05, 0.01]), standIns: ["solar/31"] };
  assert.equal(status("solar-channels", model), "supported"); // the same task on model orbits
  for (const claim of claims) {
    assert.equal(claim.evaluate(resultsFrom({})).status, "not attempted", claim.id);
    if (/^(nbody|solar|molecules)-/.test(claim.id)) {
      assert.match(claim.evaluate(standIns).because, /stand-in \(nbody\/short\)/);
    }
  }
});

Deno.test("every claim is tested here", async () => {
  const text = await Deno.readTextFile(new URL(import.meta.url));
  for (const { id } of claims) assert.ok(text.includes(`"${id}"`), id);
});
