import type { EvaluatedClaim } from "../results/mod.ts";
import { type ClaimStatus, fragileText, STATUSES, testText } from "../paper/mod.ts";
import { EvidenceFigures } from "./_evidence.tsx";

/** A claim's status; the sign tells it to readers who see no colours. */
export function Status({ status }: { readonly status: ClaimStatus }) {
  return <span class={`status ${status.replace(" ", "-")}`}>{SIGNS[status]} {status}</span>;
}

const SIGNS: Readonly<Record<ClaimStatus, string>> = {
  supported: "✓",
  contradicted: "✗",
  inconclusive: "≈",
  "not attempted": "–",
};

/** How many claims have each status, in words: `10 supported, 1 contradicted`. */
export function Counts({ claims }: { readonly claims: readonly { readonly status: ClaimStatus }[] }) {
  const counted = STATUSES.map((status) => ({
    status,
    count: claims.filter((claim) => claim.status === status).length,
  })).filter(({ count }) => count > 0);
  return (
    <ul class="counts">
      {counted.map(({ status, count }) => (
        <li key={status}>
          <strong>{count}</strong> <Status status={status} />
        </li>
      ))}
    </ul>
  );
}

/** Each claim with its verdict, the test and the numbers that decided. */
export function Claims(
  { claims, machine }: {
    readonly claims: readonly (EvaluatedClaim & { readonly timed: boolean })[];
    readonly machine: string;
  },
) {
  return (
    <ol class="claims">
      {claims.map(({ claim, verdict, standIns, timed, beyond }) => (
        <li key={claim.id} id={`claim-${claim.id}`}>
          <h3>
            <Status status={verdict.status} /> {claim.statement}
          </h3>
          <p>{verdict.because}</p>
          {verdict.evidence && <EvidenceFigures evidence={verdict.evidence} />}
          <dl class="facts">
            <dt>Where</dt>
            <dd>{claim.location}</dd>
            <dt>Test</dt>
            <dd>{testText(claim)}</dd>
            {Object.keys(verdict.numbers).length > 0 && (
              <>
                <dt>Numbers</dt>
                <dd class="numbers">
                  {Object.entries(verdict.numbers).map(([name, value]) => (
                    <span key={name}>{name} = {typeof value === "number" ? short(value) : value ?? "–"}</span>
                  ))}
                </dd>
              </>
            )}
            {beyond && (
              <>
                <dt>Evidence</dt>
                <dd>
                  {beyond.jobs} jobs of the plan {beyond.plan.profile}
                  {beyond.plan.seeds !== undefined && ` with ${beyond.plan.seeds} seeds`}, those beyond the
                  laptop profile in {beyond.text}
                </dd>
              </>
            )}
            {verdict.fragile && (
              <>
                <dt>Leave one out</dt>
                <dd class="warning">{fragileText(verdict)}</dd>
              </>
            )}
            {timed && (
              <>
                <dt>Machine</dt>
                <dd>measured on {machine}: holds there only</dd>
              </>
            )}
            {standIns.length > 0 && (
              <>
                <dt>Data</dt>
                <dd class="warning">stand-ins, not the published sets: {standIns.join(", ")}</dd>
              </>
            )}
          </dl>
        </li>
      ))}
    </ol>
  );
}

/** A number with six digits at most; the results file has all. */
function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
