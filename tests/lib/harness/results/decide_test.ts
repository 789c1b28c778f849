import assert from "node:assert/strict";
import { collectJobs, jobId, select } from "../../../../lib/harness/paper/jobs.ts";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { notAttempted } from "../../../../lib/harness/paper/claims.ts";
import type { JobRecord, Plan } from "../../../../lib/harness/paper/types.ts";
import { decideClaims, type FollowedClaim, PaperDecision } from "../../../../lib/harness/results/decide.ts";
import {
  type Decided,
  decidedPath,
  evaluateCommitted,
  readDecided,
  renewDecided,
  writeDecided,
} from "../../../../lib/harness/results/decided.ts";
import { evaluate } from "../../../../lib/harness/results/evaluate.ts";
import {
  evaluateGolden,
  makeGolden,
  readGolden,
  writeGolden,
} from "../../../../lib/harness/results/goldens.ts";
import { type Progress, silentProgress } from "../../../../lib/harness/run/progress.ts";
import { stream } from "../../../../lib/random/mod.ts";
import { refigure, startRefigure, withFolder } from "../_helpers.ts";
import { PROVENANCE } from "./_origin.ts";
import paper from "./_undecided/0000.00003/mod.ts";

const PAPERS = `${PROJECT}tests/lib/harness/results/_undecided`;
const plan: Plan = { profile: "laptop" };

/** What the experiments give, without running them. */
function record(job: JobRecord["job"]): JobRecord {
  const { effect = 0, seconds = 0, dataSet = "" } = job.config as Record<string, never>;
  const draws = job.experiment === "noisy" ? stream(job.seed, "noisy", String(effect)) : stream(0, dataSet);
  const result = (job.experiment === "noisy" ? effect : 2) + draws.normal(new Float64Array(1))[0];
  return { job, result, seconds: Math.max(seconds, 0.01), sources: {} };
}

/** A folder with the laptop's results. */
async function prepare(folder: string) {
  const places = { papers: PAPERS, fixtures: `${folder}/fixtures`, out: `${folder}/out` };
  const jobs = collectJobs(paper, plan, select(paper));
  const records = new Map(jobs.map((job) => [jobId(job), record(job)]));
  const evaluation = await evaluate(paper, plan, records, { executor: "native", provenance: PROVENANCE });
  await writeGolden(places, await makeGolden(evaluation, 0.01));
  return places;
}

const status = ({ evaluated: { verdict } }: FollowedClaim) => verdict.status;
const byId = (decision: PaperDecision) => new Map(decision.claims.map((own) => [own.claim.id, own]));

Deno.test("PaperDecision follows the claims whose rule plans more looks, and says what they take", () =>
  withFolder(async (folder) => {
    const places = await prepare(folder);
    const decision = await PaperDecision.open(paper, places);
    assert.ok(decision);
    assert.deepEqual([...byId(decision).keys()], [
      "clear",
      "equal",
      "slow",
      "over-sets",
      "over-own-sets",
      "fixed",
    ]);
    const slow = byId(decision).get("slow")!;
    assert.deepEqual([status(slow), slow.next?.pairs, slow.next?.plan], [
      "inconclusive",
      6,
      { profile: "laptop", seeds: 6 },
    ]);
    // Seeds 3, 4 and 5 of two variants; a slow job takes a second.
    assert.equal(slow.next?.jobs.length, 6);
    assert.ok(Math.abs(slow.next!.seconds - 3.03) < 1e-9, String(slow.next!.seconds));
    assert.ok(slow.next!.secondsToEnd >= slow.next!.seconds);
    const sets = byId(decision).get("over-sets")!;
    assert.deepEqual([sets.next?.pairs, sets.next?.plan], [4, { profile: "paper" }]);
    assert.deepEqual(sets.next?.jobs.map(({ config }) => (config as { dataSet: string }).dataSet), [
      "adbench/6_cardio",
      "adbench/18_Ionosphere",
    ]);
    // Sets of the same profile that it has no jobs of: their plan is told by its seeds.
    const own = byId(decision).get("over-own-sets")!;
    assert.deepEqual([own.next?.pairs, own.next?.plan], [4, { profile: "laptop", seeds: 1 }]);
    assert.deepEqual(own.next?.jobs.map(({ config }) => (config as { dataSet: string }).dataSet), [
      "adbench/6_cardio",
      "adbench/18_Ionosphere",
    ]);
    // A plan that was fixed beforehand is taken in one step, whatever the rule is.
    const { pairs, plan: fixed, jobs } = byId(decision).get("fixed")!.next!;
    assert.deepEqual([pairs, fixed, jobs.map(({ seed }) => seed)], [
      null,
      { profile: "laptop", seeds: 3 },
      [0, 1, 2],
    ]);
    assert.equal(await PaperDecision.open(paper, { ...places, fixtures: folder }), null);
  }));

