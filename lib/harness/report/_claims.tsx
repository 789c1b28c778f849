/** @jsxImportSource preact */
import { type EvaluatedClaim, whatItTakes } from "../results/mod.ts";
import { type Claim, type ClaimStatus, fragileText, STATUSES, testText } from "../paper/mod.ts";
import { EvidenceFigures } from "./_evidence.tsx";

/** A claim's status; the sign tells it to readers who see no colours. */
export function Status({ status }: { readonly status: ClaimStatus }) {
  return <span class={`status ${status.replace(" ", "-")}`}>{SIGNS[status]} {status}</span>;
}

/** A sign for each status. */
export const SIGNS: Readonly<Record<ClaimStatus, string>> = {
  supported: "✓",
  contradicted: "✗",
  inconclusive: "≈",
  "not attempted": "–",
};

/** What a reader must know of a verdict besides its status. */
export type Flag = keyof typeof FLAGS;

const FLAGS = {
  "control open": "a claim that tests a dull explanation of it does not hold",
  "fragile": "without one of its seeds or data sets the same test says something else",
  "smaller scale": "judged on settings that are not the paper's: smaller, shorter, or on fewer data sets",
  "stand-in data": "judged on data that take the place of the published ones",
  "this machine": "rests on times measured on one machine",
} as const;

/** The flags of a judged claim. */
export function flagsOf(
  { verdict: { fragile = [], status }, standIns, timed, reduced, controls }:
    & Pick<EvaluatedClaim, "verdict" | "standIns">
    & { readonly timed: boolean; readonly reduced: boolean; readonly controls: readonly unknown[] },
): readonly Flag[] {
  if (status === "not attempted") return [];
  return [
    ...controls.length > 0 ? ["control open" as const] : [],
    ...fragile.length > 0 ? ["fragile" as const] : [],
    ...reduced ? ["smaller scale" as const] : [],
    ...standIns.length > 0 ? ["stand-in data" as const] : [],
    ...timed ? ["this machine" as const] : [],
  ];
}

/** How many claims have each status and flag: `10 supported (2 fragile), 1 contradicted`. */
export function Counts(
  { claims }: {
    readonly claims: readonly { readonly status: ClaimStatus; readonly flags: readonly Flag[] }[];
  },
) {
  const counted = STATUSES.map((status) => ({
    status,
    own: claims.filter((claim) => claim.status === status),
  })).filter(({ own }) => own.length > 0);
  const flagged = (own: typeof claims) =>
    (Object.keys(FLAGS) as Flag[]).flatMap((flag) => {
      const count = own.filter(({ flags }) => flags.includes(flag)).length;
      return count > 0 ? [`${count} ${flag}`] : [];
    });
  return (
    <ul class="counts">
      {counted.map(({ status, own }) => (
        <li key={status}>
          <strong>{own.length}</strong> <Status status={status} />
          {flagged(own).length > 0 && <small class="flags">({flagged(own).join(", ")})</small>}
        </li>
      ))}
    </ul>
  );
}

/** Each claim with its verdict, the test and the numbers that decided. */
export function Claims(
  { claims, machine }: {
    readonly claims: readonly (EvaluatedClaim & {
      readonly timed: boolean;
      readonly flags: readonly Flag[];
    })[];
    readonly machine: string;
  },
) {
  return (
    <ol class="claims">
      {claims.map(({ claim, verdict, standIns, seconds, timed, flags, beyond }) => (
        <li key={claim.id} id={`claim-${claim.id}`} data-status={verdict.status}>
          <h3>
            <Status status={verdict.status} />{" "}
            {flags.map((flag) => <span key={flag} class="flag" title={FLAGS[flag]}>{flag}</span>)}{" "}
            {claim.statement}
          </h3>
          <p>{verdict.because}</p>
          {verdict.evidence && <EvidenceFigures evidence={verdict.evidence} />}
          <dl class="facts">
            <dt>Where</dt>
            <dd>{claim.location}</dd>
            <dt>Test</dt>
            <dd>{testText(claim)}</dd>
            <Declared safeguards={claim.safeguards} claims={claims} />
            {Object.keys(verdict.numbers).length > 0 && (
              <>
                <dt>Numbers</dt>
                <dd class="numbers">
                  {Object.entries(verdict.numbers).map(([name, value]) => (
                    <span key={name}>
                      {inWords(name)} = {typeof value === "number" ? short(value) : value ?? "–"}
                    </span>
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
            {whatItTakes({ verdict, seconds }) && (
              <>
                <dt>To decide it</dt>
                <dd>{whatItTakes({ verdict, seconds })}</dd>
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

/** What the claim says that its verdict must survive. */
function Declared(
  { safeguards, claims }: {
    readonly safeguards: Claim["safeguards"];
    readonly claims: readonly Pick<EvaluatedClaim, "claim" | "verdict">[];
  },
) {
  if (typeof safeguards === "string") return null;
  const { bar, controls, smallest, kind } = safeguards;
  const tested = claims.filter(({ claim }) => controls.includes(claim.id));
  return (
    <>
      <dt>Bar</dt>
      <dd>{bar}</dd>
      <dt>Controls</dt>
      <dd>
        {typeof controls === "string"
          ? controls
          : tested.map(({ claim: { id, statement }, verdict }) => (
            <span key={id} class="control">
              <Status status={verdict.status} /> <a href={`#claim-${id}`}>{statement}</a>
            </span>
          ))}
      </dd>
      <dt>Smallest effect</dt>
      <dd>{smallest}</dd>
      {kind && (
        <>
          <dt>Corrected with</dt>
          <dd>{kind}</dd>
        </>
      )}
    </>
  );
}

/** A name of the code as readers would write it: `largestDifference` is `largest difference`. */
function inWords(name: string): string {
  if (!/^[a-z]+([A-Z0-9][a-z0-9]*)+$/.test(name)) return name;
  return name.replace(/([a-z0-9])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
}

/** A number with four digits at most, with a true minus; the results file has all. */
function short(value: number): string {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return text === "-0" ? "0" : text.replace(/^-/, "−");
}
