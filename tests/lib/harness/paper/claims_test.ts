import assert from "node:assert/strict";
import {
  allOf,
  type Claim,
  type ClaimData,
  compareSamples,
  comparison,
  decide,
  higher,
  type Job,
  jobId,
  judge,
  lower,
  MOST_OF_A_KIND,
  NoResults,
  notAttempted,
  resultsOf,
  type Sample,
  testText,
  verdict,
} from "../../../../lib/harness/mod.ts";

Deno.test("verdict() follows its conditions", () => {
  const make = (supported: boolean, contradicted?: boolean) =>
    verdict({ supported, contradicted, numbers: { x: 1 }, because: "so" }).status;
  assert.deepEqual([make(true), make(false), make(false, false), make(false, true)], [
    "supported",
    "contradicted",
    "inconclusive",
    "contradicted",
  ]);
  assert.throws(() => make(true, true), /must not be both supported and contradicted/);
});

Deno.test("allOf() is worth its worst part", () => {
  const yes = verdict({ supported: true, numbers: { x: 1 }, because: "Yes." });
  const no = verdict({ supported: false, numbers: { x: 2 }, because: "No." });
  const open = verdict({ supported: false, contradicted: false, numbers: {}, because: "Open." });
  assert.equal(allOf({ a: yes, b: yes }).status, "supported");
  assert.equal(allOf({ a: yes, b: open }).status, "inconclusive");
  assert.equal(allOf({ a: open, b: notAttempted("Later.") }).status, "not attempted");
  assert.deepEqual(allOf({ a: notAttempted("Later."), b: no, c: yes }), {
    status: "contradicted",
    numbers: { "b: x": 2, "c: x": 1 },
    because: "a: Later. b: No. c: Yes.",
    shares: MOST_OF_A_KIND, // chance had no part in it
  });
});

const PLAN = { profile: "smoke" } as const;
const JOBS: readonly Job[] = [{ experiment: "fit", config: null, seed: 0 }];

/** Results on data sets of which some were stand-ins. */
function resultsOn(...standIns: string[]) {
  const sources = {
    "published/set": "file" as const,
    ...Object.fromEntries(standIns.map((name) => [name, "stand-in" as const])),
  };
  return resultsOf(
    PLAN,
    JOBS,
    new Map(JOBS.map((job) => [jobId(job), { job, result: null, seconds: 0, sources }])),
  );
}

/** A claim that its results support. */
const claimOn = (data?: ClaimData, evaluate?: Claim["evaluate"]): Claim => ({
  id: "works",
  location: "Section 1",
  statement: "It works.",
  safeguards: "An identity.",
  test: "Always.",
  ...(data !== undefined && { data }),
  jobs: () => JOBS,
  evaluate: evaluate ?? (() => verdict({ supported: true, numbers: {}, because: "It does." })),
});

Deno.test("judge() attempts no claim about published data on stand-ins, but for those that are as good", () => {
  const cases: [ClaimData | undefined, string[], string][] = [
    [undefined, ["a"], "supported"],
    ["any", ["a"], "supported"],
    ["published", [], "supported"],
    ["published", ["a"], "not attempted"],
    [{ alsoOn: ["a"] }, ["a"], "supported"],
    [{ alsoOn: ["a"] }, ["a", "b"], "not attempted"],
    [{ alsoOn: ["a"] }, ["b"], "not attempted"],
  ];
  for (const [data, standIns, status] of cases) {
    const found = judge(claimOn(data), resultsOn(...standIns));
    assert.equal(found.status, status, `${JSON.stringify(data)}: ${standIns}`);
  }
  const because = (...standIns: string[]) =>
    judge(claimOn({ alsoOn: ["a"] }), resultsOn(...standIns)).because;
  assert.equal(because("a", "b"), "It is about published data, and b is a stand-in.");
  assert.equal(because("c", "b"), "It is about published data, and b, c are stand-ins.");
});

