import type { Claim, Verdict } from "./types.ts";

/** A claim with its verdict, and the verdict that it has by itself where others of its kind change that. */
export interface JudgedClaim {
  /** What was tested. */
  readonly claim: Claim;
  /** What came out. */
  readonly verdict: Verdict;
  /** What came out without the others of its kind; absent: the same. */
  readonly alone?: Verdict;
}

/** A claim's kind, `undefined` if it stands alone. */
function kindOf({ safeguards }: Claim): string | undefined {
  return typeof safeguards === "string" ? undefined : safeguards.kind;
}

/**
 * The claims on dull explanations that do not hold while the claim itself does: readers must know of them.
 *
 * @param judged All of the paper's claims.
 */
export function openControls(
  { claim, verdict }: JudgedClaim,
  judged: readonly JudgedClaim[],
): readonly JudgedClaim[] {
  const { safeguards } = claim;
  if (verdict.status !== "supported" || typeof safeguards === "string") return [];
  const { controls } = safeguards;
  if (typeof controls === "string") return [];
  return judged.filter((other) => controls.includes(other.claim.id) && other.verdict.status !== "supported");
}

/**
 * Corrects the verdicts of claims of one kind, so that the chance that any of them is decided wrongly is at
 * most the rules' error rate α, not α for each: of m claims that were attempted, the most certain must be
 * decided at α / m, the next at α / (m − 1), and so on; from the first that is not, they are inconclusive.
 *
 * Source: Holm 1979, "A simple sequentially rejective multiple test procedure". With looks at growing data
 * the levels are those of repeated confidence intervals, for which Holm's procedure keeps its error rate: Ye,
 * Li, Liu and Yao 2013, "A group sequential Holm procedure with multiple primary endpoints".
 *
 * @param judged Any of a paper's claims; those that were corrected before are corrected anew.
 * @param all The paper's claims; of those that are not among `judged` nothing is assumed.
 */
export function correctKinds<T extends JudgedClaim>(
  judged: readonly T[],
  all: readonly Claim[],
): readonly T[] {
  const verdictOf = ({ alone, verdict }: T): Verdict => alone ?? verdict;
  const undone = new Map<T, { readonly kind: string; readonly size: number; readonly needed: number }>();
  for (const [kind, own] of Map.groupBy(judged, ({ claim }) => kindOf(claim))) {
    if (kind === undefined) continue;
    const skipped = own.filter((each) => verdictOf(each).status === "not attempted").length;
    const size = all.filter((claim) => kindOf(claim) === kind).length - skipped;
    const decided = own.filter((each) => ["supported", "contradicted"].includes(verdictOf(each).status))
      .sort((a, b) => (verdictOf(b).shares ?? 1) - (verdictOf(a).shares ?? 1));
    const first = decided.findIndex((each, i) => (verdictOf(each).shares ?? 1) < size - i);
    if (first < 0) continue;
    for (const each of decided.slice(first)) undone.set(each, { kind, size, needed: size - first });
  }
  return judged.map((each): T => {
    const { alone, ...rest } = each, verdict = alone ?? each.verdict, why = undone.get(each);
    if (why === undefined) return { ...rest, verdict } as T;
    return { ...rest, alone: verdict, verdict: corrected(verdict, why) } as T;
  });
}

function corrected(
  { fragile: _, because, status, ...rest }: Verdict,
  { kind, size, needed }: { readonly kind: string; readonly size: number; readonly needed: number },
): Verdict {
  const why =
    `By itself it would be ${status}; but it is one of ${size} claims that share an error rate (${kind}; ` +
    `Holm), and at ${PARTS[needed]} of that rate it is open.`;
  return { ...rest, status: "inconclusive", because: `${because} ${why}`, sharedBy: needed };
}

const PARTS = ["", "", "half", "a third", "a quarter", "a fifth", "a sixth", "a seventh", "an eighth"];
