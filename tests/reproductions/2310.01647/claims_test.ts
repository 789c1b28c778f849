import assert from "node:assert/strict";
import { type ImageSplit, loadDataSet } from "../../../lib/data/mod.ts";
import { clouds } from "../../../reproductions/2310.01647/experiments/clouds.ts";
import { digits } from "../../../reproductions/2310.01647/experiments/digits.ts";
import { energies, type EnergyResult } from "../../../reproductions/2310.01647/experiments/energies.ts";
import {
  type FinetuningResult,
  type RegimeResult,
} from "../../../reproductions/2310.01647/experiments/finetuning.ts";
import {
  type PhotographResult,
  photographs,
  type Row,
} from "../../../reproductions/2310.01647/experiments/photographs.ts";
import { scenesOf, turnScenes } from "../../../reproductions/2310.01647/experiments/_scenes.ts";
import { scenes } from "../../../reproductions/2310.01647/experiments/scenes.ts";
import paper from "../../../reproductions/2310.01647/mod.ts";
import {
  CLOUDS,
  DIGITS,
  ENERGIES,
  FINETUNING,
  PHOTOGRAPHS,
  SCENES,
  TIMING,
} from "../../../reproductions/2310.01647/studies.ts";
import { claimTests, context, records, resultsFrom } from "@refigure/refigure/testing";

const { status, testEveryClaim } = claimTests(paper);

/** A little that differs from seed to seed. */
const noise = (seed: number) => 0.1 * Math.sin(7 * seed + 1);

type Pair = readonly [upright: number, average: number];

const digitResults = (
  of: Partial<Record<"vanilla" | "augmented" | "lc" | "cp", Pair>>,
  { identity = 95, poses = { lc: [1, 1, 1, 1], cp: [97, 1, 1, 1] } } = {},
) =>
  resultsFrom(records(
    DIGITS,
    Object.fromEntries(
      Object.entries({ vanilla: [93, 31] as Pair, ...of }).map(([name, [upright, average]]) => [
        name,
        (seed: number) => ({
          upright: upright + noise(seed),
          average: average - noise(seed + 5),
          identity: name === "cp" ? identity : 30,
          poses: name === "cp" ? poses.cp.map((count) => count + (seed % 3 === 0 ? 1 : 0)) : poses.lc,
        }),
      ]),
    ),
  ));

Deno.test("claims on digits hold by their margins, and fall without them", () => {
  const good = { augmented: [88, 85], lc: [87, 87], cp: [93, 92.8] } as const;
  for (
    const [id, bad] of [
      ["vanilla-collapses", { vanilla: [93, 80] }],
      ["augmentation-trades", { augmented: [88, 40] }],
      ["augmentation-trades", { augmented: [95, 85] }],
      ["lc-invariant-but-worse", { lc: [87, 80] }],
      ["lc-invariant-but-worse", { lc: [93, 93] }],
      ["prior-keeps-accuracy", { cp: [87, 92] }],
      ["prior-keeps-accuracy", { cp: [93, 80] }],
      ["prior-keeps-accuracy", { cp: [89, 92] }],
    ] as const
  ) {
    assert.equal(status(id, digitResults(good)), "supported", id);
    assert.equal(status(id, digitResults({ ...good, ...bad } as never)), "contradicted", id);
  }
  assert.equal(status("prior-finds-identity", digitResults(good)), "supported");
  assert.equal(status("prior-finds-identity", digitResults(good, { identity: 60 })), "contradicted");
  const spread = { poses: { lc: [97, 1, 1, 1], cp: [30, 25, 25, 20] } };
  assert.equal(status("prior-finds-identity", digitResults(good, spread)), "contradicted");
  assert.equal(status("vanilla-collapses", digitResults({ vanilla: [50, 20] })), "not attempted");
});

const PHOTOS = 200;

/** Outcomes of photographs of which so many percent are right, in all turns or upright only. */
function outcome(upright: number, c4: number): Pick<Row, "upright" | "c4" | "right" | "rightUpright"> {
  const hits = (share: number, from = 0) =>
    Array.from({ length: PHOTOS }, (_, i) => (i * 37 + from) % PHOTOS < share / 100 * PHOTOS ? 1 : 0);
  const others = hits((4 * c4 - upright) / 3);
  const own = hits(upright);
  return {
    upright,
    c4,
    right: own.map((hit, i) => hit + 3 * others[i]).join(""),
    rightUpright: own.join(""),
  };
}

interface Made {
  readonly plain?: Pair;
  readonly both?: Pair;
  readonly votes?: number;
  readonly small?: number;
  readonly confidence?: number;
  readonly average?: number;
  readonly changes?: number;
  readonly changedWeights?: boolean;
}

const photographResults = (made: Made = {}) => {
  const { plain = [92, 51], both = [91, 91], votes = 87, small = 60, confidence = 85, average = 70 } = made;
  const same = (share: number) => outcome(share, share);
  const result: Partial<PhotographResult> = {
    plain: outcome(...plain) as Row,
    behind: {
      both: outcome(...both) as Row,
      votes: same(votes) as Row,
      small: same(small) as Row,
      confidence: same(confidence) as Row,
      untrained: same(40) as Row,
    },
    average: same(average) as Row,
    digests: ["a", made.changedWeights ? "b" : "a"],
    quarterChanges: made.changes ?? 0,
  };
  return resultsFrom(records(PHOTOGRAPHS, { resnet56: () => result }));
};