Deno.test("decideClaims() adds seeds and data sets, cheapest decision first, and keeps what decides", () =>
  withFolder(async (folder) => {
    const places = await prepare(folder);
    const decision = (await PaperDecision.open(paper, places))!;
    const looked: FollowedClaim[] = [];
    const options = {
      places,
      workers: 2,
      progress: silentProgress,
      signal: new AbortController().signal,
      arguments: [],
      budgetSeconds: 300,
      claims: ["clear", "equal", "over-sets"],
    };
    const end = await decideClaims([decision], { ...options, onLook: (claim) => void looked.push(claim) });
    assert.equal(end, "done");
    assert.deepEqual(looked.map(({ problem }) => problem).filter(Boolean), []);
    const found = byId(decision);
    assert.equal(status(found.get("clear")!), "supported");
    assert.equal(status(found.get("over-sets")!), "supported");
    // It has no effect, and twelve pairs cannot show that it is within 0.05.
    const equal = found.get("equal")!;
    assert.deepEqual([status(equal), equal.next, equal.evaluated.verdict.numbers.pairs], [
      "inconclusive",
      null,
      12,
    ]);
    assert.equal(found.get("slow")!.evaluated.verdict.evidence?.[0].pairs, 3, "not asked for");
    assert.deepEqual(
      looked.filter(({ claim }) => claim.id === "equal").map(({ evaluated }) =>
        evaluated.verdict.numbers.pairs
      ),
      [6, 9, 12],
    );

    // The laptop's results are as they were; beside them lies what goes beyond.
    const golden = (await readGolden(places, paper.id, "laptop"))!;
    const decided = (await readDecided(places, paper.id)) as Decided;
    const laptop = new Set(golden.jobs.map(({ job }) => jobId(job)));
    assert.ok(decided.jobs.length > 0 && decided.jobs.every(({ job }) => !laptop.has(jobId(job))));
    for (const { job, result } of decided.jobs) assert.equal(result, record(job).result, jobId(job));
    const of = async (evaluation: ReturnType<typeof evaluateGolden>) =>
      Object.fromEntries((await evaluation).claims.map(({ claim, verdict }) => [claim.id, verdict.status]));
    const before = await of(evaluateGolden(paper, golden));
    const after = await of(evaluateCommitted(paper, golden, places));
    assert.deepEqual([before.clear, before["over-sets"], before.equal], Array(3).fill("inconclusive"));
    const { claims } = await evaluateCommitted(paper, golden, places);
    const verdictOf = (id: string) => claims.find(({ claim }) => claim.id === id)!.verdict;
    // A claim that is not followed is judged on the sets that another has brought.
    const onAll = verdictOf("on-all-sets");
    assert.equal(onAll.numbers.pairs, verdictOf("over-sets").evidence![0].pairs);
    assert.ok(Number(onAll.numbers.pairs) > 2);
    // Not if these are not complete enough to count.
    assert.equal(verdictOf("on-more-sets-than-there-are").numbers.pairs, 2);
    assert.deepEqual(after, {
      ...before,
      clear: "supported",
      "over-sets": "supported",
      "on-all-sets": onAll.status,
    });
    const clear = claims.find(({ claim }) => claim.id === "clear")!;
    assert.equal(clear.beyond?.jobs, 2 * clear.verdict.evidence![0].pairs);
    assert.match(clear.beyond!.text, /^decided\.json, \d{4}-\d\d-\d\d, .*, \d+ cores$/);
    assert.equal(claims.find(({ claim }) => claim.id === "single-look")!.beyond, undefined);

    // A second call has nothing to do.
    const again = (await PaperDecision.open(paper, places))!;
    assert.deepEqual(byId(again).get("equal"), { ...equal });
    assert.equal(await decideClaims([again], { ...options, onLook: () => assert.fail("a round") }), "done");
  }));

