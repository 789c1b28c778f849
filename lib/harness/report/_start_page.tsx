/** @jsxImportSource preact */
import { type ClaimStatus, STATUSES } from "../paper/mod.ts";
import { SIGNS, Status } from "./_claims.tsx";
import { page } from "./_layout.tsx";
import type { ReportedPaper } from "./types.ts";

/** What each status says. */
const MEANINGS: Readonly<Record<ClaimStatus, string>> = {
  "supported": "the claim’s test, which was fixed before the run, holds on our results",
  "contradicted": "the results say the opposite, or that there is no difference that matters",
  "inconclusive": "more runs are needed to tell",
  "not attempted": "a network that the claim compares did not learn here, or the data were not there",
};

/**
 * The start page: a table of verdicts over the papers, one's own runs below the committed results, and a link
 * to the API reference if there is one.
 */
export function startPage(
  papers: readonly ReportedPaper[],
  { ownRuns, api }: { readonly ownRuns: readonly ReportedPaper[]; readonly api?: string },
): string {
  return page({
    title: "refigure: machine-learning papers, reproduced",
    description: "Which claims of machine-learning papers hold when their figures and tables are recomputed.",
    root: "",
    body: (
      <>
        <h1>Machine-learning papers, reproduced</h1>
        <p>
          Every figure and table is recomputed by this project's code, and every claim of a paper is a test on
          the results. Choose a paper to see its figures, what of the paper was read, at which scale and on
          which data it was rerun, and how to rerun each figure.
        </p>
        {api && (
          <p>
            <a href={api}>API reference</a>: every module, function and type of the library.
          </p>
        )}
        <div class="scroll" role="region" aria-label="Verdicts" tabindex={0}>
          <table class="data index">
            <thead>
              <tr>
                <th scope="col">
                  <span class="head">Paper</span>
                </th>
                {STATUSES.map((status) => (
                  <th key={status} scope="col" class="number">
                    <span class="head" title={status}>
                      <span class="sign" aria-hidden="true">{SIGNS[status]}</span>
                      <span class="word">{status}</span>
                    </span>
                  </th>
                ))}
                <th scope="col" class="more">
                  <span class="head">Results</span>
                </th>
                <th scope="col" class="more">
                  <span class="head">Computed</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {papers.flatMap((reported) => [
                reported,
                ...ownRuns.filter(({ paper }) => paper === reported.paper),
              ]).map((reported) => <Row key={reported.page} reported={reported} />)}
            </tbody>
          </table>
        </div>
        <dl class="facts">
          {STATUSES.map((status) => (
            <>
              <dt key={status}>
                <Status status={status} />
              </dt>
              <dd>{MEANINGS[status]}</dd>
            </>
          ))}
          <dt>Results</dt>
          <dd>
            The profile that was run, and on what. <code>laptop</code>{" "}
            takes about ten minutes on two cores, at a smaller scale than the paper’s; <code>smoke</code>{" "}
            shows in seconds that everything runs, and is no evidence; <code>paper</code>{" "}
            is the paper’s scale. Claims that needed more runs than <code>laptop</code>{" "}
            has are judged by those.
          </dd>
        </dl>
        <ul class="cards">
          {papers.filter(({ results }) => results !== null).map(({ paper, results }) => {
            const [first] = results!.evaluation.artefacts.filter(({ artefact, stamped }) =>
              artefact.kind === "figure" && stamped
            );
            return (
              <li key={paper.id}>
                <a href={`papers/${paper.id}.html`}>
                  {first && (
                    <img
                      src={`papers/${paper.id}/${first.artefact.id}.svg`}
                      alt={first.artefact.title}
                      loading="lazy"
                    />
                  )}
                  <span>{paper.title}</span>
                </a>
              </li>
            );
          })}
        </ul>
      </>
    ),
  });
}

function Row({ reported: { paper, results, page, own } }: { readonly reported: ReportedPaper }) {
  const claims = results?.evaluation.claims ?? [];
  return (
    <tr>
      <th scope="row">
        {own
          ? (
            <>
              <a href={`papers/${page}.html`}>your own run</a> <small>of {paper.id}</small>
            </>
          )
          : (
            <>
              <a href={`papers/${page}.html`}>{paper.title}</a> <small>{paper.id}, {paper.venue}</small>
            </>
          )}
      </th>
      {STATUSES.map((status) => {
        // A smoke run is no evidence.
        const judged = results !== null && results.golden.plan.profile !== "smoke";
        const count = judged ? claims.filter(({ verdict }) => verdict.status === status).length : null;
        return <td key={status} class="number" data-value={count ?? ""}>{count ?? "–"}</td>;
      })}
      <td class="more">
        {results ? `${results.golden.plan.profile}, ${results.golden.executor}` : "none yet"}
      </td>
      <td class="more">
        {results && (
          <time dateTime={results.golden.provenance.finished}>
            {results.golden.provenance.finished.slice(0, 10)}
          </time>
        )}
      </td>
    </tr>
  );
}