Deno.test("claims on photographs hold by their margins, and fall without them", () => {
  for (
    const [id, bad] of [
      ["published-network-collapses", { plain: [92, 88] }],
      ["zero-shot-adaptation", { both: [91, 75] }],
      ["zero-shot-adaptation", { both: [85, 85] }],
      ["zero-shot-adaptation", { changedWeights: true }],
      ["larger-canonicalizer-costs-less", { small: 91, votes: 80 }],
      ["prior-beyond-confidence", { confidence: 98 }],
      ["beyond-averaging", { average: 98 }],
      ["exact-equivariance", { changes: 2.5 }],
    ] as const
  ) {
    assert.equal(status(id, photographResults()), "supported", id);
    assert.equal(status(id, photographResults(bad)), "contradicted", id);
  }
  assert.equal(status("zero-shot-adaptation", photographResults({ plain: [50, 30] })), "not attempted");
});

Deno.test("the claim on sizes holds where the larger network costs less, and falls where it costs more", () => {
  const sized = (large: number, small: number, { identity = 70, plain = 92 } = {}) => {
    const row = (share: number, identity: number | null = null) => ({ ...outcome(share, share), identity });
    const result = { plain: row(plain), small: row(small, 40), large: row(large, identity) };
    return resultsFrom(records(ENERGIES, { resnet56: () => result as unknown as EnergyResult }));
  };
  const id = "larger-group-network-costs-less";
  assert.equal(status(id, sized(75, 60)), "supported");
  assert.equal(status(id, sized(60, 75)), "contradicted");
  assert.equal(status(id, sized(75, 60, { identity: 30 })), "not attempted");
  assert.equal(status(id, sized(75, 60, { plain: 50 })), "not attempted");
});

const regimeResults = (cp: number, lc: number, published = 91) => {
  const regime = (share: number) => outcome(share, share) as unknown as RegimeResult;
  const result: Partial<FinetuningResult> = {
    published: regime(published),
    regimes: { vanilla: regime(90), augmented: regime(80), lc: regime(lc), cp: regime(cp) },
  };
  return resultsFrom(records(FINETUNING, { resnet20: () => result }));
};

Deno.test("the claim on fine-tuning holds where the prior helps, and falls where it hurts", () => {
  assert.equal(status("prior-helps-fine-tuning", regimeResults(85, 70)), "supported");
  assert.equal(status("prior-helps-fine-tuning", regimeResults(70, 85)), "contradicted");
  assert.equal(status("prior-helps-fine-tuning", regimeResults(85, 70, 40)), "not attempted");
});

Deno.test("the claim on scenes holds by its margins, and falls without them", () => {
  const scene = (large: Pair, small: number, frozen: Pair = [60, 30]) =>
    resultsFrom(records(SCENES, {
      labeller(seed) {
        const of = ([upright, c4]: Pair) => ({
          upright: upright + noise(seed),
          c4: c4 - noise(seed),
          identity: 90,
          parameters: 1,
        });
        return { frozen: of(frozen), large: of(large), small: { ...of([small, small]), upright: small } };
      },
    }));
  const id = "segmentation-zero-shot";
  assert.equal(status(id, scene([59, 59], 50)), "supported");
  assert.equal(status(id, scene([59, 31], 50)), "contradicted");
  assert.equal(status(id, scene([55, 55], 50)), "contradicted");
  assert.equal(status(id, scene([59, 59], 65)), "contradicted");
  assert.equal(status(id, scene([59, 59], 50, [10, 5])), "not attempted");
});

Deno.test("the claim on times holds below a quarter more, and falls above", () => {
  const timed = (small: number) => {
    const of = (median: number) => ({ median, least: median });
    const result = { none: of(10), small: of(small), votes: of(20), both: of(60), average: of(40) };
    return resultsFrom(records(TIMING, { resnet56: () => result }));
  };
  assert.equal(status("small-overhead", timed(12)), "supported");
  assert.equal(status("small-overhead", timed(13)), "contradicted");
});

Deno.test("the claim on clouds holds by its margins, and falls without them", () => {
  // The laptop profile has one seed, which decides nothing.
  const plan = { profile: "laptop", seeds: 3 } as const;
  const turned = (cp: number, lc: number, plain: number, { upright = 80, prior = 0.1 } = {}) =>
    resultsFrom(
      records(CLOUDS, {
        vanilla: (seed) => ({ upright, turned: plain + noise(seed) }),
        lc: (seed) => ({ upright: lc, turned: lc - noise(seed) }),
        cp: (seed) => ({ upright: cp, turned: cp + noise(seed), prior }),
      }, plan),
      { plan },
    );
  assert.equal(status("clouds-under-rotations", turned(70, 60, 20)), "supported");
  assert.equal(status("clouds-under-rotations", turned(50, 60, 10)), "contradicted");
  assert.equal(status("clouds-under-rotations", turned(40, 38, 20)), "contradicted");
  assert.equal(status("clouds-under-rotations", turned(70, 60, 20, { upright: 30 })), "not attempted");
  assert.equal(status("clouds-under-rotations", turned(70, 60, 20, { prior: 0.66 })), "not attempted");
});