Deno.test("decideClaims() runs what is missing of a plan that was fixed beforehand, once", () =>
  withFolder(async (folder) => {
    const places = await prepare(folder);
    const looked: FollowedClaim[] = [];
    const options = {
      places,
      workers: 1,
      progress: silentProgress,
      signal: new AbortController().signal,
      arguments: [],
      budgetSeconds: 300,
      claims: ["fixed"],
      onLook: (claim: FollowedClaim) => void looked.push(claim),
    };
    assert.equal(await decideClaims([(await PaperDecision.open(paper, places))!], options), "done");
    assert.deepEqual(looked.map((own) => [status(own), own.next, own.problem]), [["supported", null, null]]);
    const decided = (await readDecided(places, paper.id))!;
    assert.deepEqual(decided.claims.map(({ id, plan, numbers }) => [id, plan, numbers.found]), [
      ["fixed", { profile: "laptop", seeds: 3 }, 3],
    ]);
    assert.deepEqual(decided.jobs.map(({ job: { seed } }) => seed), [0, 1, 2]);

    // A result that is taken out is made anew; without a claim's plan there is nothing to run.
    await writeDecided(places, { ...decided, jobs: decided.jobs.slice(1) });
    const again = (await PaperDecision.open(paper, places))!;
    assert.deepEqual(byId(again).get("fixed")!.next!.jobs.map(({ seed }) => seed), [0]);
    await writeDecided(places, { ...decided, claims: [] });
    const known = (await PaperDecision.open(paper, places))!;
    assert.deepEqual(byId(known).get("fixed")!.next!.jobs, []);
    assert.equal(await decideClaims([known], options), "done");
    const { claims, jobs } = (await readDecided(places, paper.id))!;
    assert.deepEqual([claims, jobs], [decided.claims, decided.jobs]);
  }));

