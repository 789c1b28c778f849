/** Claims on charged particles. */
import { type Claim, lower, type NameOf, verdict } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { PARTICLES } from "../studies.ts";
import { type About, learnedClaim, LOOKS } from "./_rules.ts";

/** Errors of positions vary by factors; less than 5 % is no difference. */
const NEGLIGIBLE = 1.05;
const SMALLER = lower({ scale: "ratio", looks: LOOKS, matters: NEGLIGIBLE });
const SMALLEST = `a factor of ${NEGLIGIBLE}`;
/** Competitive: at most so many times the other's error. */
const COMPETITIVE = 1.1;
const RIVALS = "learned frame against its rivals, particles";

/** A comparison of errors of positions. */
const particleClaim = (
  id: string,
  rest: About & {
    readonly names: readonly [NameOf<typeof PARTICLES>, NameOf<typeof PARTICLES>];
  },
): Claim =>
  learnedClaim(id, {
    ...rest,
    study: PARTICLES,
    value: (result) => result.error,
    measured: "Mean squared error of positions",
    bar: { better: "lower", text: "both are below the error of x + a v, a fitted", at: "linear" },
    data: "published",
  });

const TRAINED = [
  "gnn",
  "augmented",
  "egnn",
  "frozen",
  "pca",
  "average",
  "learned",
] as const satisfies readonly NameOf<typeof PARTICLES>[];

/** All of them. */
export const particleClaims: readonly Claim[] = [
  particleClaim("frame-beats-plain", {
    location: "Section 5.2",
    statement: "A learned frame makes a message-passing network predict charged particles better.",
    safeguards: {
      controls: ["learned-frame-beats-frozen", "learned-frame-beats-pca"],
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["learned", "gnn"],
    rule: SMALLER,
  }),
  particleClaim("learned-frame-beats-frozen", {
    location: "Section 5.2",
    statement: "A learned frame is better than one that stays as it was drawn.",
    safeguards: {
      controls:
        "None: the two differ in whether the frame is trained, and in the rate that was best for each.",
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["learned", "frozen"],
    rule: SMALLER,
  }),
  particleClaim("learned-frame-beats-pca", {
    location: "Abstract",
    statement: "A learned frame is better than principal axes.",
    safeguards: {
      controls: ["learned-frame-beats-frozen"],
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["learned", "pca"],
    rule: SMALLER,
  }),
  particleClaim("learned-frame-beats-egnn", {
    location: "Table 2 (its order; the values were not available)",
    statement: "With a learned frame a plain network is better than an equivariant one.",
    safeguards: {
      controls: ["frame-beats-plain"],
      smallest: SMALLEST,
      kind: RIVALS,
    },
    names: ["learned", "egnn"],
    rule: SMALLER,
  }),
  particleClaim("equivariant-beats-plain", {
    location: "Table 2 (its order; the values were not available)",
    statement: "The equivariant network is better than the plain one.",
    safeguards: {
      controls: "Not as a claim: the GNN turned in training is a row of Table 2.",
      smallest: SMALLEST,
    },
    names: ["egnn", "gnn"],
    rule: SMALLER,
  }),
  {
    id: "better-than-straight-on",
    location: "addition (a bar)",
    statement: "Every network predicts particles better than going straight on does.",
    safeguards: "A bar for the others: a count of networks and seeds that do not reach it.",
    test: "Mean squared error of positions, every network and seed: below that of x + v.",
    data: "published",
    jobs: (plan) => PARTICLES.jobs(plan, [...TRAINED, "straight"]),
    evaluate(results) {
      const bar = PARTICLES.result(results, "straight").error;
      const groups = PARTICLES.groups(results, TRAINED);
      const worst = Math.max(...groups.flatMap(({ runs }) => runs.map(({ result }) => result.error)));
      return verdict({
        supported: worst < bar,
        contradicted: groups.some(({ runs }) => mean(runs.map(({ result }) => result.error)) >= bar),
        numbers: { worst, straight: bar },
        because: `the largest error of a network is ${worst.toFixed(4)}, that of x + v ${bar.toFixed(4)}`,
      });
    },
  },
  particleClaim("competitive-with-egnn", {
    location: "Abstract",
    statement:
      "With a learned frame a plain network competes with an equivariant one: its error is at most 10 % above EGNN's.",
    safeguards: {
      controls: ["frame-beats-plain"],
      smallest: `Any difference counts, beyond the factor of ${COMPETITIVE} that it may be worse by.`,
      kind: RIVALS,
    },
    names: ["learned", "egnn"],
    rule: lower({ scale: "ratio", margin: 1 / COMPETITIVE, looks: LOOKS }),
  }),
];
