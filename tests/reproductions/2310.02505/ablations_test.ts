/**
 * Claims with their ingredient taken out: committed runs that lack it stand where those that have it stood,
 * seed by seed.
 */
import assert from "node:assert/strict";
import {
  type ClaimStatus,
  jobId,
  type JobRecord,
  judge,
  loadGolden,
  places,
  readDecided,
} from "../../../lib/harness/mod.ts";
import type { ArmResult } from "../../../reproductions/2310.02505/experiments/arms.ts";
import type { MerlinResult } from "../../../reproductions/2310.02505/experiments/merlin.ts";
import type { SpeedResult } from "../../../reproductions/2310.02505/experiments/speed.ts";
import paper from "../../../reproductions/2310.02505/mod.ts";
import {
  type Cell,
  CELLS,
  MERLIN,
  type MerlinKind,
  PIXELS,
  TOY,
} from "../../../reproductions/2310.02505/studies.ts";
import { resultsFrom, statusWith } from "@refigure/refigure/testing";

const [laptop, decided] = [await loadGolden(paper.id, "laptop"), await readDecided(places(), paper.id)];
const jobs: readonly JobRecord[] = [...laptop.jobs, ...decided?.jobs ?? []];
const three = { profile: "laptop", seeds: 3 } as const;
const claimOf = (id: string) => paper.claims.find((claim) => claim.id === id)!;

/** The status on the committed results, of which some are changed. */
function statusBy(
  id: string,
  { plan = three, change = (record) => record }: {
    readonly plan?: { readonly profile: "laptop"; readonly seeds?: number };
    readonly change?: (record: JobRecord) => JobRecord;
  } = {},
): ClaimStatus {
  const needed = new Set(claimOf(id).jobs(plan).map(jobId));
  const own = jobs.filter(({ job }) => needed.has(jobId(job))).map(change);
  return judge(claimOf(id), resultsFrom(own, { plan })).status;
}

/** A variant's runs without an ingredient, in the place of those with it, on cells one after the other. */
function swapped(
  id: string,
  cells: readonly Cell[],
  kinds: (cell: Cell) => readonly [MerlinKind, MerlinKind],
) {
  const name = (cell: Cell, kind: MerlinKind) => `${cell} ${kind}` as const;
  const others = new Map(
    MERLIN.groups(resultsFrom(jobs, { plan: three })).map(({ name, runs }) => [name, runs]),
  );
  const moved = new Map(
    cells.flatMap((cell) => {
      const [place, runs] = kinds(cell);
      return MERLIN.jobs(three, [name(cell, place)]).map((job) => {
        const result = others.get(name(cell, runs))!.find(({ seed }) => seed === job.seed)!.result;
        return [jobId(job), result] as const;
      });
    }),
  );
  return statusBy(id, {
    change: (record) => ({ ...record, result: moved.get(jobId(record.job)) ?? record.result }),
  });
}

Deno.test("hindsight-needed-on-random-data: runs without hindsight in the place of those with it deny it", () => {
  const id = "hindsight-needed-on-random-data";
  assert.equal(statusBy(id), "supported");
  assert.equal(
    swapped(id, CELLS.filter((cell) => cell.endsWith("random")), () => ["ρ 1", "ρ 0"]),
    "contradicted",
  );
});

Deno.test("stitching: episodes without a single switch in the place of stitched ones help nothing", () => {
  for (const id of ["stitching-helps", "stitching-is-what-helps"]) {
    assert.notEqual(swapped(id, CELLS, () => ["NP", "NP, δ = 2"]), "supported", id);
  }
  assert.equal(swapped("stitching-is-what-helps", CELLS, () => ["NP", "NP, δ = 2"]), "contradicted");
});

/** Runs of Merlin by cell and seed, and those that are told no horizon. */
const withoutHorizon = new Map(
  MERLIN.groups(resultsFrom(jobs, { plan: three }), CELLS.map((cell) => `${cell} no horizon` as const))
    .map(({ cell, runs }) => [cell, runs]),
);

/** Puts runs without a horizon in the place of Merlin's. */
const noHorizon = (record: JobRecord): JobRecord => {
  if (record.job.experiment !== "merlin") return record;
  const { data: { task, behaviour } } = record.job.config as { data: { task: string; behaviour: string } };
  const runs = withoutHorizon.get(`${task} ${behaviour}` as Cell)!;
  const { tests: [test] } = runs[record.job.seed % runs.length].result;
  const own = record.result as MerlinResult;
  // It acts the same whatever horizon is asked for.
  return { ...record, result: { ...own, tests: own.tests.map(({ horizon }) => ({ ...test, horizon })) } };
};

Deno.test("near-the-ceiling, small-horizon-best: a policy that is told no horizon denies them", () => {
  for (const id of ["near-the-ceiling", "small-horizon-best-on-pointreach"]) {
    assert.equal(statusBy(id), "supported", id);
    assert.notEqual(statusBy(id, { change: noHorizon }), "supported", id);
  }
});

Deno.test("horizon-helps: without the horizon nothing is left of it", () => {
  assert.equal(statusBy("horizon-helps"), "supported");
  assert.equal(statusBy("horizon-helps", { change: noHorizon }), "contradicted");
});

Deno.test("the toy: runs without a horizon, and GCSL’s, in Merlin’s place do not point to goals well enough", () => {
  const parts = { jobs, study: TOY, place: "merlin", plan: three } as const;
  for (const runs of ["noHorizon", "gcsl"] as const) {
    assert.equal(statusWith(claimOf("toy-points-to-goals"), { ...parts, runs }), "contradicted", runs);
  }
});

Deno.test("arms: GCSL, which has no horizon, in Merlin's place; one horizon in the place of the other", () => {
  const armOf = (record: JobRecord, change: (result: ArmResult) => ArmResult): JobRecord => ({
    ...record,
    result: change(record.result as ArmResult),
  });
  const id = "larger-horizon-on-fetchpush";
  assert.equal(statusBy(id), "supported");
  assert.notEqual(
    statusBy(id, {
      change: (record) =>
        armOf(record, ({ gcsl, ...rest }) => ({
          ...rest,
          gcsl,
          merlin: rest.merlin.map(({ horizon }) => ({ ...gcsl, horizon })),
        })),
    }),
    "supported",
  );
  const data = "better-than-its-data-on-arms";
  assert.equal(statusBy(data), "supported");
  // Merlin against a behaviour without noise: GCSL's.
  assert.notEqual(
    statusBy(data, { change: (record) => armOf(record, (own) => ({ ...own, behaviour: own.gcsl })) }),
    "supported",
  );
});

Deno.test("images: runs without the horizon in the place of those with it", () => {
  const cell = "PointReach random";
  assert.notEqual(
    statusWith(claimOf("horizon-helps-on-images"), {
      ...{ jobs, study: PIXELS, plan: three },
      ...{ place: `${cell} Merlin`, runs: `${cell} no horizon` },
    }),
    "supported",
  );
});

Deno.test("time: a policy that evaluates its network as often as the others is no faster", () => {
  for (
    const [id, other] of [
      ["faster-than-decision-diffuser", "Decision Diffuser"],
      ["faster-than-g-dql", "g-DQL"],
    ] as const
  ) {
    const change = (record: JobRecord): JobRecord => {
      const { policies } = record.result as SpeedResult;
      return { ...record, result: { policies: { ...policies, Merlin: policies[other] } } as SpeedResult };
    };
    assert.equal(statusBy(id, { plan: { profile: "laptop" }, change }), "contradicted", id);
  }
});