Deno.test("judge() does not even look at stand-in results of a claim about published data", () => {
  const claim = claimOn("published", () => {
    throw new TypeError("looked");
  });
  assert.equal(judge(claim, resultsOn("a")).status, "not attempted");
  assert.throws(() => judge(claim, resultsOn()), /looked/);
});

Deno.test("judge() says which results are missing, and hides no other error", () => {
  const failing = (error: Error) =>
    claimOn("any", () => {
      throw error;
    });
  assert.deepEqual(
    judge(failing(new NoResults("no result of “Fit”")), resultsOn()),
    notAttempted("no result of “Fit”"),
  );
  assert.throws(() => judge(failing(new RangeError("a bug")), resultsOn()), /a bug/);
});

Deno.test("testText() adds the data that a claim may be judged on", () => {
  assert.equal(testText(claimOn()), "Always.");
  assert.equal(testText(claimOn("any")), "Always.");
  assert.equal(testText(claimOn("published")), "Always. Judged on published data only.");
  assert.match(
    testText(claimOn({ alsoOn: ["solar/31", "toy"] })),
    /and on the stand-in solar\/31, toy, on which/,
  );
});

/** Numbers by seed, each with its own job. */
const sampleOf = (label: string, values: Record<number, number>): Sample => ({
  label: ({ profile }) => `${label} (${profile})`,
  jobs: () => Object.keys(values).map((seed) => ({ experiment: "fit", config: label, seed: Number(seed) })),
  values: () => new Map(Object.entries(values).map(([seed, value]) => [Number(seed), value])),
});

Deno.test("compareSamples() pairs by seed and names both by their labels", () => {
  const found = compareSamples(resultsOn(), {
    first: sampleOf("ours", { 0: 3.1, 1: 13, 2: 22.9, 5: 0 }),
    second: sampleOf("theirs", { 2: 20, 1: 10, 0: 0, 4: 99 }),
    rule: higher(),
    units: "runs",
  });
  assert.equal(found.status, "supported");
  assert.match(found.because, /^ours \(smoke\) minus theirs \(smoke\) is 3 on average .* 3 runs\)\.$/);
});

Deno.test("comparison() has jobs and text from its samples and rule", () => {
  const [first, second] = [
    sampleOf("ours", { 0: 1, 1: 2.1, 2: 2.9 }),
    sampleOf("theirs", { 0: 2, 1: 3, 2: 4 }),
  ];
  const options = {
    location: "Table 1",
    statement: "Ours errs less.",
    safeguards: { bar: "Any.", controls: [], smallest: "Any." },
    measured: "Error",
    first,
    second,
  } as const;
  const claim = comparison("ours-less", { ...options, rule: lower(), data: "published" });
  assert.equal(claim.test, `Error. ${lower().text}`);
  assert.deepEqual(claim.jobs(PLAN), [...first.jobs(PLAN), ...second.jobs(PLAN)]);
  assert.equal(judge(claim, resultsOn()).status, "supported");
  assert.equal(judge(claim, resultsOn("a")).status, "not attempted");
  assert.equal(
    judge(comparison("ours-more", { ...options, rule: higher() }), resultsOn()).status,
    "contradicted",
  );
});

Deno.test("decide() tells apart no pairs from too few", () => {
  const words = { names: ["ours", "theirs"], units: "sets" } as const;
  const pairs = [0, 1, 2].map((unit) => ({ unit, first: unit + 1.1 ** unit, second: unit }));
  assert.equal(decide(higher(), pairs, words).status, "supported");
  const few = decide(higher(), pairs.slice(1), words);
  assert.deepEqual([few.status, few.numbers], ["inconclusive", { pairs: 2 }]);
  assert.equal(few.because, "ours and theirs share 2 of the at least 3 sets needed to tell.");
  assert.equal(decide(higher(), [], words).status, "not attempted");
});
