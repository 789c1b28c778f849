import assert from "node:assert/strict";
import { type JobRecord, judge, type Plan, type Results } from "../../../lib/harness/mod.ts";
import type { BaselineName } from "../../../reproductions/2310.02505/experiments/baselines.ts";
import type { ToyView } from "../../../reproductions/2310.02505/experiments/toy.ts";
import paper from "../../../reproductions/2310.02505/mod.ts";
import {
  ARM_RUNS,
  type Cell,
  CELLS,
  COMPARED,
  mainOf,
  MERLIN,
  type MerlinKind,
  OTHERS,
  PIXELS,
  SECOND_LOOK,
  SECOND_SEEDS,
  SPEED,
  TOY,
  TOY_HORIZONS,
  TOY_SECOND_LOOK,
  tunedHorizon,
} from "../../../reproductions/2310.02505/studies.ts";
import type { Method } from "../../../reproductions/2310.02505/summaries.ts";
import { allRecords, claimTests, resultsFrom } from "@refigure/refigure/testing";

const { status, testEveryClaim } = claimTests(paper);

/** With the three seeds that claims are judged on. */
const PLAN = { profile: "laptop", seeds: 3 } as const;
/** With those of second looks. */
const SECOND_PLAN = { profile: "laptop", seeds: SECOND_SEEDS.length } as const;

interface Numbers {
  readonly value: number;
  readonly success?: number;
  readonly behaviour?: number;
  readonly ceiling?: number | null;
  readonly at?: Readonly<Record<number, number>>;
}

/** A little noise by cell and seed. */
const shake = (cell: Cell, seed: number) => 1 + 0.004 * ((7 * CELLS.indexOf(cell) + 3 * seed) % 5 - 2);

/** Results of all methods on all cells from a number each. */
function made(numbers: (method: Method, cell: Cell) => Numbers, plan: Plan = PLAN): Results {
  const outcome = (value: number, success: number) => ({ return: value, std: 1, success });
  const merlin = (method: Method, cell: Cell, seed: number) => {
    const { value, success = 0.9, behaviour = 1, ceiling = 100, at = {} } = numbers(method, cell);
    const by = shake(cell, seed);
    return {
      tests: [...new Set([tunedHorizon(cell), ...(method === "Merlin" ? [] : [1, 50])])].map((horizon) => ({
        horizon,
        ...outcome((at[horizon] ?? value) * by, success),
      })),
      behaviour: outcome(cell.endsWith("random") ? 1 : behaviour, 0.5),
      ceiling: cell.startsWith("PointReach") ? ceiling : null,
    };
  };
  const records: JobRecord[] = [
    ...allRecords(COMPARED, ({ cell }, seed) => merlin("Merlin", cell, seed), plan),
    ...allRecords(SECOND_LOOK, ({ cell }, seed) => merlin("Merlin", cell, seed), SECOND_PLAN),
    ...allRecords(MERLIN, (variant, seed) => {
      const { cell, label } = variant as unknown as { cell: Cell; label: MerlinKind };
      return merlin(mainOf(cell) === `${cell} ${label}` ? "tuned" : label, cell, seed);
    }, plan),
    ...allRecords(OTHERS, (variant, seed) => {
      const { cell, method } = variant as unknown as { cell: Cell; method: BaselineName };
      const { value, success = 0.9, ceiling = 100 } = numbers(method, cell);
      return {
        ...outcome(value * shake(cell, seed + 1), success),
        ceiling: cell.startsWith("PointReach") ? ceiling : null,
      };
    }, plan),
  ];
  return resultsFrom(records, { plan });
}

const ratio = (method: Method, by: number) => made((which) => ({ value: which === method ? 20 * by : 20 }));