// The ingredient in real runs, on stand-in data.

const SMOKE = { profile: "smoke" } as const;

Deno.test("trained for real: the prior makes digits be found upright, and nothing else does", async () => {
  const run = async (name: "cp" | "lc" | "untrained") => {
    const [{ config }] = DIGITS.jobs(SMOKE, [name]);
    const sizes = { train: 150, test: 40, epochs: { pretraining: 4, adaptation: 6 } };
    return await digits.run({ ...config, ...sizes }, context(11));
  };
  const [cp, lc, untrained] = [await run("cp"), await run("lc"), await run("untrained")];
  assert.ok(cp.identity! > 60, `${cp.identity}`);
  for (const other of [lc, untrained]) assert.ok(other.identity! < cp.identity! - 20, `${other.identity}`);
});

Deno.test("trained for real: quarter turns change no label behind a canonicalizer, and no weight changes", async () => {
  const [{ config }] = PHOTOGRAPHS.jobs(SMOKE);
  const { quarterChanges, digests, behind, plain } = await photographs.run(config, context(11));
  assert.equal(quarterChanges, 0);
  assert.equal(digests[0], digests[1]);
  for (const { upright, c4 } of Object.values(behind)) assert.equal(upright, c4);
  assert.equal(plain.right.length, config.test);
});

Deno.test("trained for real: the prior teaches both G-CNNs, whose answers no quarter turn changes", async () => {
  const [{ config }] = ENERGIES.jobs(SMOKE);
  const sizes = {
    train: 160,
    test: 40,
    small: { size: 3, channels: 2, layers: 2 },
    large: { size: 3, widths: [4, 4, 8], blocks: 1, outputs: 8 },
    epochs: 6,
    batchSize: 20,
    learningRate: 1e-2,
  } as const;
  const { plain, small, large } = await energies.run({ ...config, ...sizes }, context(11));
  assert.equal(plain.identity, null);
  for (const { upright, c4, losses } of [small, large]) {
    assert.equal(upright, c4);
    assert.ok(losses.at(-1)! < losses[0]);
  }
  assert.ok(large.identity! > 50, `${large.identity}`);
});

Deno.test("trained for real: labels of clouds stay put behind a frame only", async () => {
  const run = async (name: "cp" | "vanilla") => {
    const [{ config }] = CLOUDS.jobs(SMOKE, [name]);
    return await clouds.run({ ...config, epochs: 12 }, context(11));
  };
  const [cp, vanilla] = [await run("cp"), await run("vanilla")];
  assert.ok(cp.changes <= 1, `${cp.changes}`);
  assert.ok(vanilla.changes > 10, `${vanilla.changes}`);
});

Deno.test("trained for real: the prior finds scenes upright, and masks come back in their scene's pose", async () => {
  const [{ config }] = SCENES.jobs(SMOKE);
  const sizes = {
    train: 150,
    test: 12,
    canonicalizers: { small: [2], large: [8, 16, 16] },
    epochs: { network: 2, canonicalizer: 15 },
    batchSize: 10,
    learningRate: 5e-3,
  };
  const { frozen, large } = await scenes.run({ ...config, ...sizes }, context(11));
  assert.equal(frozen.identity, null);
  assert.ok(large.identity! > 50, `${large.identity}`);
  assert.ok(Math.abs(large.upright - large.c4) < 1e-6, "exactly equivariant");
});

Deno.test("scenes turn along with their classes and boxes, and come back after four quarters", async () => {
  const { value } = await loadDataSet<ImageSplit>("mnist/digits", "stand-in");
  const { test } = scenesOf(value, { train: 1, test: 6 });
  assert.ok(test.objects.length >= 6);
  let turned = test;
  for (let quarter = 0; quarter < 4; quarter++) turned = turnScenes(turned, 1);
  assert.deepEqual(turned.objects, test.objects);
  assert.deepEqual(turned.classes, test.classes);
  assert.deepEqual(turned.photos.data, test.photos.data);
  // A turned box holds all of its object.
  const inked = ({ classes, objects }: typeof test) =>
    objects.map(({ scene, kind, box: [x0, y0, x1, y1] }) =>
      classes.subarray(scene * 4096, (scene + 1) * 4096).filter((value, i) => {
        const [x, y] = [i % 64, Math.floor(i / 64)];
        return value === kind + 1 && x >= x0 && x < x1 && y >= y0 && y < y1;
      }).length
    );
  const upright = inked(test);
  assert.ok(upright.every((count) => count > 20));
  for (const quarters of [1, 2, 3]) assert.deepEqual(inked(turnScenes(test, quarters)), upright);
});

testEveryClaim();
