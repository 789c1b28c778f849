import assert from "node:assert/strict";
import type { EvaluatedClaim, Evaluation } from "../../../../lib/harness/results/mod.ts";
import type { ClaimStatus } from "../../../../lib/harness/paper/types.ts";
import { glanceAt } from "../../../../lib/harness/report/glance.ts";

const summary = (summary: string) => ({ data: "real", summary }) as const;
const paper = {
  read: "the abstract",
  headline: "main",
  profiles: { smoke: summary("tiny"), laptop: summary("a tenth of it"), paper: summary("all") },
};
const claim = (status: ClaimStatus, fragile?: readonly number[], id = "other") =>
  ({
    claim: { id, statement: "It helps." },
    verdict: { status, numbers: {}, because: "", ...fragile && { fragile } },
  }) as unknown as EvaluatedClaim;
const table = (...cells: (number | null)[][]) => ({
  value: {
    kind: "table",
    columns: [],
    notes: [],
    rows: cells.map(([value, reported]) => ({ a: "x", b: 1, c: { value, ...reported && { reported } } })),
  },
});

function glance(
  profile: "smoke" | "laptop",
  claims: EvaluatedClaim[],
  tables: unknown[],
  data: unknown[] = [],
) {
  return glanceAt(paper, {
    golden: { plan: { profile }, provenance: { data } } as unknown as Parameters<
      typeof glanceAt
    >[1]["golden"],
    evaluation: { claims, artefacts: tables } as unknown as Evaluation,
  });
}

Deno.test("glanceAt() tells outcome, scale, data, and what of the paper was read", () => {
  const claims = [
    claim("supported"),
    claim("supported", [3]),
    claim("inconclusive", undefined, "main"),
    claim("contradicted", [1, 2]),
  ];
  const data = [
    { name: "a", source: "file" },
    { name: "b", source: "download" },
    { name: "c", source: "generated" },
    { name: "d", source: "stand-in" },
  ];
  assert.deepEqual(glance("laptop", claims, [table([1, 2], [1], [null, 2])], data), {
    outcome:
      "“It helps.” is not decided here. Of 4 claims: 2 supported, 1 contradicted, 1 open; 2 verdicts hang on a single seed or data set.",
    scale: "laptop: a tenth of it",
    data: "published: a, b; generated: c; stand-in: d",
    paper: "Read: the abstract. 1 of its numbers stands beside ours.",
  });
});

Deno.test("glanceAt() counts no number that has no counterpart, and takes no smoke run for evidence", () => {
  const { outcome, paper: read, data } = glance("smoke", [claim("supported")], [table([1], [null, 3]), {}]);
  assert.match(outcome, /no evidence/);
  assert.match(read, /None of its numbers compares with one of ours\.$/);
  assert.equal(data, "none");
});