for (
  const [id, first, second] of [
    ["better-than-gcsl", "Merlin", "GCSL"],
    ["better-than-wgcsl", "Merlin", "WGCSL"],
    ["better-than-gofar", "Merlin", "GoFAR"],
    ["better-than-ddpg-her", "Merlin", "DDPG+HER"],
    ["better-than-am", "Merlin", "AM"],
    ["better-than-g-dql", "Merlin", "g-DQL"],
    ["better-than-beso", "Merlin", "BESO"],
    ["better-than-decision-diffuser", "Merlin", "Decision Diffuser"],
    ["horizon-helps", "tuned", "no horizon"],
    ["stitching-helps", "NP", "tuned"],
    ["stitching-is-what-helps", "NP", "NP, δ = 2"],
  ] as const
) {
  Deno.test(`claim ${id} is decided by tasks and behaviours, and only by what has learned`, () => {
    assert.equal(status(id, ratio(second, 0.8)), "supported");
    assert.equal(status(id, ratio(second, 1.2)), "contradicted");
    // Not before each has three seeds.
    assert.equal(
      status(id, made((which) => ({ value: which === second ? 16 : 20 }), { profile: "laptop", seeds: 1 })),
      "inconclusive",
    );
    // No difference that matters.
    assert.equal(status(id, ratio(second, 1)), "contradicted");
    assert.equal(
      status(
        id,
        made((method, cell) => ({
          value: method === second && cell.endsWith("expert") ? 30 : method === second ? 12 : 20,
        })),
      ),
      "inconclusive",
    );
    assert.equal(status(id, ratio(second, 0.05)), "not attempted");
    assert.match(
      judge(paper.claims.find((claim) => claim.id === id)!, ratio(second, 0.05)).because,
      /did not learn/i,
    );
    assert.notEqual(first as string, second);
  });
}

Deno.test("what returns half of what its data of experts do has not learned, and is left out by name", () => {
  const of = (cells: readonly string[]) =>
    judge(
      paper.claims.find(({ id }) => id === "better-than-decision-diffuser")!,
      made((method, cell) => ({
        value: method !== "Decision Diffuser" ? 20 : cells.includes(cell) ? 7 : 16,
        behaviour: 15,
      })),
    );
  const one = of(["Reacher expert"]);
  assert.equal(one.status, "supported");
  assert.match(one.because, /did not learn: Reacher expert\./);
  assert.equal(of(["Reacher expert", "PointRooms expert"]).status, "not attempted");
  // Of uniform actions half of that is no bar.
  assert.equal(of(["Reacher random"]).numbers.unlearned, null);
});

Deno.test("claim hindsight-needed-on-random-data asks for twice the return on each task", () => {
  const id = "hindsight-needed-on-random-data";
  const at = (value: number, only?: string) =>
    made((method, cell) => ({
      value: method === "ρ 0" && (only === undefined || cell.startsWith(only)) ? value : 20,
    }));
  assert.equal(status(id, at(1)), "supported");
  assert.equal(status(id, at(15)), "contradicted");
  assert.equal(status(id, at(1, "Reacher")), "contradicted"); // not on the others
});

Deno.test("claim little-hindsight-suffices-on-expert-data allows a twentieth", () => {
  const id = "little-hindsight-suffices-on-expert-data";
  const at = (value: number) =>
    made((method, cell) => ({
      // ρ = 0.2 is Merlin where it was tuned so.
      value: method === "ρ 0.2" || (method === "tuned" && mainOf(cell).endsWith("0.2")) ? value : 20,
    }));
  assert.equal(status(id, at(20)), "supported");
  assert.equal(status(id, at(15)), "contradicted");
});

Deno.test("claims about data and ceiling compare seed by seed", () => {
  const of = (numbers: Partial<Numbers>) => made(() => ({ value: 20, ...numbers }));
  assert.equal(status("better-than-its-data", of({ behaviour: 15 })), "supported");
  assert.equal(status("better-than-its-data", of({ behaviour: 19.5 })), "contradicted");
  assert.equal(status("near-the-ceiling", of({ ceiling: 20.5 })), "supported");
  assert.equal(status("near-the-ceiling", of({ ceiling: 28 })), "contradicted");
  assert.equal(status("never-above-the-ceiling", of({ ceiling: 28 })), "supported");
  assert.equal(status("never-above-the-ceiling", of({ ceiling: 19 })), "contradicted");
});

Deno.test("claim small-horizon-best-on-pointreach compares one policy at two horizons", () => {
  const of = (long: number) => made(() => ({ value: 20, at: { 50: long } }));
  assert.equal(status("small-horizon-best-on-pointreach", of(5)), "supported");
  assert.equal(status("small-horizon-best-on-pointreach", of(20)), "contradicted");
});

Deno.test("claim success-gaps-smaller compares the sizes of ratios", () => {
  const of = (success: number, value: number) =>
    made((method) => method === "GCSL" ? { value, success } : { value: 20, success: 0.9 });
  assert.equal(status("success-gaps-smaller", of(0.88, 10)), "supported");
  assert.equal(status("success-gaps-smaller", of(0.3, 19)), "contradicted");
});