Deno.test("a claim that shares its error rate with others goes on until it is decided at its part", () =>
  withFolder(async (folder) => {
    const places = await prepare(folder);
    const safeguards = { bar: "Any.", controls: "None.", smallest: "Any.", kind: "numbers" };
    const [golden, claims] = [await readGolden(places, paper.id, "laptop"), ["clear"]];
    const pairs: number[] = [], held: FollowedClaim[] = [];
    // What never counts more sets takes no part.
    const sharing = paper.claims.filter(({ id }) => id !== "on-more-sets-than-there-are")
      .map((claim) => ({ ...claim, safeguards }));
    for (const own of [paper, { ...paper, claims: sharing }]) {
      await Deno.remove(decidedPath(places, paper.id)).catch(() => {});
      const decision = (await PaperDecision.open(own, places))!;
      await decideClaims([decision], {
        places,
        workers: 2,
        progress: silentProgress,
        signal: new AbortController().signal,
        arguments: [],
        budgetSeconds: 300,
        claims,
        onLook: (looked) => looked.evaluated.alone && held.push(looked),
      });
      const clear = byId(decision).get("clear")!;
      assert.deepEqual([status(clear), clear.next], ["supported", null]);
      pairs.push(clear.evaluated.verdict.evidence![0].pairs);
      // What is kept is what the whole paper says.
      const kept = await evaluateCommitted(own, golden!, places);
      assert.equal(kept.claims.find(({ claim }) => claim.id === "clear")!.verdict.status, "supported");
      assert.equal((await readDecided(places, paper.id))!.claims[0].status, "supported");
    }
    assert.ok(pairs[1] > pairs[0], `${pairs}`);
    assert.ok(held.length > 0);
    assert.deepEqual(held.map(({ next }) => next!.expected), held.map(() => "unknown"));

    // A rule that has changed since: `bless --stored` writes down what it makes of the same results.
    const strict = paper.claims.map((claim) => ({ ...claim, evaluate: () => notAttempted("Too strict.") }));
    await renewDecided({ ...paper, claims: strict }, golden!, places);
    const { claims: renewed, jobs } = (await readDecided(places, paper.id))!;
    assert.deepEqual(renewed.map(({ id, status }) => [id, status]), [["clear", "not attempted"]]);
    assert.ok(jobs.length > 0);
  }));

Deno.test("decideClaims() begins no round that the budget does not hold", () =>
  withFolder(async (folder) => {
    const places = await prepare(folder);
    const decision = (await PaperDecision.open(paper, places))!;
    const progress: Progress = { ...silentProgress, start: () => assert.fail("a run") };
    const end = await decideClaims([decision], {
      places,
      workers: 1,
      progress,
      signal: new AbortController().signal,
      arguments: [],
      budgetSeconds: 2,
      claims: ["slow"],
    });
    assert.equal(end, "budget");
    assert.equal(await readDecided(places, paper.id), null);
  }));

Deno.test("decide that is killed loses the jobs in flight only, and the next call goes on", () =>
  withFolder(async (folder) => {
    const places = await prepare(folder);
    const command = {
      args: ["decide", "0000.00003", "--claim", "slow", "--jobs", "1", "--budget", "300s"],
      folder,
      papers: PAPERS,
    };
    const dry = await refigure({ ...command, args: [...command.args, "--dry-run"] });
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(
      dry.stdout,
      /^0000\.00003 +slow +inconclusive +3 of 12 pairs, \[.*\] +next look at 6 \(3\.0 s\), /,
    );
    const wrong = await refigure({ ...command, args: ["decide", "--claim", "single-look"] });
    assert.deepEqual([wrong.code, /no claim whose rule plans more looks/.test(wrong.stderr)], [2, true]);

    const child = startRefigure(command);
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("[2/6]")) {
      const { value, done } = await reader.read();
      assert.ok(!done, said);
      said += value;
    }
    for (const pid of await processesBelow(child.pid)) Deno.kill(pid, "SIGKILL");
    await child.stdout.cancel();
    await child.status;
    await reader.cancel();
    assert.equal(await readDecided(places, paper.id), null, "the look was not reached");

    const { code, stdout, stderr } = await refigure(command);
    assert.equal(code, 0, stderr);
    const cached = Number(/0000\.00003: \d+ jobs to run on 1 processes, (\d+) cached/.exec(stderr)?.[1]);
    assert.ok(cached >= 2, stderr);
    assert.match(stdout, /\n0000\.00003 slow: \w+\. /);
    const jobs = (await readDecided(places, paper.id))!.jobs;
    assert.equal(new Set(jobs.map(({ job }) => jobId(job))).size, jobs.length);
    assert.match(decidedPath(places, paper.id), /decided\.json$/);
  }));

/** A process with all that it started, directly or not. */
async function processesBelow(pid: number): Promise<number[]> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  const below = await Promise.all(
    children.trim().split(" ").filter(Boolean).map((id) => processesBelow(Number(id))),
  );
  return [pid, ...below.flat()];
}