/** Results of the toy. */
function toyed(
  { merlin = 0.99, other = 0.8, grows = true }: { merlin?: number; other?: number; grows?: boolean },
): Results {
  const result = (variant: { readonly label?: string }, seed: number) => {
    const own = variant.label === "Merlin" ? merlin : other;
    const views: ToyView[] = TOY_HORIZONS.flatMap((horizon, k) =>
      [0, 1, 2, 3, 4].map((goal) => ({
        ...{ horizon, goal, reached: 1, field: null },
        cosine: own + 0.001 * seed,
        length: 1 / horizon,
        spread: grows ? 0.1 * k : 0.1,
      }))
    );
    return { views, noise: null };
  };
  return resultsFrom(
    [...allRecords(TOY, result, PLAN), ...allRecords(TOY_SECOND_LOOK, result, SECOND_PLAN)],
    { plan: PLAN },
  );
}

Deno.test("claims on the toy are decided by cosine, length and spread", () => {
  assert.equal(status("toy-points-to-goals", toyed({})), "supported");
  assert.equal(status("toy-points-to-goals", toyed({ merlin: 0.9 })), "contradicted");
  for (const id of ["toy-new-goals-better-than-gcsl", "toy-horizon-helps"]) {
    assert.equal(status(id, toyed({ other: 0.8 + 0 })), "supported");
    assert.equal(status(id, toyed({ merlin: 0.7 })), "contradicted");
  }
  assert.equal(status("toy-uncertainty-grows", toyed({})), "supported");
  assert.equal(status("toy-uncertainty-grows", toyed({ grows: false })), "contradicted");
});

Deno.test("claims on time ask for five and for twenty times the rate", () => {
  const of = (rate: number) => {
    const policy = (scale: number) => ({
      networkCalls: 1,
      rates: [1, 1.02, 0.99, 1.01].map((round) => scale * round),
      updateRates: [1],
    });
    const others = { BESO: policy(rate), "g-DQL": policy(rate), "Decision Diffuser": policy(rate) };
    return resultsFrom(allRecords(SPEED, () => ({ policies: { Merlin: policy(100), ...others } })));
  };
  for (const [id, factor] of [["faster-than-g-dql", 5], ["faster-than-decision-diffuser", 20]] as const) {
    assert.equal(status(id, of(100 / factor / 1.2)), "supported");
    assert.equal(status(id, of(100 / factor * 1.2)), "contradicted");
  }
});

/** Results on arms. */
function onArms({ merlin = 20, short = 20 }: { merlin?: number; short?: number }): Results {
  const outcome = (value: number) => ({ return: value, std: 1, success: 1 });
  const records = allRecords(ARM_RUNS, (_, seed) => ({
    behaviour: outcome(15 + 0.01 * seed),
    merlin: [1, 20].map((horizon) => ({
      horizon,
      ...outcome((horizon === 1 ? short : merlin) * (1 + 0.001 * seed)),
    })).sort((a, b) => b.return - a.return),
  }), PLAN);
  return resultsFrom(records, { plan: PLAN });
}

Deno.test("claims on arms compare with the data, and two horizons of a policy that has learned", () => {
  assert.equal(status("better-than-its-data-on-arms", onArms({})), "supported");
  assert.equal(status("better-than-its-data-on-arms", onArms({ merlin: 14, short: 14 })), "contradicted");
  const id = "larger-horizon-on-fetchpush";
  assert.equal(status(id, onArms({ short: 10 })), "supported");
  assert.equal(status(id, onArms({ merlin: 10, short: 12 })), "contradicted");
  assert.equal(status(id, onArms({ merlin: 5, short: 2 })), "not attempted");
});

Deno.test("claim horizon-helps-on-images must hold on each task", () => {
  const of = (without: (cell: string) => number) =>
    resultsFrom(
      allRecords(PIXELS, ({ cell, label }, seed) => ({
        return: (label === "Merlin" ? 20 : without(cell)) * (1 + 0.001 * ((seed * 7) % 3)),
        std: 1,
        success: 1,
      }), PLAN),
      { plan: PLAN },
    );
  const id = "horizon-helps-on-images";
  assert.equal(status(id, of(() => 15)), "supported");
  assert.equal(status(id, of((cell) => cell.startsWith("PointRooms") ? 25 : 15)), "contradicted");
});

testEveryClaim();
